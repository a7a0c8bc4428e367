import { and, eq, isNotNull, type Placeholder, sql } from "drizzle-orm";
import type { Tx } from "@/db/access";
import { insertRows } from "@/db/insert-rows";
import { asJson, isAmong, madeOnce } from "@/db/made-once";
import { executionSteps } from "@/db/schema/ai";
import type { TenantScope } from "@/db/scope";
import type { Statement } from "@/db/statements";
import { databaseMoment } from "@/lib/clock";
import { env } from "@/lib/env";
import { AppError } from "@/lib/errors";
import { newId } from "@/lib/ids";
import type { GraphNode } from "@/lib/workflows/graph";
import { DEFAULT_PORT } from "@/lib/workflows/kind";
import type { StepStatus } from "./input";
import { nextRevision } from "./store";

/** How long a worker that shows no sign of life keeps a step. It renews the lease three times in that time. */
export const LEASE_MS = env().LEASE_MS;

export function leaseEnd(ms: number) {
  return sql`now() + ${ms}::float8 * interval '1 millisecond'`;
}

export type StepEnd = {
  readonly status: Exclude<StepStatus, "running">;
  readonly input?: unknown;
  readonly output?: unknown;
  readonly branch?: string | null;
  readonly detail?: unknown;
  readonly errorCode?: string | null;
  readonly errorMessage?: string | null;
  /** The output was pinned for a test: nothing ran, nothing is billed. */
  readonly isPinned?: true;
};

type Held = { readonly stepId: string; readonly attempt: number; readonly isWaiting?: boolean };

function stepIs({ tenantId, stepId, attempt, heldAs }: HeldValues | Places) {
  return and(
    eq(executionSteps.tenantId, tenantId),
    eq(executionSteps.id, stepId),
    eq(executionSteps.attempt, attempt),
    eq(executionSteps.status, heldAs),
  );
}

function heldBy(scope: TenantScope, held: Held) {
  return stepIs(valuesOf(scope, held));
}

/** The same of a statement that is made once. */
const isGivenHeld = stepIs({
  tenantId: sql.placeholder("tenantId"),
  stepId: sql.placeholder("stepId"),
  attempt: sql.placeholder("attempt"),
  heldAs: sql.placeholder("heldAs"),
});

function valuesOf({ tenantId }: TenantScope, { stepId, attempt, isWaiting }: Held) {
  return { tenantId, stepId, attempt, heldAs: isWaiting ? "waiting" : "running" };
}

type HeldValues = ReturnType<typeof valuesOf>;
type Places = { readonly [K in keyof HeldValues]: Placeholder };

/** @throws AppError `conflict` when a newer attempt has the step, or it has ended; until the commit none takes it over */
export async function assertHeld(tx: Tx, scope: TenantScope, held: Held): Promise<void> {
  const [row] = await tx
    .select({ id: executionSteps.id })
    .from(executionSteps)
    .where(heldBy(scope, held))
    .for("share");
  if (!row) throw new AppError("conflict", "Another attempt has this step.", { reason: "step_lost" });
}

/** Ends a step of this attempt. False when a newer attempt has it, or it has ended. */
export async function endStep(tx: Tx, scope: TenantScope, held: Held, end: StepEnd): Promise<boolean> {
  return (await endRow(tx, scope, held, end).execute()).length > 0;
}

/** The statement that does so: its answer has a row when the step was this attempt's. */
export function endRow(tx: Tx, scope: TenantScope, held: Held, end: StepEnd): Statement<{ id: string }[]> {
  return writeEnd(tx, {
    ...valuesOf(scope, held),
    status: end.status,
    hasInput: end.input !== undefined,
    input: asJson(end.input),
    output: asJson(end.output),
    branch: end.branch ?? null,
    hasDetail: end.detail !== undefined,
    detail: asJson(end.detail),
    errorCode: end.errorCode ?? null,
    errorMessage: end.errorMessage ?? null,
    isPinned: end.isPinned ?? false,
  });
}

type EndValues = HeldValues & {
  readonly [K in Exclude<keyof StepEnd, "isPinned"> | "hasInput" | "hasDetail" | "isPinned"]:
    | string
    | boolean
    | null;
};

const writeEnd = madeOnce<EndValues, { id: string }[]>((tx) =>
  tx
    .update(executionSteps)
    .set({
      status: sql`${sql.placeholder("status")}`,
      input: sql`case when ${sql.placeholder("hasInput")}::boolean then ${sql.placeholder("input")}::jsonb else ${executionSteps.input} end`,
      output: sql`${sql.placeholder("output")}::jsonb`,
      branch: sql`${sql.placeholder("branch")}`,
      detail: sql`case when ${sql.placeholder("hasDetail")}::boolean then ${sql.placeholder("detail")}::jsonb else ${executionSteps.detail} end`,
      errorCode: sql`${sql.placeholder("errorCode")}`,
      errorMessage: sql`${sql.placeholder("errorMessage")}`,
      isPinned: sql`${sql.placeholder("isPinned")}::boolean`,
      leaseUntil: null,
      wakeAt: null,
      completedAt: databaseMoment(),
      revision: nextRevision,
    })
    .where(isGivenHeld)
    .returning({ id: executionSteps.id }),
);

