import { beforeEach, expect } from "vitest";
import { asWorker } from "@/db/access";
import { database } from "@/db/pool";
import { ledgerEntries } from "@/db/schema/billing";
import type { PlatformScope } from "@/db/scope";
import { newId } from "@/lib/ids";
import { microsToNumeric } from "@/lib/money";
import { makePartner, makePlatform, makeTenant, type TestTenant } from "@/lib/testing/scopes";
import { charge } from "@/lib/wallet/money-gatherer";
import { brokenMoney } from "@/lib/wallet/testing";
import { closePeriod } from "./commands/close";
import { recordPayment } from "./commands/record-payment";
import { checkLedger } from "./run-checks";

/** When October was closed, and its invoices are paid. */
export const NOW = new Date(Date.UTC(2026, 10, 3));

type Made = { platform: PlatformScope; partnerId: string; tenant: TestTenant };

export const query = async (text: string) => (await (await database()).pool.query(text)).rows;

/** A partner's customer, new for each test, with what it uses in October, is invoiced and pays. */
export function octoberCustomer() {
  let made: Made;
  beforeEach(async () => {
    const { partnerId } = await makePartner();
    made = { platform: await makePlatform(), partnerId, tenant: await makeTenant(partnerId) };
  });
  return {
    made: () => made,
    use: (costMicros: bigint) => use(made, costMicros),
    invoiced: async () => {
      const month = { month: "2026-10", tenantId: made.tenant.tenantId };
      const [closed] = await closePeriod(made.platform, month, NOW);
      return closed?.invoiceId ?? "";
    },
    pay: (invoiceId: string) =>
      recordPayment(made.platform, { invoiceId, method: "bank_transfer", reference: "TX" }, NOW),
    balance: async () =>
      (await query(`select balance from wallets where tenant_id = '${made.tenant.tenantId}'`))[0].balance,
    earned: async () =>
      (
        await query(
          `select coalesce(sum(amount), 0)::numeric(18,6) as sum from commission_events where tenant_id = '${made.tenant.tenantId}'`,
        )
      )[0].sum,
    expectSound: async () => {
      expect(await brokenMoney()).toEqual([]);
      expect((await checkLedger(made.platform)).filter((check) => check.count > 0)).toEqual([]);
    },
  };
}

/** Usage of October that cost so much, a fifth of which is the partner's. */
async function use({ tenant, partnerId }: Made, costMicros: bigint): Promise<void> {
  const id = newId();
  await asWorker(tenant.job, async (tx) => {
    const commission = costMicros / 5n;
    await tx.insert(ledgerEntries).values({
      id,
      tenantId: tenant.tenantId,
      partnerId,
      resourceType: "workflow_node",
      unit: "node",
      quantity: "1",
      platformCost: microsToNumeric(costMicros - commission),
      tenantCost: microsToNumeric(costMicros),
      partnerCommission: microsToNumeric(commission),
      systemRate: microsToNumeric(costMicros - commission),
      tenantRate: microsToNumeric(costMicros),
      idempotencyKey: id,
      occurredAt: new Date(Date.UTC(2026, 9, 15)),
    });
    charge(tx, tenant.job, { entryIds: [id], holdKey: null, isGuarded: false });
  });
}
