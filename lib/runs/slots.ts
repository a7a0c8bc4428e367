import { and, eq, gt, sql } from "drizzle-orm";
import type { Tx } from "@/db/access";
import { advisoryLock } from "@/db/advisory-lock";
import { madeOnce } from "@/db/made-once";
import { executionSteps } from "@/db/schema/ai";
import type { TenantScope } from "@/db/scope";
import { inPassing, passed, together } from "@/db/statements";
import type { Asking } from "./room-line";
import { LEASE_MS } from "./steps";
import { thisWorker } from "./worker";

/** Steps of one tenant that reach outside at the same time, over all processes. */
export const STEPS_AT_ONCE_PER_TENANT = 8;

/**
 * How many more steps the tenant may have under way, counted by the leases that are held. Holds the tenant's place
 * until the transaction ends, which keeps the number exact: it is to be asked for right before steps are claimed.
 * @param own steps that this transaction ends or has begun, which are not counted
 */
async function freeSlots(tx: Tx, scope: TenantScope, own: readonly string[]): Promise<number> {
  const [, [row]] = await together(tx, slotStatements(tx, scope, own));
  return noteSlots(scope, row?.held);
}

/** What a tenant had left when it was counted last, where that was less than all. */
const lastSeen = new Map<string, number>();

function noteSlots({ tenantId }: TenantScope, held = 0): number {
  const free = Math.max(0, STEPS_AT_ONCE_PER_TENANT - held);
  if (held === 0) lastSeen.delete(tenantId);
  else lastSeen.set(tenantId, free);
  return free;
}

/** Slots that are counted while what takes them is sent already. */
export type AssumedSlots = {
  /** How many there were when they were counted last. */
  readonly likely: number;
  /** How many there are. */
  readonly counted: () => Promise<number>;
};

/** The same, where claims are sent before the count is known: whether there was room for them is seen before the commit. */
export async function assumeSlots(tx: Tx, scope: TenantScope, own: readonly string[]): Promise<AssumedSlots> {
  const [place, count] = slotStatements(tx, scope, own);
  let free = 0;
  await inPassing(tx, place);
  await inPassing(tx, count, ([row]) => {
    free = noteSlots(scope, row?.held);
  });
  const counted = () => passed(tx).then(() => free);
  return { likely: lastSeen.get(scope.tenantId) ?? STEPS_AT_ONCE_PER_TENANT, counted };
}

/** Whether a step is surely counted for as long as a transaction takes. @param sinceMs when it was claimed, by this process's clock */
export function isSurelyLeased(sinceMs: number | undefined, nowMs: number): boolean {
  return sinceMs !== undefined && nowMs - sinceMs < LEASE_MS / 2;
}

/** How many steps may be begun by a transaction that also ends some. */
export type Room = {
  /**
   * How many more of so many may begin: fewer where there seems to be no room for all, and only those that take over from
   * others where it is not this transaction's turn to ask.
   * @param begun steps that this transaction has begun already
   */
  readonly likelyFor: (wanted: number, begun: readonly string[]) => Promise<number>;
  /** Whether it was not this transaction's turn to ask. */
  readonly isToAskLater: () => boolean;
  /** Whether it is certain already that there is room for so many. */
  readonly isSureFor: (begun: number) => boolean;
  /** Whether there was room for those that were begun; to be asked before the commit. */
  readonly isEnoughFor: (begun: number) => Promise<boolean>;
  /** How many more than those there is room for, as far as this transaction knows then. */
  readonly leftBy: (begun: number) => Promise<number>;
};

type RoomOptions = {
  /** Steps that end with the transaction, or that it may have claimed before. */
  readonly ending: readonly string[];
  /** How many of them surely count until it commits. */
  readonly left: number;
  /** Whether claims are sent before a count is known. */
  readonly isAssumed: boolean;
  /** How many there are, where this transaction has counted them. */
  readonly free: number | null;
  /** Its place among those of this process that ask; undefined where nobody else can be at it. */
  readonly asking: Asking | undefined;
};

/**
 * Room for the steps that a transaction begins. Those that take over from steps it ends are not counted: nobody sees the
 * one without the other, so that there are never more.
 */
export function roomFor(tx: Tx, scope: TenantScope, options: RoomOptions): Room {
  const counted = (free: number): AssumedSlots => ({ likely: free, counted: async () => free });
  let slots = options.free === null ? null : counted(options.free);
  let isToAskLater = false;
  const count = async (begun: readonly string[]): Promise<AssumedSlots> => {
    const own = [...options.ending, ...begun];
    if (options.isAssumed) return assumeSlots(tx, scope, own);
    return counted(await freeSlots(tx, scope, own));
  };
  return {
    likelyFor: async (wanted, begun) => {
      const all = begun.length + wanted;
      if (all <= options.left) return wanted;
      isToAskLater = !slots && options.asking?.mayAsk() === false;
      if (isToAskLater) return Math.max(0, options.left - begun.length);
      slots ??= await count(begun);
      const free = slots.likely < all ? await slots.counted() : slots.likely;
      return Math.min(wanted, free - begun.length);
    },
    isToAskLater: () => isToAskLater,
    isSureFor: (begun) => begun <= options.left || (options.free !== null && begun <= options.free),
    isEnoughFor: async (begun) =>
      begun <= options.left || (slots !== null && begun <= (await slots.counted())),
    leftBy: async (begun) => Math.max(0, (slots ? await slots.counted() : options.ending.length) - begun),
  };
}

function slotStatements(tx: Tx, { tenantId }: TenantScope, own: readonly string[]) {
  const worker = thisWorker();
  // Statements of their own: the count has to see what whoever held the place before has committed.
  return [
    advisoryLock(tx, `steps:${tenantId}`),
    countHeld(tx, { tenantId, own: [...own], aloneId: worker.isAlone ? worker.id : null }),
  ] as const;
}

type CountValues = { tenantId: string; own: string[]; aloneId: string | null };

const countHeld = madeOnce<CountValues, { held: number }[]>((tx) =>
  tx
    .select({ held: sql<number>`count(*)::int` })
    .from(executionSteps)
    .where(
      and(
        // In the text, so that a plan that is kept goes by the index of such steps.
        sql`${executionSteps.status} = 'running'`,
        gt(executionSteps.leaseUntil, sql`now()`),
        eq(executionSteps.tenantId, sql.placeholder("tenantId")),
        sql`${executionSteps.id} <> all(${sql.placeholder("own")}::uuid[])`,
        // What waits for its next attempt is nobody's; where nobody else is alive, another's lease is a dead one's.
        sql`${executionSteps.workerId} = coalesce(${sql.placeholder("aloneId")}, ${executionSteps.workerId})`,
      ),
    ),
);
