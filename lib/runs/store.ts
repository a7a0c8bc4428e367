import { and, eq, sql } from "drizzle-orm";
import type { Tx } from "@/db/access";
import { madeOnce } from "@/db/made-once";
import { agents, executionSteps, executions, workflows } from "@/db/schema/ai";
import { tenants } from "@/db/schema/auth";
import type { TenantScope } from "@/db/scope";
import type { Statement } from "@/db/statements";
import { databaseTime } from "@/lib/clock";
import { AppError } from "@/lib/errors";
import { isId } from "@/lib/ids";
import { DEFAULT_PORT } from "@/lib/workflows/kind";
import type { Outcome, Outcomes } from "@/lib/workflows/schedule";
import { isFinished } from "./input";

export function executionIs(scope: TenantScope, executionId: string) {
  return and(eq(executions.tenantId, scope.tenantId), eq(executions.id, executionId));
}

export function stepsOf(scope: TenantScope, executionId: string) {
  return and(eq(executionSteps.tenantId, scope.tenantId), eq(executionSteps.executionId, executionId));
}

/** The run, and the steps of the run, of a statement that is made once. */
const GIVEN_TENANT = sql.placeholder("tenantId");
const GIVEN_RUN = sql.placeholder("executionId");
export const isGivenRun = and(eq(executions.tenantId, GIVEN_TENANT), eq(executions.id, GIVEN_RUN));
export const isStepOfGivenRun = and(
  eq(executionSteps.tenantId, GIVEN_TENANT),
  eq(executionSteps.executionId, GIVEN_RUN),
);
export type GivenRun = { readonly tenantId: string; readonly executionId: string };

export const nextRevision = sql`nextval('execution_steps_revision_seq')`;

export function runNotFound(): AppError {
  return new AppError("not_found", "This run does not exist.");
}

/** Looks that a run is there, and of this tenant. @throws AppError `not_found` */
export async function requireRun(tx: Tx, scope: TenantScope, executionId: string): Promise<void> {
  const [run] = await tx
    .select({ id: executions.id })
    .from(executions)
    .where(executionIs(scope, executionId));
  if (!run) throw runNotFound();
}

/** Whether the run's tenant is suspended. */
export function isTenantSuspended() {
  return sql<boolean>`(select ${tenants.status} <> 'active' from ${tenants} where ${tenants.id} = ${executions.tenantId})`;
}

const RUN_COLUMNS = {
  id: executions.id,
  status: executions.status,
  trigger: executions.trigger,
  agentId: executions.agentId,
  workflowId: executions.workflowId,
  workflowVersionId: executions.workflowVersionId,
  agentVersionId: executions.agentVersionId,
  startedBy: executions.startedBy,
  inputData: executions.inputData,
  cancelRequestedAt: executions.cancelRequestedAt,
  admittedAt: executions.admittedAt,
  dispatchedAt: executions.dispatchedAt,
  startedAt: executions.startedAt,
  deadlineAt: executions.deadlineAt,
  createdAt: executions.createdAt,
  parentExecutionId: executions.parentExecutionId,
  parentStepId: executions.parentStepId,
  rootExecutionId: executions.rootExecutionId,
  depth: executions.depth,
  itemIndex: executions.itemIndex,
  bodyNodeId: executions.bodyNodeId,
  onlyNodes: executions.onlyNodes,
  continues: executions.continues,
  usesPins: executions.usesPins,
  pinnedVersions: executions.pinnedVersions,
  /** When the run it is a part of was started, or the one that resumes: what it refers to is taken as it was then. */
  pinnedAt:
    sql<Date>`coalesce((select coalesce(root.pinned_at, root.created_at) from executions root where root.tenant_id = ${executions.tenantId} and root.id = ${executions.rootExecutionId}), ${executions.pinnedAt}, ${executions.createdAt})`.mapWith(
      executions.createdAt,
    ),
  /** The database's clock decides what is late. */
  get now() {
    return sql<Date>`${databaseTime()}`.mapWith(executions.createdAt);
  },
  name: sql<string>`coalesce(${workflows.name}, ${agents.name}, '')`,
  isSuspended: isTenantSuspended(),
} as const;

