import { NESTING_KINDS } from "./cost";
import type { Retrying } from "./retrying";
import type { BareStep, PartCounts } from "./step-rows";

/**
 * Transactions may commit out of the order of their revisions. Each look reads again what came since the newest
 * revision of so long ago: by then every transaction that took an older one has ended.
 */
const OVERLAP_MS = 5_000;
/** The same for a view that is resumed, which does not know when it last looked: so many revisions of all runs. */
const OVERLAP_REVISIONS = 1_000;

type Watched = Pick<BareStep, "id" | "kind" | "status" | "revision">;

/** What a live view has been told, so that each change is told once and a step without one is not read. */
export class TellTale {
  private readonly told = new Map<string, number>();
  /** Steps under way whose work is done by parts of the run, with how those stood. */
  private readonly nesting = new Map<string, string>();
  private readonly past: { at: number; revision: number }[] = [];
  private floor: number;
  private newest: number;
  /** Where a look stopped that did not see everything. */
  private stoppedAt: number | null = null;

  constructor(after: number, nestingIds: readonly string[]) {
    this.floor = Math.max(0, after - OVERLAP_REVISIONS);
    this.newest = after;
    for (const id of nestingIds) this.nesting.set(id, "");
  }

  /** What to give to a view that goes on from here. */
  get resumeAfter(): number {
    return this.newest;
  }

  get nestingIds(): readonly string[] {
    return [...this.nesting.keys()];
  }

  /** Only steps changed after this revision may be news. */
  from(nowMs: number): number {
    if (this.stoppedAt !== null) return this.stoppedAt;
    const before = this.floor;
    while (this.past[0] && this.past[0].at <= nowMs - OVERLAP_MS) {
      this.floor = Math.max(this.floor, this.past.shift()?.revision ?? 0);
    }
    if (this.floor > before) {
      for (const [id, revision] of this.told) if (revision <= this.floor) this.told.delete(id);
    }
    return this.floor;
  }

  /** Takes in what a look read, in the order of revisions. @returns what of it is new */
  take<Step extends Watched>(steps: readonly Step[], isWhole: boolean, nowMs: number): Step[] {
    const news = steps.filter((step) => this.told.get(step.id) !== step.revision);
    for (const step of news) {
      this.told.set(step.id, step.revision);
      this.newest = Math.max(this.newest, step.revision);
      if (!NESTING_KINDS.has(step.kind)) continue;
      const isOpen = step.status === "running" || step.status === "waiting";
      if (!isOpen) this.nesting.delete(step.id);
      else if (!this.nesting.has(step.id)) this.nesting.set(step.id, "");
    }
    this.stoppedAt = isWhole ? null : (steps.at(-1)?.revision ?? null);
    if (this.past.at(-1)?.revision !== this.newest) this.past.push({ at: nowMs, revision: this.newest });
    return news;
  }

  /** The steps whose parts stand otherwise than at the last look, or of whose parts something else is tried again. */
  moved(
    counts: ReadonlyMap<string, PartCounts>,
    retrying: ReadonlyMap<string, Retrying> = new Map(),
  ): string[] {
    const ids: string[] = [];
    for (const [id, before] of this.nesting) {
      const { count = 0, message = "" } = retrying.get(id) ?? {};
      const now = JSON.stringify([Object.entries(counts.get(id) ?? {}).sort(), count, message]);
      if (now === before) continue;
      this.nesting.set(id, now);
      ids.push(id);
    }
    return ids;
  }
}
