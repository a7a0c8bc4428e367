import "server-only";
import { and, desc, eq, inArray, lt, type SQL, sql } from "drizzle-orm";
import { asTenant, type Tx } from "@/db/access";
import { agents, executions, workflows } from "@/db/schema/ai";
import { users } from "@/db/schema/auth";
import { ledgerEntries } from "@/db/schema/billing";
import type { TenantScope } from "@/db/scope";
import { authorize } from "@/lib/auth/authorize";
import { isId } from "@/lib/ids";
import { containing } from "@/lib/like";
import { microsFromNumeric } from "@/lib/money";
import { mapPage, type Page, toPage } from "@/lib/paging";
import { type ListRunsInput, listRunsInput } from "./input";
import { agentOf, costSum, type RunSummary, SUMMARY_COLUMNS, starterOf, workflowOf } from "./run-columns";

/** Runs, newest first, a page at a time, each with what it has cost. */
export async function listRuns(scope: TenantScope, input: ListRunsInput = {}): Promise<Page<RunSummary>> {
  authorize(scope, "run.read");
  const { status, trigger, workflowId, agentId, q, cursor, limit } = listRunsInput.parse(input);
  return asTenant(scope, async (tx) => {
    const rows = await tx
      .select(SUMMARY_COLUMNS)
      .from(executions)
      .leftJoin(workflows, workflowOf)
      .leftJoin(agents, agentOf)
      .leftJoin(users, starterOf)
      .where(
        and(
          eq(executions.tenantId, scope.tenantId),
          status ? eq(executions.status, status) : undefined,
          trigger ? eq(executions.trigger, trigger) : undefined,
          workflowId ? eq(executions.workflowId, workflowId) : undefined,
          agentId ? eq(executions.agentId, agentId) : undefined,
          q ? matchesText(q) : undefined,
          cursor ? lt(executions.id, cursor) : undefined,
        ),
      )
      .orderBy(desc(executions.id))
      .limit(limit + 1);
    const page = toPage(rows, limit);
    const costs = await costsOf(
      tx,
      scope,
      page.items.map((row) => row.id),
    );
    return mapPage(page, (row) => ({ ...row, costMicros: costs.get(row.id) ?? "0" }));
  });
}

function matchesText(q: string): SQL {
  const isWholeId: boolean = isId(q);
  if (isWholeId) return eq(executions.id, q);
  const pattern = containing(q);
  return sql`(${workflows.name} ilike ${pattern} or ${agents.name} ilike ${pattern} or ${executions.id}::text like ${pattern.slice(1)})`;
}

async function costsOf(tx: Tx, scope: TenantScope, ids: readonly string[]): Promise<Map<string, string>> {
  if (ids.length === 0) return new Map();
  const rows = await tx
    .select({ executionId: ledgerEntries.executionId, cost: costSum })
    .from(ledgerEntries)
    .where(and(eq(ledgerEntries.tenantId, scope.tenantId), inArray(ledgerEntries.executionId, [...ids])))
    .groupBy(ledgerEntries.executionId);
  return new Map(rows.map((row) => [row.executionId ?? "", microsFromNumeric(row.cost).toString()]));
}
