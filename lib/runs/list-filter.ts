import { and, desc, eq, gte, isNull, lt, type SQL, sql } from "drizzle-orm";
import { agents, executions, workflows } from "@/db/schema/ai";
import type { TenantScope } from "@/db/scope";
import { isId } from "@/lib/ids";
import { containing } from "@/lib/like";
import { type Micros, microsFromNumeric } from "@/lib/money";
import type { RunFilter } from "./input";

const DAY_MS = 86_400_000;

/** The part of a filter that an index answers. Of runs that somebody or something started, not of their parts. */
export function indexedFilter(scope: TenantScope, filter: RunFilter & { cursor?: string | undefined }) {
  const { status, trigger, workflowId, agentId, startedBy, from, to, q, cursor } = filter;
  return and(
    eq(executions.tenantId, scope.tenantId),
    isNull(executions.rootExecutionId),
    status ? eq(executions.status, status) : undefined,
    trigger ? eq(executions.trigger, trigger) : undefined,
    workflowId ? eq(executions.workflowId, workflowId) : undefined,
    agentId ? eq(executions.agentId, agentId) : undefined,
    startedBy ? eq(executions.startedBy, startedBy) : undefined,
    ...(from ? [gte(executions.createdAt, startOf(from)), gte(executions.id, firstIdAt(startOf(from)))] : []),
    to ? lt(executions.createdAt, new Date(startOf(to).getTime() + DAY_MS)) : undefined,
    q && isId(q) ? eq(executions.id, q) : undefined,
    cursor ? after(filter, cursor) : undefined,
  );
}

/**
 * Newest first. The order of ids is that of time, up to the moment between making an id and writing its row; a list that
 * ends in the past begins there at once only in the order of time itself.
 */
export function orderOf({ to }: RunFilter): SQL[] {
  return to ? [desc(executions.createdAt), desc(executions.id)] : [desc(executions.id)];
}

function after({ to }: RunFilter, cursor: string): SQL {
  if (!to) return lt(executions.id, cursor);
  return sql`(${executions.createdAt}, ${executions.id}) < (select c.created_at, c.id from executions c where c.tenant_id = ${executions.tenantId} and c.id = ${cursor})`;
}

function startOf(day: string): Date {
  return new Date(`${day}T00:00:00Z`);
}

/** An id below that of every run that was written at a time or later; an hour's difference between clocks included. */
function firstIdAt(time: Date): string {
  const hex = Math.max(0, time.getTime() - 3_600_000)
    .toString(16)
    .padStart(12, "0");
  return `${hex.slice(0, 8)}-${hex.slice(8)}-7000-8000-000000000000`;
}

/** Whether runs have to be looked at one by one: for a text in them, or for what they cost. */
export function looksInside({ q, minCost, maxCost }: RunFilter): boolean {
  return Boolean((q && !isId(q)) || minCost || maxCost);
}

/** Whether a text is in what a run is about, or in what one of its steps gave; a column to select beside the others. */
export function hasText(q: string | undefined): SQL<boolean> {
  if (!q || isId(q)) return sql<boolean>`true`;
  const pattern = containing(q);
  // In the text of JSON quotes and line breaks are escaped.
  const inJson = containing(JSON.stringify(q).slice(1, -1));
  return sql<boolean>`(
    coalesce(${workflows.name}, ${agents.name}, '') ilike ${pattern}
    or ${executions.id}::text like ${pattern.slice(1)}
    or coalesce(${executions.errorMessage}, '') ilike ${pattern}
    or coalesce(${executions.inputData}::text, '') ilike ${inJson}
    or coalesce(${executions.resultData}::text, '') ilike ${inJson}
    or ${stepsHave(pattern, inJson)})`;
}

/** Steps of the run and of its parts. As an aggregate, which is worked out run by run and never for all runs at once. */
function stepsHave(pattern: string, inJson: string): SQL {
  return sql`coalesce((
    select bool_or(coalesce(s.error_message, '') ilike ${pattern} or coalesce(s.output::text, '') ilike ${inJson})
    from (
      select ${executions.id} as id
      union all
      select p.id from executions p where p.tenant_id = ${executions.tenantId} and p.root_execution_id = ${executions.id}
    ) run
    join execution_steps s on s.tenant_id = ${executions.tenantId} and s.execution_id = run.id), false)`;
}

/** Whether an amount is what a filter asks for. */
export function costFits({ minCost, maxCost }: RunFilter, micros: bigint): boolean {
  if (minCost && micros < microsOf(minCost)) return false;
  return !maxCost || micros <= microsOf(maxCost);
}

/** Half a dollar may be typed as `.5`. */
function microsOf(amount: string): Micros {
  return microsFromNumeric(amount.startsWith(".") ? `0${amount}` : amount);
}
