import { eq } from "drizzle-orm";
import { afterAll, afterEach, describe, expect, it, vi } from "vitest";
import { asSystem } from "@/db/access";
import { invoices } from "@/db/schema/invoices";
import { reactivateTenant, suspendTenant } from "@/lib/admin/commands/tenants";
import { listAllAudit } from "@/lib/admin/queries/audit";
import { getTenant } from "@/lib/admin/queries/tenants";
import { jobScope } from "@/lib/auth/scope";
import { recordPayment } from "@/lib/billing/commands/record-payment";
import { shiftClock } from "@/lib/clock";
import { testServerUrl, withTestDatabase } from "@/lib/testing/database";
import { whileHeld } from "@/lib/testing/held";
import { makePlatform, makeTenant, type TestTenant } from "@/lib/testing/scopes";
import { findTenantDebt } from "./admin-queries";
import { endGrace, findEndedGraces } from "./grace";
import { findDebt } from "./queries";
import { debtor, debtState, dunTitles, onDay, through } from "./testing";

const double = await vi.hoisted(async () => (await import("@/lib/stripe/double-testing")).startTestStripe());

withTestDatabase();
afterAll(() => double.close());
afterEach(() => shiftClock(0));

const SUSPENDED = {
  workspace: "suspended",
  suspendedBy: "dunning",
  isBlocked: true,
  subscription: "past_due",
};
const WORKS = { workspace: "active", suspendedBy: null, isBlocked: false, subscription: "active" };

/** What the job of an hour does where the time to pay is over. */
async function endOf(tenant: TestTenant): Promise<boolean[]> {
  const ends: boolean[] = [];
  for (const { tenantId, invoiceId } of await findEndedGraces())
    if (tenantId === tenant.tenantId)
      ends.push(await endGrace(await jobScope(tenantId, "dunning"), invoiceId));
  return ends;
}

async function nextAttempt(invoiceId: string): Promise<Date | null> {
  const [row] = await asSystem("test", (tx) => tx.select().from(invoices).where(eq(invoices.id, invoiceId)));
  return row?.nextAttemptAt ?? null;
}

