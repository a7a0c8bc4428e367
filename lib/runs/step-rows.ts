import { and, asc, eq, inArray, sql } from "drizzle-orm";
import { alias } from "drizzle-orm/pg-core";
import type { Tx } from "@/db/access";
import { executionSteps, executions } from "@/db/schema/ai";
import { stepAttempts } from "@/db/schema/run-control";
import type { TenantScope } from "@/db/scope";
import { NESTING_KINDS, stepCosts } from "./cost";
import type { RunStatus } from "./input";
import { type Retrying, retryingParts } from "./retrying";
import { isLeftOut, STEP_SUMMARY_COLUMNS } from "./run-columns";
import type { StepSummary } from "./run-queries";

/** An attempt that did not end its step: it failed and was tried again, or its process was lost. */
export type AttemptRow = {
  attempt: number;
  outcome: "failed" | "lost";
  errorCode: string | null;
  errorMessage: string | null;
  /** How long the next attempt was put off. */
  waitMs: number | null;
  startedAt: Date | null;
  endedAt: Date;
};

/** How many parts of the run work for a step, by how they stand. */
export type PartCounts = Partial<Record<RunStatus, number>>;

/** A step as the trace shows it in a row. */
export type StepRow = StepSummary & {
  executionId: string;
  branch: string | null;
  wakeAt: Date | null;
  isPinned: boolean;
  /** Skipped because the run was asked for other nodes. */
  isLeftOut: boolean;
  /** The step of an earlier run whose output this one took over. */
  reused: { executionId: string; stepId: string } | null;
  attempts: AttemptRow[];
  /** Of maps, loops and called workflows. */
  parts: PartCounts | null;
  /** How many parts there will be, where that is known: the items of a map. */
  partsInAll: number | null;
  /** What of its parts failed and is tried again. */
  retrying: Retrying | null;
};

const source = alias(executionSteps, "source");

export const STEP_COLUMNS = {
  ...STEP_SUMMARY_COLUMNS,
  executionId: executionSteps.executionId,
  branch: executionSteps.branch,
  wakeAt: executionSteps.wakeAt,
  isPinned: executionSteps.isPinned,
  isLeftOut,
  reusedStepId: executionSteps.reusedStepId,
  partsInAll: sql<
    number | null
  >`case when ${executionSteps.kind} = 'map' then jsonb_array_length(case when jsonb_typeof(${executionSteps.input}->'items') = 'array' then ${executionSteps.input}->'items' end) end`,
  revision: executionSteps.revision,
} as const;

export type BareStep = Omit<StepRow, "costMicros" | "reused" | "attempts" | "parts" | "retrying"> & {
  reusedStepId: string | null;
  revision: number;
};

/** Adds to steps of one run what other tables know of them. Reads nothing of its other steps. */
export async function completeSteps(
  tx: Tx,
  scope: TenantScope,
  executionId: string,
  steps: readonly BareStep[],
): Promise<StepRow[]> {
  const costs = await stepCosts(tx, scope, executionId, steps);
  const attempts = await attemptsOf(tx, scope, steps);
  const origins = await originsOf(tx, scope, steps);
  const parts = await countParts(
    tx,
    scope,
    steps.filter((step) => NESTING_KINDS.has(step.kind)).map((step) => step.id),
  );
  const retrying = await retryingParts(
    tx,
    scope,
    steps.filter(isWorkedInside).map((step) => step.id),
  );
  return steps.map(({ reusedStepId, revision: _, ...step }) => ({
    ...step,
    costMicros: (costs.get(step.id) ?? 0n).toString(),
    reused: reusedStepId === null ? null : (origins.get(reusedStepId) ?? null),
    attempts: attempts.get(step.id) ?? [],
    parts: NESTING_KINDS.has(step.kind) ? (parts.get(step.id) ?? partsOfNone(step, reusedStepId)) : null,
    retrying: shownRetrying(retrying.get(step.id)),
  }));
}

/** Whether parts of the run work for a step now. */
export function isWorkedInside({ kind, status }: Pick<BareStep, "kind" | "status">): boolean {
  return NESTING_KINDS.has(kind) && (status === "running" || status === "waiting");
}

/** Without the parts by name. */
export function shownRetrying(retrying: Retrying | undefined): Retrying | null {
  return retrying ? { count: retrying.count, message: retrying.message } : null;
}

/** What stands for a step without parts: one whose output was there worked with none, others have none yet. */
function partsOfNone(
  { isPinned }: Pick<BareStep, "isPinned">,
  reusedStepId: string | null,
): PartCounts | null {
  return isPinned || reusedStepId !== null ? null : {};
}

/** The attempts that did not end these steps, in their order, by step. */
export async function attemptsOf(
  tx: Tx,
  scope: TenantScope,
  steps: readonly Pick<BareStep, "id" | "attempt" | "status">[],
): Promise<ReadonlyMap<string, AttemptRow[]>> {
  // A wait is no attempt: one that follows a failed attempt, and what was stopped in it, count that one alone.
  const isTried = ({ attempt, status }: Pick<BareStep, "attempt" | "status">) =>
    attempt > 1 || (attempt === 1 && ["running", "waiting", "cancelled"].includes(status));
  const tried = steps.filter(isTried).map((step) => step.id);
  const attempts = new Map<string, AttemptRow[]>();
  if (tried.length === 0) return attempts;
  const rows = await tx
    .select({
      stepId: stepAttempts.stepId,
      attempt: stepAttempts.attempt,
      outcome: sql<AttemptRow["outcome"]>`${stepAttempts.outcome}`,
      errorCode: stepAttempts.errorCode,
      errorMessage: stepAttempts.errorMessage,
      waitMs: stepAttempts.waitMs,
      startedAt: stepAttempts.startedAt,
      endedAt: stepAttempts.endedAt,
    })
    .from(stepAttempts)
    .where(and(eq(stepAttempts.tenantId, scope.tenantId), inArray(stepAttempts.stepId, tried)))
    .orderBy(asc(stepAttempts.stepId), asc(stepAttempts.attempt));
  for (const { stepId, ...attempt } of rows) attempts.set(stepId, [...(attempts.get(stepId) ?? []), attempt]);
  return attempts;
}

/** Where reused outputs come from. */
async function originsOf(tx: Tx, scope: TenantScope, steps: readonly BareStep[]) {
  const ids = steps.flatMap((step) => step.reusedStepId ?? []);
  if (ids.length === 0) return new Map<string, StepRow["reused"]>();
  const rows = await tx
    .select({ stepId: source.id, executionId: source.executionId })
    .from(source)
    .where(and(eq(source.tenantId, scope.tenantId), inArray(source.id, ids)));
  return new Map(rows.map((row) => [row.stepId, row]));
}

/** The parts of the run that work for each of these steps, counted by status. */
export async function countParts(
  tx: Tx,
  scope: TenantScope,
  stepIds: readonly string[],
): Promise<ReadonlyMap<string, PartCounts>> {
  const counts = new Map<string, PartCounts>();
  if (stepIds.length === 0) return counts;
  const rows = await tx
    .select({
      stepId: executions.parentStepId,
      status: sql<RunStatus>`${executions.status}`,
      count: sql<number>`count(*)::int`,
    })
    .from(executions)
    .where(and(eq(executions.tenantId, scope.tenantId), inArray(executions.parentStepId, [...stepIds])))
    .groupBy(executions.parentStepId, executions.status);
  for (const { stepId, status, count } of rows)
    counts.set(stepId ?? "", { ...counts.get(stepId ?? ""), [status]: count });
  return counts;
}
