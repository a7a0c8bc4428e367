import { databaseMoment, databaseTime } from "@/lib/clock";
import "server-only";
import { and, eq, inArray, sql } from "drizzle-orm";
import { asWorker, type Tx } from "@/db/access";
import { executionSteps, executions } from "@/db/schema/ai";
import type { TenantScope } from "@/db/scope";
import { authorize } from "@/lib/auth/authorize";
import { abandonStepCalls } from "@/lib/metering/model-calls";
import { tellRunFailed } from "@/lib/notifications/run-failed";
import { countOutcome } from "@/lib/triggers/outcome";
import type { Graph } from "@/lib/workflows/graph";
import { nextSteps, type Outcome } from "@/lib/workflows/schedule";
import { billStep } from "./billing";
import { announceEnd } from "./ends";
import { isFinished, type RunStatus } from "./input";
import { abortCalls, announceChange } from "./live";
import { graphOf } from "./pins";
import { insertSkipped } from "./steps";
import { executionIs, loadOutcomes, loadRun, nextRevision, type RunFacts, stepsOf } from "./store";

const LIVE = ["pending", "running"];

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

/** Ends a run that is live; whoever comes first decides how. False when it had ended. */
export async function endRun(tx: Tx, scope: TenantScope, executionId: string, end: RunEnd): Promise<boolean> {
  const isFailure = end.status === "failed";
  const ended = await tx
    .update(executions)
    .set({
      status: end.status,
      resultData: isFailure ? null : (end.result ?? null),
      errorCode: isFailure ? end.code : null,
      errorMessage: isFailure ? end.message : null,
      errorNodeId: isFailure ? (end.nodeId ?? null) : null,
      startedAt: sql`coalesce(${executions.startedAt}, ${databaseTime()})`,
      completedAt: databaseMoment(),
    })
    .where(and(executionIs(scope, executionId), inArray(executions.status, LIVE)))
    .returning({ trigger: executions.trigger, triggerId: executions.triggerId });
  const [run] = ended;
  if (!run) return false;
  if (isFailure) await tellRunFailed(tx, scope, executionId);
  if (end.status !== "completed") await announceEnd(tx, executionId);
  if (run.trigger === "schedule" && run.triggerId && end.status !== "cancelled")
    await countOutcome(tx, scope, run.triggerId, end.status);
  return true;
}

export const TIMEOUT_END: RunEnd = {
  status: "failed",
  code: "run_timeout",
  message: "The run took longer than it may, so it was stopped.",
};

/** What the engine needs to go on with a run: which graph it follows and which nodes are settled. */
export type BegunRun = {
  readonly workflowVersionId: string | null;
  readonly agentId: string | null;
  readonly name: string;
  readonly settled: readonly (readonly [string, Outcome])[];
};

/** Marks a run as under way. Null when it has ended. @throws AppError `not_found` */
export async function beginRun(scope: TenantScope, executionId: string): Promise<BegunRun | null> {
  authorize(scope, "run.work");
  const begun = await asWorker(scope, async (tx) => {
    const run = await loadRun(tx, scope, executionId);
    if (isFinished(run.status)) return null;
    if (run.status === "pending") {
      await tx
        .update(executions)
        .set({ status: "running", startedAt: sql`coalesce(${executions.startedAt}, ${databaseTime()})` })
        .where(and(executionIs(scope, executionId), eq(executions.status, "pending")));
    }
    const { workflowVersionId, agentId, name } = run;
    return { workflowVersionId, agentId, name, settled: [...(await loadOutcomes(tx, scope, executionId))] };
  });
  announceChange(executionId);
  return begun;
}

/** The graph of a run that was begun; without a look at the database when this process knows it. */
export function loadGraph(scope: TenantScope, run: Omit<BegunRun, "settled">): Promise<Graph> {
  return asWorker(scope, (tx) => graphOf(tx, scope, run));
}

/**
 * Ends a run when nothing of it can go on: completed with the fields of its outputs, failed at the node that failed,
 * late, or cancelled. @returns the status it has now; `running` when there is still something to do
 */
