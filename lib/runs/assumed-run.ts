import { sql } from "drizzle-orm";
import type { Tx } from "@/db/access";
import { madeOnce } from "@/db/made-once";
import { executions } from "@/db/schema/ai";
import type { TenantScope } from "@/db/scope";
import { inPassing, type Statement, together } from "@/db/statements";
import { databaseTime } from "@/lib/clock";
import { isSameLists, NOW, type PriceLists, priceLists, priceStatements } from "@/lib/metering/rates";
import type { ResourceType } from "@/lib/metering/resources";
import { isFinished } from "./input";
import {
  type GivenRun,
  isGivenRun,
  isOver,
  isTenantSuspended,
  loadRun,
  type RunFacts,
  runNotFound,
} from "./store";

/** What was assumed of a run is so no more: the transaction is to be dropped, and the run to be read. */
export class Outdated extends Error {}

/** A run and the prices as this process read them last, and when by a clock of its own. */
export type LastRead = {
  readonly run: RunFacts;
  readonly resources: readonly ResourceType[];
  readonly lists: PriceLists;
  readonly readAtMs: number;
};

/** The time of a reading by both clocks, and how long the run may take as it was then. */
export type Moment = Pick<RunFacts, "now" | "deadlineAt"> & Pick<LastRead, "readAtMs">;

/** By how much two clocks may come apart between two readings. */
const MOST_DRIFT_MS = 250;

/**
 * A run as it was read last, as of now. Whether it still stands so is asked at once, and looked at before the commit, so
 * that what follows can be sent without waiting for the answer.
 * @returns the run, and the time of the answers once they are there
 * @throws Outdated, at the latest before the commit
 */
export async function assumeRun(
  tx: Tx,
  scope: TenantScope,
  last: LastRead,
): Promise<{ readonly run: RunFacts; readonly readAt: () => Moment }> {
  const run = { ...last.run, now: new Date(last.run.now.getTime() + performance.now() - last.readAtMs) };
  let readAt: Moment = { ...run, readAtMs: last.readAtMs };
  await inPassing(tx, standing(tx, { tenantId: scope.tenantId, executionId: run.id }), ([row]) => {
    if (!row) throw runNotFound();
    const { isSuspended, deadlineAt, now } = row;
    const fresh = { ...run, ...row, status: row.status ?? run.status };
    const isSame = fresh.status === run.status && isSuspended === run.isSuspended;
    const drift = Math.abs(now.getTime() - run.now.getTime());
    if (!isSame || isOver(fresh) !== isOver(run) || drift > MOST_DRIFT_MS) throw new Outdated();
    readAt = { now, deadlineAt, readAtMs: performance.now() };
  });
  const prices = pricesStatement(tx, scope, last.resources);
  await inPassing(tx, prices, (lists) => {
    if (!isSameLists(lists, last.lists)) throw new Outdated();
  });
  return { run, readAt: () => readAt };
}

/**
 * Holds a run in which something is left waiting until the transaction ends: who ends it later finds that, and closes it.
 * @throws Outdated when it has ended meanwhile, or is to
 */
export async function holdLive(tx: Tx, scope: TenantScope, executionId: string): Promise<void> {
  const { status, cancelRequestedAt } = await loadRun(tx, scope, executionId, true);
  if (isFinished(status) || cancelRequestedAt !== null) throw new Outdated();
}

function pricesStatement(
  tx: Tx,
  scope: TenantScope,
  resources: readonly ResourceType[],
): Statement<PriceLists> {
  const statements = priceStatements(tx, scope, resources, NOW);
  return { execute: async () => priceLists(await together(tx, statements)) };
}

/** What may change of a run while it is driven. */
const standing = madeOnce<GivenRun, StandingRow[]>((tx) =>
  tx
    .select({
      status: executions.status,
      cancelRequestedAt: executions.cancelRequestedAt,
      deadlineAt: executions.deadlineAt,
      isSuspended: isTenantSuspended(),
      now: sql<Date>`${databaseTime()}`.mapWith(executions.createdAt),
    })
    .from(executions)
    .where(isGivenRun),
);

type StandingRow = Pick<RunFacts, "cancelRequestedAt" | "deadlineAt" | "isSuspended" | "now"> & {
  readonly status: string | null;
};