/** Leaves a step for another attempt after a while; the trace shows what went wrong meanwhile. */
export async function postponeStep(
  tx: Tx,
  scope: TenantScope,
  held: Held,
  problem: { code: string; message: string; afterMs: number },
): Promise<boolean> {
  const postponed = await tx
    .update(executionSteps)
    .set({
      errorCode: problem.code,
      errorMessage: problem.message,
      workerId: null,
      leaseUntil: leaseEnd(problem.afterMs),
      revision: nextRevision,
    })
    .where(heldBy(scope, held))
    .returning({ id: executionSteps.id });
  return postponed.length > 0;
}

/** Shows what a step works on before its effect begins, and clears the problem of the attempt before. */
export function noteInput(tx: Tx, scope: TenantScope, held: Held, input: unknown): Statement {
  return writeInput(tx, { ...valuesOf(scope, held), input: asJson(input) });
}

const writeInput = madeOnce<HeldValues & { input: string | null }, unknown>((tx) =>
  tx
    .update(executionSteps)
    .set({
      input: sql`${sql.placeholder("input")}::jsonb`,
      errorCode: null,
      errorMessage: null,
      revision: nextRevision,
    })
    .where(isGivenHeld),
);

/** What the attempt before worked on, as it was shown. */
export async function inputOf(tx: Tx, scope: TenantScope, held: Held): Promise<unknown> {
  const [row] = await tx
    .select({ input: executionSteps.input })
    .from(executionSteps)
    .where(heldBy(scope, held));
  return row?.input;
}

/** Leaves a step of this attempt waiting for something outside: a time, a person, or other runs. */
export async function suspendStep(
  tx: Tx,
  scope: TenantScope,
  held: Held,
  waiting: { input: unknown; detail?: unknown; wakeAt?: Date | undefined },
): Promise<void> {
  await tx
    .update(executionSteps)
    .set({
      status: "waiting",
      input: waiting.input,
      detail: waiting.detail ?? null,
      wakeAt: waiting.wakeAt ?? null,
      errorCode: null,
      errorMessage: null,
      leaseUntil: null,
      workerId: null,
      revision: nextRevision,
    })
    .where(heldBy(scope, held));
}

/** Shows how far the runs of a waiting step have come. */
export async function noteProgress(
  tx: Tx,
  scope: TenantScope,
  held: { stepId: string },
  progress: Readonly<Record<string, number>>,
): Promise<void> {
  await tx
    .update(executionSteps)
    .set({ detail: progress, revision: nextRevision })
    .where(
      and(
        eq(executionSteps.tenantId, scope.tenantId),
        eq(executionSteps.id, held.stepId),
        eq(executionSteps.status, "waiting"),
      ),
    );
}

/**
 * Prolongs the lease of a step that is being worked on. One that somebody has locked is not waited for, since other steps
 * wait to be told of: it is `locked`, and to be tried again. `lost` when it is no longer this attempt's.
 */
export async function renewLease(
  tx: Tx,
  scope: TenantScope,
  held: Held,
): Promise<"renewed" | "locked" | "lost"> {
  const { id } = executionSteps;
  // What was left for its next attempt is nobody's.
  const isOurs = and(heldBy(scope, held), isNotNull(executionSteps.workerId));
  const ours = tx.select({ id }).from(executionSteps).where(isOurs);
  const renewed = await tx
    .update(executionSteps)
    .set({ leaseUntil: leaseEnd(LEASE_MS) })
    .where(
      and(
        eq(executionSteps.tenantId, scope.tenantId),
        isAmong(id, ours.for("no key update", { skipLocked: true })),
      ),
    )
    .returning({ id });
  if (renewed.length > 0) return "renewed";
  const [locked] = await tx.select({ id }).from(executionSteps).where(isOurs);
  return locked ? "locked" : "lost";
}

/** A run has one step of a node. */
export const STEP_KEY = { fields: ["tenantId", "executionId", "nodeId", "iteration"] } as const;

/** Notes nodes that no live edge leads to. */
export async function insertSkipped(
  tx: Tx,
  scope: TenantScope,
  executionId: string,
  nodes: readonly GraphNode[],
): Promise<void> {
  if (nodes.length > 0)
    await skippedRows(
      tx,
      scope,
      nodes.map((node) => ({ executionId, node })),
    ).execute();
}

/** The statement that does so, for nodes of one run or more. */
export function skippedRows(
  tx: Tx,
  scope: TenantScope,
  skipped: readonly { readonly executionId: string; readonly node: GraphNode }[],
): Statement {
  const rows = skipped.map(({ executionId, node }) => ({
    id: newId(),
    tenantId: scope.tenantId,
    executionId,
    nodeId: node.id,
    kind: node.kind,
    name: node.name,
    status: "skipped",
  }));
  return insertRows(tx, executionSteps, rows, { unlessKnownBy: STEP_KEY });
}

/** The ports a settled step made live, as the scheduler reads them. */
export function portsOf(branch: string | null | undefined): readonly string[] {
  return [branch ?? DEFAULT_PORT];
}