export async function finishRun(scope: TenantScope, executionId: string): Promise<RunStatus> {
  authorize(scope, "run.work");
  const status = await asWorker(scope, async (tx) => {
    const run = await loadRun(tx, scope, executionId);
    if (isFinished(run.status)) return run.status as RunStatus;
    const end = await endOf(tx, scope, run);
    if (!end) return "running";
    await endRun(tx, scope, executionId, end);
    return end.status;
  });
  announceChange(executionId);
  return status;
}

async function endOf(tx: Tx, scope: TenantScope, run: RunFacts): Promise<RunEnd | null> {
  if (run.cancelRequestedAt) return { status: "cancelled" };
  const failure = await firstFailure(tx, scope, run.id);
  if (failure) return failure;
  const graph = await graphOf(tx, scope, run);
  const outcomes = await loadOutcomes(tx, scope, run.id);
  const { ready, skipped, done } = nextSteps(graph, outcomes);
  if ([...outcomes.values()].some((outcome) => outcome.status === "failed")) return { status: "cancelled" };
  if (done && ready.length === 0) {
    const dead = new Set(skipped);
    await insertSkipped(
      tx,
      scope,
      run.id,
      graph.nodes.filter((node) => dead.has(node.id)),
    );
    return { status: "completed", result: await resultOf(tx, scope, run) };
  }
  return run.deadlineAt && run.deadlineAt <= run.now ? TIMEOUT_END : null;
}

async function firstFailure(tx: Tx, scope: TenantScope, executionId: string): Promise<RunEnd | null> {
  const [step] = await tx
    .select({
      nodeId: executionSteps.nodeId,
      name: executionSteps.name,
      code: executionSteps.errorCode,
      message: executionSteps.errorMessage,
    })
    .from(executionSteps)
    .where(and(stepsOf(scope, executionId), eq(executionSteps.status, "failed")))
    .orderBy(executionSteps.completedAt)
    .limit(1);
  if (!step) return null;
  const said = step.message ?? "It failed.";
  const message = said.includes(`“${step.name}”`) ? said : `“${step.name}”: ${said}`;
  return { status: "failed", code: step.code ?? "internal", message, nodeId: step.nodeId };
}

/** The fields of every output node that ran, or what the agent gave. */
async function resultOf(tx: Tx, scope: TenantScope, run: RunFacts): Promise<unknown> {
  const kind = run.workflowVersionId ? "output" : "agent";
  const rows = await tx
    .select({ output: executionSteps.output })
    .from(executionSteps)
    .where(and(stepsOf(scope, run.id), eq(executionSteps.kind, kind), eq(executionSteps.status, "completed")))
    .orderBy(executionSteps.completedAt);
  return Object.assign({}, ...rows.map((row) => row.output));
}

/** Ends a live run as failed, for reasons outside its nodes. */
export async function failRun(
  scope: TenantScope,
  executionId: string,
  failure: { code: string; message: string },
): Promise<void> {
  authorize(scope, "run.work");
  await asWorker(scope, async (tx) => {
    await endRun(tx, scope, executionId, { status: "failed", ...failure });
  });
  abortCalls(executionId);
  announceChange(executionId);
}

/**
 * Closes the steps of an ended run that nobody works on any more: what their attempts are known to have used is billed,
 * and calls without an end become uncertain. @returns how many there were
 */
export async function closeLostSteps(scope: TenantScope, executionId: string): Promise<number> {
  authorize(scope, "run.work");
  const closed = await asWorker(scope, async (tx) => {
    const run = await loadRun(tx, scope, executionId);
    if (!isFinished(run.status)) return 0;
    const steps = await tx
      .update(executionSteps)
      .set({
        status: "cancelled",
        leaseUntil: null,
        completedAt: databaseMoment(),
        revision: nextRevision,
      })
      .where(
        and(
          stepsOf(scope, executionId),
          eq(executionSteps.status, "running"),
          sql`(${executionSteps.leaseUntil} is null or ${executionSteps.leaseUntil} < now())`,
        ),
      )
      .returning({
        stepId: executionSteps.id,
        nodeId: executionSteps.nodeId,
        iteration: executionSteps.iteration,
      });
    for (const step of steps) {
      await abandonStepCalls(tx, scope, step.stepId);
      await billStep(tx, scope, run, { ...step, hasCompleted: false, occurredAt: run.createdAt });
    }
    return steps.length;
  });
  if (closed > 0) announceChange(executionId);
  return closed;
}
