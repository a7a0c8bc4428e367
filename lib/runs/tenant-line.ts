type Line = { busy: number; readonly waiting: (() => void)[] };

// Next bundles instrumentation and routes apart: what goes on in the process lives on globalThis.
const holder = globalThis as { hirebuddhaTenantLines?: Map<string, Line> };

/** So much of one kind is done here for a tenant at a time: more would only wait for each other in the database, each with a connection. */
export class TenantLine {
  constructor(
    private readonly kind: string,
    private readonly most: number,
  ) {}

  /** Does it once few others are at it, in the order they came. */
  async inTurn<T>(tenantId: string, work: () => Promise<T>): Promise<T> {
    const line = this.lineOf(tenantId);
    if (line.busy < this.most) line.busy += 1;
    else await new Promise<void>((resolve) => line.waiting.push(resolve));
    try {
      return await work();
    } finally {
      this.leave(tenantId, line);
    }
  }

  /** Does something at once that takes a place on its way, if there is one when it asks. */
  async atOnce<T>(tenantId: string, work: (mayEnter: () => boolean) => Promise<T>): Promise<T> {
    let own: Line | null = null;
    const mayEnter = () => {
      const line = own ?? this.lineOf(tenantId);
      if (!own && line.busy >= this.most) return false;
      if (!own) line.busy += 1;
      own = line;
      return true;
    };
    try {
      return await work(mayEnter);
    } finally {
      if (own) this.leave(tenantId, own);
    }
  }

  private lineOf(tenantId: string): Line {
    holder.hirebuddhaTenantLines ??= new Map();
    const name = `${this.kind}:${tenantId}`;
    const line = holder.hirebuddhaTenantLines.get(name) ?? { busy: 0, waiting: [] };
    holder.hirebuddhaTenantLines.set(name, line);
    return line;
  }

  private leave(tenantId: string, line: Line): void {
    const next = line.waiting.shift();
    // Whoever is next takes over the place.
    if (next) next();
    else if (--line.busy === 0) holder.hirebuddhaTenantLines?.delete(`${this.kind}:${tenantId}`);
  }
}
