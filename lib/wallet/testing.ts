import { type SQL, sql } from "drizzle-orm";
import { asPlatform, asWorker } from "@/db/access";
import { database } from "@/db/pool";
import { ledgerEntries } from "@/db/schema/billing";
import { tenantPartnerHistory as history } from "@/db/schema/partner-money";
import type { TenantScope } from "@/db/scope";
import { MONEY_CHECKS } from "@/lib/billing/checks/money";
import { currentTime } from "@/lib/clock";
import { newId } from "@/lib/ids";
import { type Micros, microsToNumeric } from "@/lib/money";
import { holderAt } from "@/lib/tenants/holder";
import { makePlatform, makeTenant, type TestTenant } from "@/lib/testing/scopes";
import { type CreditEntry, type PostedCredit, postCredit } from "./credit";
import { charge } from "./money-gatherer";

/** A tenant that pays before it uses, with nothing yet. */
export async function prepaidTenant(partnerId: string | null = null): Promise<TestTenant> {
  const tenant = await makeTenant(partnerId);
  const { pool } = await database();
  await pool.query(
    `update wallets set mode = 'prepaid', credit_limit = 0 where tenant_id = '${tenant.tenantId}'`,
  );
  return tenant;
}

/** Posts credit as the platform does. */
export async function give(tenant: TestTenant, entry: Omit<CreditEntry, "tenantId">): Promise<PostedCredit> {
  const platform = await makePlatform();
  return asPlatform(platform, (tx) => postCredit(tx, { ...entry, tenantId: tenant.tenantId }));
}

export type Used = {
  cost: Micros;
  commission?: Micros;
  reverses?: string;
  type?: "usage" | "reversal" | "adjustment";
  agentId?: string;
  workflowId?: string;
  executionId?: string;
  rootExecutionId?: string;
  modelKey?: string;
  /** In millions. */
  inputTokens?: string;
  /** Now, unless said otherwise. */
  at?: Date;
};

/** Who held a tenant at an instant: the partner of a planted ledger row. */
function heldBy(tenantId: string, at: Date): SQL<string | null> {
  return sql<string | null>`(select ${history.partnerId} from ${history} where ${holderAt(tenantId, at)})`;
}

/** Writes ledger rows and pays for them, in one transaction. Gives their ids. */
export async function use(
  scope: TenantScope,
  used: readonly Used[],
  options: { holdKey?: string; isGuarded?: boolean; ids?: readonly string[] } = {},
): Promise<string[]> {
  const ids = options.ids ?? used.map(() => newId());
  await asWorker(scope, async (tx) => {
    await tx
      .insert(ledgerEntries)
      .values(
        used.map(
          ({ cost, commission = 0n, reverses, type = "usage", inputTokens, at: instant, ...facts }, at) => ({
            ...facts,
            id: ids[at],
            tenantId: scope.tenantId,
            partnerId: heldBy(scope.tenantId, instant ?? currentTime()),
            resourceType: inputTokens ? "text_tokens_input" : "workflow_node",
            unit: inputTokens ? "1M_tokens" : "node",
            quantity: inputTokens ?? (type === "reversal" ? "-1" : "1"),
            platformCost: microsToNumeric(cost - commission),
            tenantCost: microsToNumeric(cost),
            partnerCommission: microsToNumeric(commission),
            systemRate: "0",
            tenantRate: "0",
            entryType: type,
            reversesId: reverses,
            idempotencyKey: `${ids[at]}`,
            occurredAt: instant ?? currentTime(),
          }),
        ),
      )
      .onConflictDoNothing();
    charge(tx, scope, {
      entryIds: ids,
      holdKey: options.holdKey ?? null,
      isGuarded: options.isGuarded ?? false,
    });
  });
  return [...ids];
}

/** The rules of money that do not hold, over everybody's books. */
export async function brokenMoney(): Promise<{ rule: string; rows: unknown[] }[]> {
  const broken: { rule: string; rows: unknown[] }[] = [];
  const platform = await makePlatform();
  for (const { id, title, sql: query } of MONEY_CHECKS) {
    const rows = await asPlatform(platform, async (tx) => (await tx.execute(sql.raw(query))).rows);
    if (rows.length > 0) broken.push({ rule: `${id} ${title}`, rows });
  }
  return broken;
}
