import { and, inArray, isNull, not, or, sql } from "drizzle-orm";
import type { Tx } from "@/db/access";
import { asJson, madeOnce } from "@/db/made-once";
import { executions } from "@/db/schema/ai";
import type { TenantScope } from "@/db/scope";
import { inPassing, type Statement, together } from "@/db/statements";
import { databaseMoment, databaseTime } from "@/lib/clock";
import { tellRunFailed } from "@/lib/notifications/run-failed";
import { countOutcome } from "@/lib/triggers/outcome";
import { admission, admitQueued, placeInLine } from "./admission";
import { Outdated } from "./assumed-run";
import { closeBelow } from "./below";
import { childEnded } from "./child-ended";
import { lockAbove } from "./children";
import { announceEnd } from "./ends";
import type { FollowUps } from "./follow-up";
import { LIVE_STATUSES } from "./input";
import { stopsRun } from "./node-policy";
import type { ChildEnd } from "./nodes/suspender";
import { type GivenRun, isGivenRun, isInLine, type RunFacts } from "./store";

export type RunEnd =
  | { readonly status: "completed"; readonly result: unknown }
  /** `result`: what an answer had said when it was stopped. */
  | { readonly status: "cancelled"; readonly result?: unknown }
  | {
      readonly status: "failed";
      readonly code: string;
      readonly message: string;
      readonly nodeId?: string | null;
    };

export const TIMEOUT_END: RunEnd = {
  status: "failed",
  code: "run_timeout",
  message: "The run took longer than it may, so it was stopped.",
};

/**
 * Ends a run that is live; whoever comes first decides how. What it waits for is closed, the run it is a part of goes
 * on with what came of it, and the next one in line is admitted. False when it had ended.
 */
export async function endRun(
  tx: Tx,
  scope: TenantScope,
  run: RunFacts,
  end: RunEnd,
  ups: FollowUps,
): Promise<boolean> {
  // Before the run itself, so that parts of one run that end at once never hold what another waits for.
  await lockAbove(tx, scope, run);
  const isFailure = end.status === "failed";
  const isPart = run.parentStepId !== null;
  // Nothing has to happen before the next one in line is admitted: with the end, in one round trip.
  const isPlain = isPlainEnd(run, end);
  // A run under way is held before the place in line, as whoever drives it does. Of those in line, whoever has the place
  // takes the next ones: such a run comes after it.
  const [, [row]] = await together(tx, [
    isInLine(run) ? placeInLine(tx, scope) : NOTHING,
    endStatement(tx, scope, run, end),
    isPlain ? admission(tx, scope, ups) : NOTHING,
  ]);
  if (!row) return false;
  ups.ended.add(run.id);
  // All nodes of a completed run are done: none of its steps waits.
  if (end.status !== "completed") await closeBelow(tx, scope, run.id, ups);
  // Whoever starts a run has the place when that tells of its failure: it comes before all that both would write.
  if (!isPart && !isPlain) await placeInLine(tx, scope).execute();
  if (isFailure && (await tellRunFailed(tx, scope, run.id))) ups.told.add(run.id);
  if (end.status !== "completed") await announceEnd(tx, run.id);
  if (row.trigger === "schedule" && row.triggerId && end.status !== "cancelled" && !isStopped(end))
    await countOutcome(tx, scope, row.triggerId, { status: end.status, begunAt: row.createdAt });
  if (isPart) await childEnded(tx, scope, run, childEnd(run, end), ups);
  else if (!isPlain) await admitQueued(tx, scope, ups);
  return true;
}

/** Whether it was stopped by what is no fault of its own, nor of the schedule that started it. */
function isStopped(end: RunEnd): boolean {
  return end.status === "failed" && stopsRun(end.code);
}

/** Whether nobody but those in line has to hear of an end. */
export function isPlainEnd(run: RunFacts, end: RunEnd): boolean {
  return end.status === "completed" && run.trigger !== "schedule" && run.parentStepId === null;
}

/**
 * Ends a run so that is taken to be live and not cancelled: whether it was is seen before the commit.
 * @throws Outdated, at the latest before the commit
 */
export async function endPlain(
  tx: Tx,
  scope: TenantScope,
  run: RunFacts,
  end: RunEnd,
  ups: FollowUps,
): Promise<void> {
  await inPassing(tx, endStatement(tx, scope, run, end, { unlessCancelled: true }), (ended) => {
    if (ended.length === 0) throw new Outdated();
  });
  // Its answer is heard before the commit: it says who is admitted.
  await inPassing(tx, admission(tx, scope, ups), () => undefined);
  ups.ended.add(run.id);
}

function endStatement(
  tx: Tx,
  { tenantId }: TenantScope,
  { id: executionId }: RunFacts,
  end: RunEnd,
  { unlessCancelled = false } = {},
) {
  const { code, message, nodeId = null } = end.status === "failed" ? end : NO_FAILURE;
  const result = end.status === "failed" ? null : asJson(end.result);
  const { status } = end;
  return writeEnd(tx, { tenantId, executionId, status, result, code, message, nodeId, unlessCancelled });
}

const NO_FAILURE = { code: null, message: null, nodeId: null };

type EndValues = GivenRun & {
  readonly [K in "status" | "result" | "code" | "message" | "nodeId"]: string | null;
} & { readonly unlessCancelled: boolean };

type Ended = { trigger: string | null; triggerId: string | null; createdAt: Date };

const writeEnd = madeOnce<EndValues, Ended[]>((tx) =>
  tx
    .update(executions)
    .set({
      status: sql`${sql.placeholder("status")}`,
      resultData: sql`${sql.placeholder("result")}::json`,
      errorCode: sql`${sql.placeholder("code")}`,
      errorMessage: sql`${sql.placeholder("message")}`,
      errorNodeId: sql`${sql.placeholder("nodeId")}`,
      startedAt: sql`coalesce(${executions.startedAt}, ${databaseTime()})`,
      completedAt: databaseMoment(),
      updatedAt: sql`now()`,
    })
    .where(
      and(
        isGivenRun,
        inArray(executions.status, [...LIVE_STATUSES]),
        or(not(sql`${sql.placeholder("unlessCancelled")}::boolean`), isNull(executions.cancelRequestedAt)),
      ),
    )
    .returning({
      trigger: executions.trigger,
      triggerId: executions.triggerId,
      createdAt: executions.createdAt,
    }),
);

const NOTHING: Statement<unknown> = { execute: async () => undefined };

function childEnd(run: RunFacts, end: RunEnd): ChildEnd {
  const index = run.itemIndex ?? 0;
  if (end.status === "completed") return { index, status: "completed", result: end.result };
  if (end.status === "failed") return { index, status: "failed", code: end.code, message: end.message };
  return { index, status: "cancelled", code: "cancelled", message: "It was cancelled." };
}
