import { drizzle } from "drizzle-orm/node-postgres";
import { afterEach, beforeAll, describe, expect, it } from "vitest";
import { asTenant, asWorker } from "@/db/access";
import { database } from "@/db/pool";
import { partnerRates, systemRates } from "@/db/schema/billing";
import { spendCaps } from "@/db/schema/caps";
import { subscriptions } from "@/db/schema/plans";
import type { PlatformScope } from "@/db/scope";
import { newId } from "@/lib/ids";
import { recordUsage } from "@/lib/metering/record";
import { countQuantity } from "@/lib/metering/resources";
import { buyWithTax } from "@/lib/payments/bought-testing";
import { withTestDatabase } from "@/lib/testing/database";
import { makePartner, makePlatform, makeTenant, type TestTenant } from "@/lib/testing/scopes";
import { hold } from "@/lib/wallet/money-gatherer";
import { give } from "@/lib/wallet/testing";
import { LEDGER_CHECKS } from "./checks";
import { FAULTS, findingsAfter, pastTriggers } from "./checks/testing";
import { closePeriod } from "./commands/close";
import { recordPayment } from "./commands/record-payment";
import { checkLedger } from "./run-checks";

withTestDatabase();

const DOLLAR = 1_000_000n;
const NOW = new Date(Date.UTC(2026, 10, 3));
let platform: PlatformScope;
let tenant: TestTenant;

async function use(nodes: number, month: number): Promise<void> {
  const item = {
    resourceType: "workflow_node",
    modelKey: null,
    quantityMicros: countQuantity(nodes),
    idempotencyKey: newId(),
  } as const;
  await asWorker(tenant.job, (tx) =>
    recordUsage(tx, tenant.job, { occurredAt: new Date(Date.UTC(2026, month, 15)), items: [item] }),
  );
}

const unsound = async () => (await checkLedger(platform)).filter(({ count }) => count > 0);

/** A partner's customer that paid an invoice, got another, and has credit of every kind, a hold and a cap. */
beforeAll(async () => {
  platform = await makePlatform();
  const { partnerId } = await makePartner();
  tenant = await makeTenant(partnerId);
  const db = drizzle((await database()).pool);
  const thing = { resourceType: "workflow_node", unit: "node", effectiveFrom: new Date(0) };
  const systemRateId = newId();
  await db.insert(systemRates).values({ ...thing, id: systemRateId, rate: "1.000001" });
  await db.insert(partnerRates).values({ ...thing, partnerId, systemRateId, rate: "1.500000" });
  await db
    .insert(subscriptions)
    .values({ tenantId: tenant.tenantId, planName: "trial", status: "trialing", creditBalance: "0" });
  await use(3, 8);
  const [paid] = await closePeriod(platform, { month: "2026-09", tenantId: tenant.tenantId }, NOW);
  const payment = { method: "bank_transfer", reference: "TX" } as const;
  await recordPayment(platform, { invoiceId: paid?.invoiceId ?? "", ...payment }, NOW);
  await give(tenant, { kind: "grant", source: "plan", amount: DOLLAR, key: "plan" });
  await give(tenant, { kind: "grant", source: "promo", amount: DOLLAR, key: "promo" });
  await give(tenant, { kind: "topup", source: "paid", amount: DOLLAR, key: "paid" });
  await buyWithTax(tenant);
  await asTenant(tenant.admin, (tx) =>
    tx.insert(spendCaps).values({ tenantId: tenant.tenantId, scope: "tenant", period: "day", amount: "100" }),
  );
  await use(4, 9);
  await closePeriod(platform, { month: "2026-10", tenantId: tenant.tenantId }, NOW);
  await use(1, 10);
  await give(tenant, { kind: "grant", source: "promo", amount: DOLLAR, key: "more" });
  await asWorker(tenant.job, async (tx) => hold(tx, tenant.job, { key: "step" }, DOLLAR / 2n));
  expect(await unsound()).toEqual([]);
});

afterEach(async () => {
  expect(await unsound()).toEqual([]);
});

describe("the checks of the books", () => {
  it("find nothing else when somebody only switches the triggers off", async () => {
    expect(await findingsAfter(pastTriggers)).toEqual(["I6"]);
  });

  it.each(FAULTS.filter(([id]) => id !== "I6"))("%s finds %s", async (id, _, plant) => {
    const found = await findingsAfter(async (run) => {
      await pastTriggers(run);
      await plant(run);
    });
    expect(found).toContain(id);
  });

  it.each(FAULTS.filter(([id]) => id === "I6"))("%s finds %s", async (_id, _what, plant) => {
    expect(await findingsAfter(plant)).toEqual(["I6"]);
  });

  it("are each attacked", () => {
    expect(new Set(FAULTS.map(([id]) => id))).toEqual(new Set(LEDGER_CHECKS.map(({ id }) => id)));
  });
});
