import "server-only";
import { eq, sql } from "drizzle-orm";
import { asTenant, type Tx } from "@/db/access";
import { agents, workflows } from "@/db/schema/ai";
import { ledgerEntries } from "@/db/schema/billing";
import type { TenantScope } from "@/db/scope";
import { authorize } from "@/lib/auth/authorize";
import { currentTime } from "@/lib/clock";
import { namesOfModels } from "@/lib/models/queries";
import { type Micros, microsFromNumeric } from "@/lib/money";
import { startOfMonth } from "@/lib/tenants/periods";
import { instantOf, sourceFor, usedBetween, usedOnDays } from "@/lib/usage/counted";
import { FORECAST_DAYS, type Forecast, forecastOf } from "./forecast";

/** A part of the month's spend. Without a key it belongs to no agent, workflow or model. */
export type SpendPart = { key: string | null; label: string; micros: Micros };

export type MonthSpend = {
  month: Date;
  totalMicros: Micros;
  /** Every UTC day of the month up to today. */
  byDay: { day: string; micros: Micros }[];
  /** The dearest first. */
  byAgent: SpendPart[];
  byWorkflow: SpendPart[];
  byModel: SpendPart[];
};

type Grouped = {
  day: string | null;
  agent_id: string | null;
  workflow_id: string | null;
  model_key: string | null;
  part: number;
  cost: string;
};

/** Which column a row of the grouping sets is about: the bit of it that `grouping()` leaves at zero. */
const PARTS = { day: 0b0111, agent: 0b1011, workflow: 0b1101, model: 0b1110 } as const;

/**
 * What the workspace spent since the first instant of this UTC month, in its own prices, by day, agent, workflow and model:
 * read at one moment, so that every list adds up to the same total.
 */
export async function monthSpend(scope: TenantScope, now: Date = currentTime()): Promise<MonthSpend> {
  authorize(scope, "billing.read");
  const month = startOfMonth(now);
  return asTenant(scope, async (tx) => {
    const source = await sourceFor(tx, scope.tenantId);
    const { rows } = await tx.execute<Grouped>(sql`
      select day, agent_id, workflow_id, model_key, grouping(day, agent_id, workflow_id, model_key) as part,
        sum(tenant_cost)::numeric(18,6) as cost
      from (select to_char(day, 'YYYY-MM-DD') as day, agent_id, workflow_id, model_key, tenant_cost
        from (${usedOnDays(sql`${scope.tenantId}::uuid`, { start: instantOf(month) }, source)}) used) used
      group by grouping sets ((day), (agent_id), (workflow_id), (model_key))
      order by cost desc`);
    const part = (bits: number) =>
      rows.filter((row) => row.part === bits).map((row) => ({ ...row, micros: microsFromNumeric(row.cost) }));
    const days = new Map(part(PARTS.day).map((row) => [row.day, row.micros]));
    const modelKeys = part(PARTS.model).flatMap((row) => row.model_key ?? []);
    const names = await namesOf(tx, scope, modelKeys);
    const named = (id: string | null, without: string) => (id === null ? without : (names.get(id) ?? id));
    return {
      month,
      totalMicros: [...days.values()].reduce((sum, micros) => sum + micros, 0n),
      byDay: daysUntil(month, now).map((day) => ({ day, micros: days.get(day) ?? 0n })),
      byAgent: part(PARTS.agent).map(({ agent_id: key, micros }) => ({
        key,
        micros,
        label: named(key, "Without an agent"),
      })),
      byWorkflow: part(PARTS.workflow).map(({ workflow_id: key, micros }) => ({
        key,
        micros,
        label: named(key, "Outside of workflows"),
      })),
      byModel: part(PARTS.model).map(({ model_key: key, micros }) => ({
        key,
        micros,
        label: named(key, "Without a model"),
      })),
    };
  });
}

async function namesOf(
  tx: Tx,
  { tenantId }: TenantScope,
  modelKeys: readonly string[],
): Promise<ReadonlyMap<string, string>> {
  const some = await tx
    .select({ id: agents.id, name: agents.name })
    .from(agents)
    .where(eq(agents.tenantId, tenantId));
  const others = await tx
    .select({ id: workflows.id, name: workflows.name })
    .from(workflows)
    .where(eq(workflows.tenantId, tenantId));
  const models = Object.entries(await namesOfModels(tx, modelKeys));
  return new Map([...[...some, ...others].map(({ id, name }) => [id, name] as const), ...models]);
}

function daysUntil(month: Date, now: Date): string[] {
  return Array.from({ length: now.getUTCDate() }, (_, index) =>
    new Date(month.getTime() + index * 86_400_000).toISOString().slice(0, 10),
  );
}

/**
 * What this month will come to, in the workspace's own prices: see `forecastOf` for how. Sums of the ledger.
 * @param now the present
 */
export async function spendForecast(
  scope: TenantScope,
  now: Date = currentTime(),
): Promise<Forecast & { monthMicros: Micros }> {
  authorize(scope, "billing.read");
  const month = startOfMonth(now);
  const recent = new Date(now.getTime() - FORECAST_DAYS * 86_400_000);
  const mine = sql`${scope.tenantId}::uuid`;
  return asTenant(scope, async (tx) => {
    const source = await sourceFor(tx, scope.tenantId);
    const since = (from: Date) =>
      sql`(select coalesce(sum(tenant_cost), 0)::numeric(18,6) from (${usedBetween(mine, from, undefined, source)}) used)`;
    const { rows } = await tx.execute<{ month: string; recent: string }>(
      sql`select ${since(month)} as month, ${since(recent)} as recent`,
    );
    const [sums] = rows;
    const [first] = await tx
      .select({ at: ledgerEntries.occurredAt })
      .from(ledgerEntries)
      .where(eq(ledgerEntries.tenantId, scope.tenantId))
      .orderBy(ledgerEntries.occurredAt)
      .limit(1);
    const monthMicros = microsFromNumeric(sums?.month ?? "0");
    const recentMicros = microsFromNumeric(sums?.recent ?? "0");
    return { monthMicros, ...forecastOf({ now, monthMicros, recentMicros, firstAt: first?.at ?? null }) };
  });
}
