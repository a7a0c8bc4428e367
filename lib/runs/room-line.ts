/** Drives of a process that ask the database for one tenant's room at a time: each keeps a connection while it waits for the others. */
export const MOST_ASKING = 2;

type Line = {
  asking: number;
  /** Drives that wait for room, the longest first. */
  readonly waiting: Set<() => void>;
};

// Next bundles instrumentation and routes apart: what goes on in the process lives on globalThis.
const holder = globalThis as { hirebuddhaRoomLines?: Map<string, Line> };

function lineOf(tenantId: string): Line {
  holder.hirebuddhaRoomLines ??= new Map();
  const line = holder.hirebuddhaRoomLines.get(tenantId) ?? { asking: 0, waiting: new Set() };
  holder.hirebuddhaRoomLines.set(tenantId, line);
  return line;
}

function dropIfEmpty(tenantId: string, { asking, waiting }: Line): void {
  if (asking + waiting.size === 0) holder.hirebuddhaRoomLines?.delete(tenantId);
}

/** Whether one more drive of this process may ask for the tenant's room. */
export function isRoomToAsk(tenantId: string): boolean {
  const asking = holder.hirebuddhaRoomLines?.get(tenantId)?.asking ?? 0;
  return asking < MOST_ASKING;
}

/** One transaction's way to a tenant's room. */
export type Asking = {
  /** Whether the database may be asked: not while enough others of this process are at it. */
  readonly mayAsk: () => boolean;
};

/** Runs a transaction that may ask for the tenant's room. Where it fails, the next in line may have what it would have taken. */
export async function askingForRoom<T>(tenantId: string, work: (asking: Asking) => Promise<T>): Promise<T> {
  let isAsking = false;
  const mayAsk = () => {
    if (isAsking || !isRoomToAsk(tenantId)) return isAsking;
    lineOf(tenantId).asking += 1;
    isAsking = true;
    return true;
  };
  let isDone = false;
  try {
    const done = await work({ mayAsk });
    isDone = true;
    return done;
  } finally {
    if (isAsking) {
      const line = lineOf(tenantId);
      line.asking -= 1;
      dropIfEmpty(tenantId, line);
      if (!isDone) announceRoom(tenantId, 1);
    }
  }
}

/** Calls when the tenant has room again as far as this process knows, and nobody here waits longer. The answer ends that. */
export function onRoom(tenantId: string, call: () => void): () => void {
  const line = lineOf(tenantId);
  line.waiting.add(call);
  return () => {
    line.waiting.delete(call);
    dropIfEmpty(tenantId, line);
  };
}

/** Tells as many of those that wait as there is room for. */
export function announceRoom(tenantId: string, room: number): void {
  const line = holder.hirebuddhaRoomLines?.get(tenantId);
  if (!line) return;
  for (const call of [...line.waiting].slice(0, room)) {
    line.waiting.delete(call);
    call();
  }
  dropIfEmpty(tenantId, line);
}
