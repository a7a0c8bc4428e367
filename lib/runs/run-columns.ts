import { and, eq, sql } from "drizzle-orm";
import { agents, executionSteps, executions, workflows } from "@/db/schema/ai";
import { users } from "@/db/schema/auth";
import { ledgerEntries } from "@/db/schema/billing";
import type { RunMode, RunStatus, RunTrigger, StepStatus } from "./input";

/** Amounts are micro-dollars as digits, in the tenant's own price, so that a DTO is JSON. */
export type RunSummary = {
  id: string;
  status: RunStatus;
  trigger: RunTrigger;
  mode: RunMode;
  /** The run that it resumes, replays or takes outputs from. */
  sourceExecutionId: string | null;
  /** Of the workflow or agent. */
  name: string;
  workflowId: string | null;
  agentId: string | null;
  startedByName: string | null;
  createdAt: Date;
  startedAt: Date | null;
  completedAt: Date | null;
  costMicros: string;
  errorCode: string | null;
  errorMessage: string | null;
  errorNodeId: string | null;
};

/** What a line about a run says; joined with `workflowOf`, `agentOf` and `starterOf`. */
export const SUMMARY_COLUMNS = {
  id: executions.id,
  status: sql<RunStatus>`${executions.status}`,
  trigger: sql<RunTrigger>`${executions.trigger}`,
  mode: sql<RunMode>`${executions.mode}`,
  sourceExecutionId: executions.sourceExecutionId,
  name: sql<string>`coalesce(${workflows.name}, ${agents.name}, 'Removed')`,
  workflowId: executions.workflowId,
  agentId: executions.agentId,
  startedByName: users.fullName,
  createdAt: executions.createdAt,
  startedAt: executions.startedAt,
  completedAt: executions.completedAt,
  errorCode: executions.errorCode,
  errorMessage: executions.errorMessage,
  errorNodeId: executions.errorNodeId,
} as const;

/** What a line about a step says. */
export const STEP_SUMMARY_COLUMNS = {
  id: executionSteps.id,
  nodeId: executionSteps.nodeId,
  iteration: executionSteps.iteration,
  name: executionSteps.name,
  kind: executionSteps.kind,
  status: sql<StepStatus>`${executionSteps.status}`,
  attempt: executionSteps.attempt,
  startedAt: executionSteps.startedAt,
  completedAt: executionSteps.completedAt,
  errorMessage: executionSteps.errorMessage,
} as const;

/**
 * Whether a step stands for a node that a run of some nodes was not asked for. Of an end that was taken over, the run in
 * which it came about says so. For queries of `execution_steps` by its own name.
 */
export const isLeftOut = sql<boolean>`(execution_steps.status = 'skipped' and exists (
  select from execution_steps o join executions e on e.tenant_id = o.tenant_id and e.id = o.execution_id
  where o.tenant_id = execution_steps.tenant_id and o.id = coalesce(execution_steps.reused_step_id, execution_steps.id)
    and e.only_nodes is not null and not e.only_nodes ? o.node_id))`;

/**
 * Whether a part was taken over as a whole from the run that is resumed: it has its result, and nothing of it ran. For
 * queries of `executions` by its own name.
 */
export const isTakenOver = sql<boolean>`(executions.parent_step_id is not null
  and executions.source_execution_id is not null and executions.status = 'completed'
  and not exists (select from execution_steps s
    where s.tenant_id = executions.tenant_id and s.execution_id = executions.id))`;

export const workflowOf = and(
  eq(workflows.tenantId, executions.tenantId),
  eq(workflows.id, executions.workflowId),
);
export const agentOf = and(eq(agents.tenantId, executions.tenantId), eq(agents.id, executions.agentId));
export const starterOf = and(eq(users.tenantId, executions.tenantId), eq(users.id, executions.startedBy));

/** The tenant's own price of the ledger rows that are grouped. */
export const costSum = sql<string>`sum(${ledgerEntries.tenantCost})::numeric(18,6)::text`;