describe("reactivating a workspace that owes", () => {
  it("gives it the days an admin says, and holds it to its debt again when they are over", async () => {
    const { tenant, invoiceId } = await debtor(double, null);
    const { tenantId } = tenant;
    const platform = await makePlatform();
    await through(tenant, invoiceId, [0, 2, 7, 14, 21]);
    onDay(25);
    await expect(reactivateTenant(platform, { tenantId })).rejects.toMatchObject({
      code: "invalid",
      fields: { graceDays: [expect.stringMatching(/^It owes \$30\.00 \(T-/)] },
    });
    expect(await debtState(tenant, invoiceId)).toMatchObject(SUSPENDED);
    expect(await findTenantDebt(platform, tenantId)).toMatchObject({
      dueCents: 3000n,
      demandsSuspension: true,
      next: { name: "uncollectible" },
    });

    await Promise.all([1, 2].map(() => reactivateTenant(platform, { tenantId, graceDays: 14 })));
    expect(await debtState(tenant, invoiceId)).toMatchObject({ ...WORKS, invoice: "overdue", stage: 5 });
    expect(await findDebt(tenant.admin)).toMatchObject({ graceUntil: expect.any(Date) });
    expect(await findTenantDebt(platform, tenantId)).toMatchObject({
      demandsSuspension: false,
      graceUntil: expect.any(Date),
    });
    expect((await getTenant(platform, tenantId)).status).toBe("active");

    // Dunning stands still: the step of day 30 has five days left, and keeps them.
    expect(await through(tenant, invoiceId, [30, 38])).toEqual(["nothing", "nothing"]);
    expect(await endOf(tenant)).toEqual([]);
    onDay(39.1);
    expect(await endOf(tenant)).toEqual([true]);
    expect(await endOf(tenant)).toEqual([]);
    expect(await debtState(tenant, invoiceId)).toMatchObject({ ...SUSPENDED, stage: 5 });
    expect(await findDebt(tenant.admin)).toMatchObject({ graceUntil: null });
    expect((await dunTitles(tenant)).slice(5)).toEqual(["Your workspace is suspended: … is not paid"]);
    expect(await through(tenant, invoiceId, [43.5, 44.5])).toEqual(["nothing", "uncollectible"]);
  });

  it("holds nothing against it once it has paid within its time", async () => {
    const { tenant, invoiceId } = await debtor(double, null);
    const { tenantId } = tenant;
    const platform = await makePlatform();
    await through(tenant, invoiceId, [0, 2, 7, 14, 21, 30]);
    await reactivateTenant(platform, { tenantId, graceDays: 5 });
    onDay(33);
    await recordPayment(platform, { invoiceId, method: "bank_transfer", reference: "R-1" });
    onDay(36);
    expect(await endOf(tenant)).toEqual([false]);
    expect(await debtState(tenant, invoiceId)).toMatchObject({ invoice: "paid", workspace: "active" });
  });

  // PGlite has one connection.
  it.runIf(testServerUrl())(
    "is noted once, and lifts no suspension that somebody makes at the same moment",
    async () => {
      const platform = await makePlatform();
      const own = async () => {
        const { tenantId } = await makeTenant();
        await suspendTenant(platform, { tenantId, reason: "They asked for it." });
        return { lock: "select from tenants where id = $1 for no key update", of: tenantId };
      };
      const twice = await own();
      const press = (tenantId: string) => () => reactivateTenant(platform, { tenantId });
      await whileHeld(twice, [press(twice.of), press(twice.of)]);
      const noted = async (tenantId: string) =>
        (await listAllAudit(platform, { tenantId })).items.map(({ action }) => action);
      expect(await noted(twice.of)).toEqual(["tenant.reactivate", "tenant.suspend"]);

      const { tenant, invoiceId } = await debtor(double, null);
      const { tenantId } = tenant;
      await through(tenant, invoiceId, [0, 2, 7, 14, 21]);
      await whileHeld({ ...twice, of: tenantId }, [
        () => suspendTenant(platform, { tenantId, reason: "There is more to it than the money." }),
        () => reactivateTenant(platform, { tenantId, graceDays: 5 }),
      ]);
      expect(await debtState(tenant, invoiceId)).toMatchObject({
        workspace: "suspended",
        suspendedBy: "admin",
      });
      expect(await noted(tenantId)).not.toContain("tenant.reactivate");
    },
  );

  it("leaves dunning as it is where a debt does not demand the suspension", async () => {
    const { tenant, invoiceId } = await debtor(double, null);
    const { tenantId } = tenant;
    const platform = await makePlatform();
    await through(tenant, invoiceId, [0, 2, 7]);
    const next = await nextAttempt(invoiceId);
    await suspendTenant(platform, { tenantId, reason: "There is more to it than the money." });
    await reactivateTenant(platform, { tenantId });
    expect(await nextAttempt(invoiceId)).toEqual(next);
    expect(await debtState(tenant, invoiceId)).toMatchObject({ workspace: "active", isBlocked: true });
    expect(await findTenantDebt(platform, tenantId)).toMatchObject({
      demandsSuspension: false,
      next: { name: "last_warning", at: next },
    });
    await through(tenant, invoiceId, [14, 21]);
    expect(await debtState(tenant, invoiceId)).toMatchObject(SUSPENDED);
  });

  it("lets an admin lift its own suspension only with time for a debt that has come so far meanwhile", async () => {
    const { tenant, invoiceId } = await debtor(double, null);
    const { tenantId } = tenant;
    const platform = await makePlatform();
    await suspendTenant(platform, { tenantId, reason: "There is more to it than the money." });
    await through(tenant, invoiceId, [0, 2, 7, 14, 21]);
    await expect(reactivateTenant(platform, { tenantId })).rejects.toMatchObject({ code: "invalid" });
    await reactivateTenant(platform, { tenantId, graceDays: 1 });
    expect(await debtState(tenant, invoiceId)).toMatchObject(WORKS);
    onDay(22.5);
    expect(await endOf(tenant)).toEqual([true]);
    expect(await debtState(tenant, invoiceId)).toMatchObject(SUSPENDED);
  });
});
