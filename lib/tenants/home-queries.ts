import "server-only";
import { and, count, desc, eq, gte, inArray, isNotNull, isNull, lt, or, sql } from "drizzle-orm";
import { asTenant, type Tx } from "@/db/access";
import { agents, executionSteps, executions, workflows } from "@/db/schema/ai";
import { invoices } from "@/db/schema/invoices";
import { documents } from "@/db/schema/knowledge";
import type { TenantScope } from "@/db/scope";
import { countWaiting } from "@/lib/approvals/queries";
import { authorize } from "@/lib/auth/authorize";
import { UNPAID_STATUSES } from "@/lib/billing/state";
import { type Micros, microsFromNumeric } from "@/lib/money";
import { treeCosts } from "@/lib/runs/queries";
import { lastDays, startOfDay, startOfMonth } from "@/lib/tenants/periods";
import { instantOf, sourceFor, usedOnDays } from "@/lib/usage/counted";

const CHART_DAYS = 14;
const RECENT_RUNS = 6;
const FAILURE_WINDOW_MS = 86_400_000;

export type HomeRun = {
  id: string;
  /** The agent or workflow that ran. */
  name: string;
  kind: "agent" | "workflow";
  status: string;
  createdAt: Date;
  costMicros: Micros;
};

/** What waits for money, in runs as they were started and in documents. */
export type MoneyWaits = { runs: number; documents: number };

export type Home = {
  spend: {
    /** Since the first instant of this UTC month. */
    monthMicros: Micros;
    /** The last 14 UTC days, today last. */
    byDay: { day: string; micros: Micros }[];
  };
  /** Runs started since the first instant of this UTC day; `live` counts every unfinished run. Parts of runs are no runs. */
  runs: { today: number; completedToday: number; failedToday: number; live: number };
  attention: {
    /** Questions that wait for this person, counted no further than 100. */
    approvals: number;
    /** Failed in the last 24 hours. */
    failedRuns: number;
    failedDocuments: number;
    /** Unpaid after their due date; zero for people who may not see invoices. */
    overdueInvoices: number;
    /** What goes on once credit is added. */
    withoutCredit: MoneyWaits;
    /** What goes on once a cap is raised; what its admins are asked to allow is among their approvals. */
    capped: MoneyWaits;
  };
  firstSteps: { hasDocument: boolean; hasAgent: boolean; hasWorkflow: boolean; hasRun: boolean };
  recentRuns: HomeRun[];
};

/** What somebody sees first in their workspace. One transaction, so that the figures agree with each other. */
export async function getHome(scope: TenantScope, now: Date = new Date()): Promise<Home> {
  authorize(scope, "home.read");
  return asTenant(scope, async (tx) => {
    const runs = await countRuns(tx, scope, now);
    const knowledge = await countDocuments(tx, scope);
    const built = await countBuilt(tx, scope);
    const recentRuns = await listRecentRuns(tx, scope);
    return {
      spend: await readSpend(tx, scope, now),
      runs: runs.counts,
      attention: {
        approvals: await countWaiting(tx, scope),
        failedRuns: runs.failedLately,
        failedDocuments: knowledge.failed,
        overdueInvoices: scope.role === "tenant_admin" ? await countOverdue(tx, scope, now) : 0,
        ...(await countMoneyWaits(tx, scope)),
      },
      firstSteps: {
        hasDocument: knowledge.all > 0,
        hasAgent: built.agents > 0,
        hasWorkflow: built.workflows > 0,
        hasRun: recentRuns.length > 0,
      },
      recentRuns,
    };
  });
}

async function readSpend(tx: Tx, scope: TenantScope, now: Date): Promise<Home["spend"]> {
  const days = lastDays(now, CHART_DAYS);
  const month = startOfMonth(now);
  const chartStart = new Date(`${days[0]}T00:00:00Z`);
  const from = chartStart < month ? chartStart : month;
  const source = await sourceFor(tx, scope.tenantId);
  const used = usedOnDays(sql`${scope.tenantId}::uuid`, { start: instantOf(from) }, source);
  const { rows } = await tx.execute<{ day: string; cost: string }>(sql`
    select to_char(day, 'YYYY-MM-DD') as day, sum(tenant_cost)::numeric(18,6) as cost from (${used}) used group by 1`);
  const byDay = new Map(rows.map((row) => [row.day, microsFromNumeric(row.cost)]));
  const monthDay = month.toISOString().slice(0, 10);
  return {
    monthMicros: [...byDay].reduce((sum, [at, micros]) => (at >= monthDay ? sum + micros : sum), 0n),
    byDay: days.map((at) => ({ day: at, micros: byDay.get(at) ?? 0n })),
  };
}

/** What was started, not the items, rounds and called workflows inside of it. */
function runsOf(scope: TenantScope) {
  return and(eq(executions.tenantId, scope.tenantId), isNull(executions.rootExecutionId));
}

