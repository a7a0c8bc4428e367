import { sql } from "drizzle-orm";
import { drizzle } from "drizzle-orm/node-postgres";
import { database } from "@/db/pool";
import { executions } from "@/db/schema/ai";
import { newId } from "@/lib/ids";
import type { TestTenant } from "@/lib/testing/scopes";

type Planted = {
  /** Of the run: a part of another when it has these. */
  part?: Partial<typeof executions.$inferInsert>;
  status?: string;
  kind?: string;
  /** What each step costs the tenant, in dollars; null for a run that the ledger knows nothing of. */
  cost?: string | null;
  /** The tenant's partner, and what of that is its commission. */
  partner?: { partnerId: string; commission: string };
};

/** A finished run with so many steps of a second each, one after the other, past row security. @returns its id */
export async function plantRun(
  { tenantId }: Pick<TestTenant, "tenantId">,
  workflowId: string,
  steps: number,
  { part = {}, status = "completed", kind = "transform", cost = "0.000100", partner }: Planted = {},
): Promise<string> {
  const db = drizzle((await database()).pool);
  const commission = partner?.commission ?? "0";
  const id = part.id ?? newId();
  const startedAt = new Date("2026-01-01T12:00:00Z");
  await db.insert(executions).values({
    id,
    tenantId,
    workflowId,
    status,
    inputData: {},
    createdAt: startedAt,
    startedAt,
    completedAt: new Date(startedAt.getTime() + steps * 1_000),
    ...part,
  });
  await db.execute(sql`
    insert into execution_steps (id, tenant_id, execution_id, node_id, iteration, kind, name, status, attempt, output, started_at, completed_at)
    select gen_random_uuid(), ${tenantId}, ${id}, 'n' || (n % 500), n / 500, ${kind}, 'Step ' || n, 'completed', 1,
      jsonb_build_object('text', repeat('x', 400)),
      ${startedAt.toISOString()}::timestamptz + n * interval '1 second', ${startedAt.toISOString()}::timestamptz + (n + 1) * interval '1 second'
    from generate_series(0, ${steps - 1}::int) n`);
  if (cost === null) return id;
  await db.execute(sql`
    insert into ledger_entries (id, tenant_id, partner_id, execution_id, root_execution_id, step_id, resource_type, quantity, unit, platform_cost, tenant_cost,
      partner_commission, idempotency_key, system_rate, tenant_rate, occurred_at)
    select gen_random_uuid(), tenant_id, ${partner?.partnerId ?? null}::uuid, execution_id, ${part.rootExecutionId ?? null}::uuid, id,
      'workflow_node', 1, 'node', ${cost}::numeric - ${commission}::numeric, ${cost}::numeric, ${commission}::numeric, 'planted:' || id, ${cost}::numeric, ${cost}::numeric, completed_at
    from execution_steps where tenant_id = ${tenantId} and execution_id = ${id}`);
  return id;
}

/** What the planner knows of the tables, as on a database that has been running for a while. */
export async function analyzeRuns(): Promise<void> {
  await drizzle((await database()).pool).execute(sql`analyze executions, execution_steps, ledger_entries`);
}
