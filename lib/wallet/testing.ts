import { sql } from "drizzle-orm";
import { asPlatform, asWorker } from "@/db/access";
import { database } from "@/db/pool";
import { ledgerEntries } from "@/db/schema/billing";
import type { TenantScope } from "@/db/scope";
import { newId } from "@/lib/ids";
import { type Micros, microsToNumeric } from "@/lib/money";
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
};

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
        used.map(({ cost, commission = 0n, reverses, type = "usage", agentId }, at) => ({
          id: ids[at],
          tenantId: scope.tenantId,
          partnerId: scope.partnerId,
          agentId,
          resourceType: "workflow_node",
          unit: "node",
          quantity: type === "reversal" ? "-1" : "1",
          platformCost: microsToNumeric(cost - commission),
          tenantCost: microsToNumeric(cost),
          partnerCommission: microsToNumeric(commission),
          systemRate: "0",
          tenantRate: "0",
          entryType: type,
          reversesId: reverses,
          idempotencyKey: `${ids[at]}`,
          occurredAt: new Date(),
        })),
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

const MONEY_RULES: Readonly<Record<string, string>> = {
  "balances are the sum of their transactions": `
    select w.tenant_id, w.balance, w.allowance from wallets w
    left join lateral (select coalesce(sum(amount) filter (where source <> 'plan'), 0) as balance,
      coalesce(sum(amount) filter (where source = 'plan'), 0) as allowance
      from credit_transactions t where t.tenant_id = w.tenant_id) s on true
    where w.balance <> s.balance or w.allowance <> s.allowance`,
  "what is left of a lot is the sum of its transactions": `
    select l.id, l.remaining from credit_lots l where l.remaining <>
      (select coalesce(sum(amount), 0) from credit_transactions t where t.tenant_id = l.tenant_id and t.lot_id = l.id)
      or (l.closed_at is null) <> (l.remaining > 0)`,
  "what is held is the sum of the open holds": `
    select w.tenant_id, w.held from wallets w where w.held <> (select coalesce(sum(amount), 0) from credit_holds h
      where h.tenant_id = w.tenant_id and h.status = 'open')`,
  "what a window holds is the sum of its open holds": `
    select c.* from cap_windows c where c.held <> (select coalesce(sum(h.amount), 0) from credit_holds h, jsonb_array_elements(h.windows) p
      where h.tenant_id = c.tenant_id and h.status = 'open' and p ->> 'cap' = c.cap_id::text and p ->> 'key' = c.window_key)`,
  "what is frozen is what is left of frozen lots": `
    select w.tenant_id, w.frozen from wallets w where w.frozen <> (select coalesce(sum(remaining), 0) from credit_lots l
      where l.tenant_id = w.tenant_id and l.is_frozen)`,
  "the next expiry is the earliest of an open lot": `
    select w.tenant_id from wallets w where w.next_expiry_at is distinct from (select min(expires_at) from credit_lots l
      where l.tenant_id = w.tenant_id and l.closed_at is null)`,
  "what is owed for usage is what is funded by nothing": `
    select w.tenant_id from wallets w where
      -(select coalesce(sum(amount), 0) from credit_transactions t where t.tenant_id = w.tenant_id and t.source = 'receivable'
        and t.kind in ('opening', 'usage', 'reversal', 'topup'))
      <> (select coalesce(sum(amount), 0) from ledger_funding f where f.tenant_id = w.tenant_id and f.source = 'receivable')`,
  "everything used was paid or is owed": `
    select w.tenant_id from wallets w where (select coalesce(sum(tenant_cost), 0) from ledger_entries e where e.tenant_id = w.tenant_id)
      <> -(select coalesce(sum(amount), 0) from credit_transactions t where t.tenant_id = w.tenant_id and t.kind in ('opening', 'usage', 'reversal'))`,
  "the funding of a ledger row adds up to it": `
    select e.id, e.tenant_cost, s.amount, e.partner_commission, s.share from ledger_entries e left join lateral (
      select coalesce(sum(amount), 0) as amount, coalesce(sum(commission_share), 0) as share from ledger_funding f where f.ledger_entry_id = e.id) s on true
    where e.tenant_cost <> 0 and (s.amount <> e.tenant_cost or s.share <> e.partner_commission)`,
};

/** The rules of money that do not hold, over everybody's books. */
export async function brokenMoney(): Promise<{ rule: string; rows: unknown[] }[]> {
  const broken: { rule: string; rows: unknown[] }[] = [];
  const platform = await makePlatform();
  for (const [rule, query] of Object.entries(MONEY_RULES)) {
    const rows = await asPlatform(platform, async (tx) => (await tx.execute(sql.raw(query))).rows);
    if (rows.length > 0) broken.push({ rule, rows });
  }
  return broken;
}