async function countRuns(tx: Tx, scope: TenantScope, now: Date) {
  const { status, createdAt } = executions;
  const today = startOfDay(now);
  const lately = new Date(now.getTime() - FAILURE_WINDOW_MS);
  const isLive = inArray(status, ["pending", "running", "waiting"]);
  const inCondition = (condition: ReturnType<typeof and>) =>
    sql<number>`count(*) filter (where ${condition})`.mapWith(Number);
  const [row] = await tx
    .select({
      today: inCondition(gte(createdAt, today)),
      completedToday: inCondition(and(gte(createdAt, today), eq(status, "completed"))),
      failedToday: inCondition(and(gte(createdAt, today), eq(status, "failed"))),
      live: inCondition(isLive),
      failedLately: inCondition(and(eq(status, "failed"), gte(createdAt, lately))),
    })
    .from(executions)
    .where(and(runsOf(scope), or(gte(createdAt, lately), isLive)));
  const { failedLately = 0, ...counts } = row ?? {};
  return {
    failedLately,
    counts: { today: 0, completedToday: 0, failedToday: 0, live: 0, ...counts },
  };
}

async function countDocuments(tx: Tx, scope: TenantScope) {
  const [row] = await tx
    .select({
      all: count(),
      failed: sql<number>`count(*) filter (where ${eq(documents.uploadStatus, "failed")})`.mapWith(Number),
    })
    .from(documents)
    .where(eq(documents.tenantId, scope.tenantId));
  return row ?? { all: 0, failed: 0 };
}

async function countBuilt(tx: Tx, scope: TenantScope) {
  const [agentRow] = await tx
    .select({ total: count() })
    .from(agents)
    .where(eq(agents.tenantId, scope.tenantId));
  const [workflowRow] = await tx
    .select({ total: count() })
    .from(workflows)
    .where(eq(workflows.tenantId, scope.tenantId));
  return { agents: agentRow?.total ?? 0, workflows: workflowRow?.total ?? 0 };
}

async function countOverdue(tx: Tx, scope: TenantScope, now: Date): Promise<number> {
  const unpaid = and(inArray(invoices.status, [...UNPAID_STATUSES]), lt(invoices.dueDate, now));
  const [row] = await tx
    .select({ total: count() })
    .from(invoices)
    .where(and(eq(invoices.tenantId, scope.tenantId), unpaid));
  return row?.total ?? 0;
}

async function countMoneyWaits(tx: Tx, scope: TenantScope) {
  const runs = await tx
    .select({
      reason: executionSteps.waitReason,
      total: sql<number>`count(distinct coalesce(${executions.rootExecutionId}, ${executions.id}))`.mapWith(
        Number,
      ),
    })
    .from(executionSteps)
    .innerJoin(
      executions,
      and(eq(executions.tenantId, executionSteps.tenantId), eq(executions.id, executionSteps.executionId)),
    )
    .where(
      and(
        eq(executionSteps.tenantId, scope.tenantId),
        eq(executionSteps.status, "waiting"),
        isNotNull(executionSteps.waitReason),
      ),
    )
    .groupBy(executionSteps.waitReason);
  const unread = await tx
    .select({ reason: documents.waitReason, total: count() })
    .from(documents)
    .where(and(eq(documents.tenantId, scope.tenantId), isNotNull(documents.waitReason)))
    .groupBy(documents.waitReason);
  const waits = (...reasons: string[]): MoneyWaits => {
    const sum = (rows: typeof unread) =>
      rows.reduce((all, { reason, total }) => (reasons.includes(reason ?? "") ? all + total : all), 0);
    return { runs: sum(runs), documents: sum(unread) };
  };
  return {
    withoutCredit: waits("credit"),
    capped: scope.role === "tenant_admin" ? waits("cap") : waits("cap", "ask"),
  };
}

async function listRecentRuns(tx: Tx, scope: TenantScope): Promise<HomeRun[]> {
  const runs = await tx
    .select({
      id: executions.id,
      status: executions.status,
      createdAt: executions.createdAt,
      agentName: agents.name,
      workflowName: workflows.name,
    })
    .from(executions)
    .leftJoin(agents, and(eq(agents.tenantId, executions.tenantId), eq(agents.id, executions.agentId)))
    .leftJoin(
      workflows,
      and(eq(workflows.tenantId, executions.tenantId), eq(workflows.id, executions.workflowId)),
    )
    .where(runsOf(scope))
    .orderBy(desc(executions.id))
    .limit(RECENT_RUNS);
  const costs = await treeCosts(
    tx,
    scope,
    runs.map((run) => run.id),
  );
  return runs.map((run) => ({
    id: run.id,
    name: run.workflowName ?? run.agentName ?? "Run",
    kind: run.workflowName ? "workflow" : "agent",
    status: run.status ?? "pending",
    createdAt: run.createdAt,
    costMicros: BigInt(costs.get(run.id) ?? 0),
  }));
}
