import { drizzle } from "drizzle-orm/node-postgres";
import { afterEach, describe, expect, it } from "vitest";
import { asWorker } from "@/db/access";
import { database } from "@/db/pool";
import { systemRates } from "@/db/schema/billing";
import { closeDue } from "@/lib/billing/commands/close";
import { checkLedger } from "@/lib/billing/run-checks";
import { shiftClock } from "@/lib/clock";
import { newId } from "@/lib/ids";
import { recordUsage } from "@/lib/metering/record";
import { countQuantity } from "@/lib/metering/resources";
import { testServerUrl, withTestDatabase } from "@/lib/testing/database";
import { deadlocks } from "@/lib/testing/deadlocks";
import { makePlatform, makeTenant, type TestTenant } from "@/lib/testing/scopes";
import { cancelPlan, resumePlan } from "./commands/cancel";
import { changePlan } from "./commands/change";
import { renewDue } from "./renew";
import { atTime, makePlan, payByTransfer, planBooks, setTime } from "./testing";

withTestDatabase();
afterEach(() => shiftClock(0));

const SETTLERS = 6;

/** A node, at a dollar: its row is written and the wallet pays, as at the end of a step. */
async function use({ job }: TestTenant): Promise<void> {
  const item = {
    resourceType: "workflow_node",
    modelKey: null,
    quantityMicros: countQuantity(1),
    idempotencyKey: newId(),
  } as const;
  await asWorker(job, (tx) => recordUsage(tx, job, { occurredAt: atTime(), items: [item] }));
}

describe.runIf(testServerUrl())("while runs settle", () => {
  it("invoices are paid, plans renewed, cancelled and taken up again, and nobody is sent back", async () => {
    const platform = await makePlatform();
    await drizzle((await database()).pool)
      .insert(systemRates)
      .values({ resourceType: "workflow_node", unit: "node", rate: "1.000000", effectiveFrom: new Date(0) });
    const planId = await makePlan(platform, "Team", { dollars: 99n, allowance: "3" });
    setTime("2026-01-10T00:00:00");
    const tenant = await makeTenant();
    const input = { planId, cycle: "monthly", requestKey: newId(), shownCents: 10_000n } as const;
    await changePlan(tenant.admin, input, atTime());
    for (let month = 2; month <= 7; month += 1) {
      await Promise.all(Array.from({ length: 5 }, () => use(tenant)));
      setTime(`2026-0${month}-10T01:00:00`);
      await closeDue(atTime());
    }
    const { invoiceIds } = await planBooks(tenant);
    expect(invoiceIds).toHaveLength(7);

    let isOver = false;
    let settled = 0;
    const settle = async () => {
      for (; !isOver; settled += 1) await use(tenant);
    };
    const pay = async () => {
      for (const invoiceId of invoiceIds) await payByTransfer(platform, invoiceId);
    };
    const renew = async () => {
      for (const month of ["08", "09", "10", "11", "12"]) {
        await renewDue(new Date(`2026-${month}-10T00:00:00Z`));
        await cancelPlan(tenant.admin, { requestKey: newId() }, atTime());
        await resumePlan(tenant.admin, { requestKey: newId() }, atTime());
      }
    };
    const settlers = Array.from({ length: SETTLERS }, settle);
    await Promise.all([pay(), renew()]).finally(() => {
      isOver = true;
    });
    await Promise.all(settlers);

    expect(settled).toBeGreaterThan(SETTLERS);
    expect(await deadlocks()).toBe(0);
    const books = await planBooks(tenant);
    expect(books.invoices.filter((one) => one.includes(" paid "))).toHaveLength(7);
    expect(books.paidThrough).toBe("2027-01-10T00:00");
    expect((await checkLedger(platform)).filter((check) => check.count > 0)).toEqual([]);
  }, 60_000);
});
