import { eq } from "drizzle-orm";
import { afterAll, afterEach, describe, expect, it, vi } from "vitest";
import { asSystem } from "@/db/access";
import { invoices } from "@/db/schema/invoices";
import { reactivateTenant, suspendTenant } from "@/lib/admin/commands/tenants";
import { recordPayment } from "@/lib/billing/commands/record-payment";
import { findHosted } from "@/lib/billing/hosted";
import { shiftClock } from "@/lib/clock";
import { reactivateCustomer, suspendCustomer } from "@/lib/partners/commands/customers";
import { getCustomer } from "@/lib/partners/queries/customers";
import { makePayer } from "@/lib/stripe/testing";
import { withTestDatabase } from "@/lib/testing/database";
import { mailsTo } from "@/lib/testing/mail";
import { makePartner, makePlatform } from "@/lib/testing/scopes";
import { findDebt } from "./queries";
import { dunInvoice, findDunnable } from "./run";
import { debtor, debtState, through } from "./testing";

const double = await vi.hoisted(async () => (await import("@/lib/stripe/double-testing")).startTestStripe());

withTestDatabase();
afterAll(() => double.close());
afterEach(() => shiftClock(0));

describe("what a debt has stopped", () => {
  it("stays stopped where an admin wants it to, and a partner cannot lift it", async () => {
    const partner = await makePartner();
    const { tenant, invoiceId } = await debtor(double, null, partner.partnerId);
    const { tenantId } = tenant;
    const platform = await makePlatform();
    await through(tenant, invoiceId, [0, 2, 7, 14, 21]);
    await expect(reactivateCustomer(partner.scope, { tenantId })).rejects.toMatchObject({
      reason: "suspended_otherwise",
    });
    await suspendTenant(platform, { tenantId, reason: "There is more to it than the money." });
    await recordPayment(platform, { invoiceId, method: "bank_transfer", reference: "R-1" });
    expect(await debtState(tenant, invoiceId)).toMatchObject({
      invoice: "paid",
      isBlocked: false,
      workspace: "suspended",
      suspendedBy: "admin",
    });
    await expect(reactivateCustomer(partner.scope, { tenantId })).rejects.toMatchObject({
      reason: "suspended_otherwise",
    });
    await reactivateTenant(platform, { tenantId });
    expect(await debtState(tenant, invoiceId)).toMatchObject({ workspace: "active", suspendedBy: null });
  });

  it("is there when a partner lifts what it had suspended for itself, before the debt came so far", async () => {
    const partner = await makePartner();
    const { tenant, invoiceId } = await debtor(double, null, partner.partnerId);
    const { tenantId } = tenant;
    await through(tenant, invoiceId, [0, 2, 7, 14]);
    await suspendCustomer(partner.scope, { tenantId, reason: "They asked for it." });
    await reactivateCustomer(partner.scope, { tenantId });
    expect(await debtState(tenant, invoiceId)).toMatchObject({ workspace: "active", suspendedBy: null });
    await suspendCustomer(partner.scope, { tenantId, reason: "They asked for it again." });
    await through(tenant, invoiceId, [21]);
    expect(await debtState(tenant, invoiceId)).toMatchObject({ suspendedBy: "partner" });
    await expect(reactivateCustomer(partner.scope, { tenantId })).rejects.toMatchObject({
      reason: "suspended_otherwise",
      message: expect.stringContaining("paying it lifts this"),
    });
    expect(await debtState(tenant, invoiceId)).toMatchObject({
      workspace: "suspended",
      suspendedBy: "dunning",
    });
    await recordPayment(await makePlatform(), { invoiceId, method: "bank_transfer", reference: "R-4" });
    expect(await debtState(tenant, invoiceId)).toMatchObject({ workspace: "active", suspendedBy: null });
  });

  it("is lifted as far as the invoices that are left allow", async () => {
    const { tenant, invoiceId } = await debtor(double, null);
    await through(tenant, invoiceId, [0, 2, 7, 14, 21]);
    const { tenantId } = tenant;
    const later = await asSystem("test", async (tx) => {
      const [old] = await tx.select().from(invoices).where(eq(invoices.id, invoiceId));
      const id = crypto.randomUUID();
      if (old)
        await tx.insert(invoices).values({
          ...old,
          id,
          invoiceNumber: `T-${id}`,
          series: id,
          status: "overdue",
          dunningStage: 3,
        });
      return id;
    });
    const platform = await makePlatform();
    await recordPayment(platform, { invoiceId, method: "bank_transfer", reference: "R-2" });
    expect(await debtState(tenant, invoiceId)).toMatchObject({
      workspace: "active",
      isBlocked: true,
      subscription: "past_due",
    });
    await recordPayment(platform, { invoiceId: later, method: "bank_transfer", reference: "R-3" });
    expect(await debtState(tenant, later)).toMatchObject({ isBlocked: false, subscription: "active" });
    expect((await findDunnable()).filter((one) => one.tenantId === tenantId)).toEqual([]);
  });
});

describe("who sees it", () => {
  it("whoever the invoice was mailed to, at the address where it is paid", async () => {
    const { tenant, invoiceId } = await debtor(double, null, undefined, { email: "books@payer.test" });
    await through(tenant, invoiceId, [0, 2]);
    const mails = await mailsTo("books@payer.test");
    expect(mails.map(({ subject }) => subject.replace(/T-[0-9a-f-]+/, "…"))).toEqual([
      "Invoice … is still not paid: $30.00",
      "Invoice … is overdue: $30.00",
    ]);
    const tokens = mails.map(({ actionUrl }) => actionUrl?.split("/i/")[1] ?? "");
    expect(new Set(tokens).size).toBe(1);
    expect(await findHosted(tokens[0] ?? "")).toEqual({ invoiceId, tenantId: tenant.tenantId });
  });

  it("the workspace from the first day, its partner from the second, nobody else", async () => {
    const [partner, stranger] = [await makePartner(), await makePartner()];
    const { tenant, invoiceId } = await debtor(double, null, partner.partnerId);
    expect((await findDunnable()).map((one) => one.invoiceId)).toContain(invoiceId);
    await through(tenant, invoiceId, [0]);
    expect(await findDebt(tenant.member)).toMatchObject({ step: "overdue", dueCents: 3000n, invoices: 1 });
    const seen = async () => (await getCustomer(partner.scope, tenant.tenantId)).states;
    expect(await seen()).toEqual([{ kind: "active", reason: null }]);
    await through(tenant, invoiceId, [2]);
    expect(await seen()).toEqual([
      {
        kind: "overdue",
        reason: expect.stringMatching(/^Invoice \S+, \$30\.00, for 2 days\.$/),
      },
    ]);
    await through(tenant, invoiceId, [7]);
    expect((await seen()).map(({ kind }) => kind)).toEqual(["starts_blocked", "overdue"]);
    await expect(getCustomer(stranger.scope, tenant.tenantId)).rejects.toMatchObject({ code: "not_found" });
    const other = await makePayer();
    expect(await findDebt(other.admin)).toBeNull();
    await expect(dunInvoice(other.job, invoiceId)).resolves.toBe("nothing");
    await expect(dunInvoice(tenant.admin, invoiceId)).rejects.toMatchObject({ code: "forbidden" });
  });
});