const selectRun = (tx: Tx) =>
  tx
    .select(RUN_COLUMNS)
    .from(executions)
    .leftJoin(
      workflows,
      and(eq(workflows.tenantId, executions.tenantId), eq(workflows.id, executions.workflowId)),
    )
    .leftJoin(agents, and(eq(agents.tenantId, executions.tenantId), eq(agents.id, executions.agentId)))
    .where(isGivenRun)
    .limit(1);

const readRun = madeOnce<GivenRun, RunRow[]>(selectRun);
// What refers to the run may still be written meanwhile: only its own row is held.
const holdRun = madeOnce<GivenRun, RunRow[]>((tx) => selectRun(tx).for("no key update", { of: executions }));

type RunRow = Awaited<ReturnType<typeof selectRun>>[number];

/**
 * The statement that reads what working on a run needs to know of it. @throws AppError `not_found` for what is no id
 * @param isHeld whether nobody else may change the run until the transaction ends
 */
export function runStatement(
  tx: Tx,
  scope: TenantScope,
  executionId: string,
  isHeld = false,
): Statement<RunRow[]> {
  if (!isId(executionId)) throw runNotFound();
  return (isHeld ? holdRun : readRun)(tx, { tenantId: scope.tenantId, executionId });
}

export type RunFacts = ReturnType<typeof runOf>;

/** The answer of `runStatement`. @throws AppError `not_found` */
export function runOf([row]: readonly RunRow[]) {
  if (!row) throw runNotFound();
  return { ...row, status: row.status ?? "pending" };
}

/** Whether nothing more of a run is to be begun: it has ended or is to end, or its time is up. */
export function isOver(run: Pick<RunFacts, "status" | "deadlineAt" | "cancelRequestedAt" | "now">): boolean {
  const isLate = run.deadlineAt !== null && run.deadlineAt <= run.now;
  return isFinished(run.status) || run.cancelRequestedAt !== null || isLate;
}

/** Whether a run that somebody started waits for room. */
export function isInLine(run: Pick<RunFacts, "status" | "rootExecutionId" | "admittedAt">): boolean {
  return run.status === "pending" && run.rootExecutionId === null && run.admittedAt === null;
}

/** Reads what working on a run needs to know of it. @param isHeld whether nobody else may change it until the transaction ends */
export async function loadRun(
  tx: Tx,
  scope: TenantScope,
  executionId: string,
  isHeld = false,
): Promise<RunFacts> {
  return runOf(await runStatement(tx, scope, executionId, isHeld).execute());
}

type OutcomeRow = { nodeId: string; status: string; branch: string | null };

/**
 * Where a step stands for scheduling. A step that is running, or waits for another attempt, is simply not settled; one
 * that waits for something outside is in good hands.
 */
function outcomeOf(row: OutcomeRow): Outcome | null {
  switch (row.status) {
    case "completed":
      return { status: "completed", ports: [row.branch ?? DEFAULT_PORT] };
    case "skipped":
      return { status: "skipped" };
    case "failed":
    case "cancelled":
      return { status: "failed" };
    case "waiting":
      return { status: "running" };
    default:
      return null;
  }
}

/** The nodes of a run that are settled or wait. */
export async function loadOutcomes(tx: Tx, scope: TenantScope, executionId: string): Promise<Outcomes> {
  return toOutcomes(await outcomeStatement(tx, scope, executionId).execute());
}

/** The statement that reads them, for `toOutcomes`. */
export function outcomeStatement(
  tx: Tx,
  { tenantId }: TenantScope,
  executionId: string,
): Statement<OutcomeRow[]> {
  return readOutcomes(tx, { tenantId, executionId });
}

const readOutcomes = madeOnce<GivenRun, OutcomeRow[]>((tx) =>
  tx
    .select({ nodeId: executionSteps.nodeId, status: executionSteps.status, branch: executionSteps.branch })
    .from(executionSteps)
    .where(isStepOfGivenRun),
);

export function toOutcomes(rows: readonly OutcomeRow[]): Outcomes {
  const outcomes = new Map<string, Outcome>();
  for (const row of rows) {
    const outcome = outcomeOf(row);
    if (outcome) outcomes.set(row.nodeId, outcome);
  }
  return outcomes;
}
