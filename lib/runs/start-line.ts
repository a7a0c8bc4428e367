/** Transactions of a tenant that write a run here at a time. They wait for each other in the database, each with a connection. */
export const MOST_WRITING = 2;

type Line = { writing: number; readonly waiting: (() => void)[] };

// Next bundles instrumentation and routes apart: what goes on in the process lives on globalThis.
const holder = globalThis as { hirebuddhaStartLines?: Map<string, Line> };

/** Does what writes a run of the tenant when few others of this process are at it, in the order they came. */
export async function inStartLine<T>(tenantId: string, write: () => Promise<T>): Promise<T> {
  holder.hirebuddhaStartLines ??= new Map();
  const lines = holder.hirebuddhaStartLines;
  const line = lines.get(tenantId) ?? { writing: 0, waiting: [] };
  lines.set(tenantId, line);
  if (line.writing < MOST_WRITING) line.writing += 1;
  else await new Promise<void>((resolve) => line.waiting.push(resolve));
  try {
    return await write();
  } finally {
    const next = line.waiting.shift();
    // Whoever is next takes over the place.
    if (next) next();
    else if (--line.writing === 0) lines.delete(tenantId);
  }
}
