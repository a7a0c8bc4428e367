import { and, eq } from "drizzle-orm";
import { afterEach, beforeAll, describe, expect, it } from "vitest";
import { asSystem, asWorker } from "@/db/access";
import { auditLog } from "@/db/schema/system";
import type { PlatformScope } from "@/db/scope";
import { checkLedger } from "@/lib/billing/run-checks";
import { newId } from "@/lib/ids";
import { makePayer } from "@/lib/stripe/testing";
import { withTestDatabase } from "@/lib/testing/database";
import type { TestTenant } from "@/lib/testing/scopes";
import { hold } from "@/lib/wallet/money-gatherer";
import { listTransactions } from "@/lib/wallet/transactions";
import { listPayments } from "./admin-queries";
import { buyWithTax, mailedNotes, papers } from "./bought-testing";
import { recordRefund } from "./commands/record-refund";
import { orderTransfer, recordTransfer } from "./commands/transfer";
import { orderTransferInput, recordTransferInput } from "./input";
import { recordRefundInput } from "./refund-input";
import { makeTaxingPlatform, payerIn } from "./taxed-testing";
import { books } from "./testing";

withTestDatabase();

let admin: PlatformScope;
beforeAll(async () => {
  admin = await makeTaxingPlatform();
});
afterEach(async () => {
  expect((await checkLedger(admin)).filter(({ count }) => count > 0)).toEqual([]);
});

/** Credit for $100 that came by bank transfer, $19 of tax on top. */
async function bought(): Promise<{ tenant: TestTenant; topupId: string }> {
  const tenant = await payerIn("DE");
  const { topupId } = await orderTransfer(
    tenant.admin,
    orderTransferInput.parse({ amount: "100", requestKey: newId() }),
  );
  await recordTransfer(
    admin,
    recordTransferInput.parse({ topupId, method: "bank_transfer", reference: "SEPA 1" }),
  );
  return { tenant, topupId };
}

const sent = (topupId: string, amount: string, requestKey = newId()) =>
  recordRefundInput.parse({
    topupId,
    amount,
    method: "bank_transfer",
    reference: "SEPA 4711",
    reason: "They asked for it.",
    requestKey,
  });

const refused = (message: RegExp) => ({
  code: "invalid",
  fields: { amount: [expect.stringMatching(message)] },
});

describe("credit that was bought by bank transfer", () => {
  it("is lowered once a click by what was paid back, with a credit note, and its workspace sees it", async () => {
    const { tenant, topupId } = await bought();
    const input = sent(topupId, "59.50");
    const [first, ...others] = await Promise.all([1, 2, 3].map(() => recordRefund(admin, input)));
    expect(others).toEqual([first, first]);
    expect(await books(tenant)).toMatchObject({
      balance: "50.000000",
      lots: ["paid 50.000000"],
      refunds: ["succeeded 5950"],
    });
    expect(await papers(tenant)).toEqual({
      invoices: ["10000 + 1900 partially_refunded: VAT 19 %"],
      notes: ["5000 + 950 issued"],
    });
    expect(await mailedNotes(tenant)).toEqual(["$59.50"]);
    expect((await listTransactions(tenant.admin, {})).items[0]).toMatchObject({
      kind: "refund",
      amount: -50_000_000n,
      reason: "Paid back: Bank transfer: SEPA 4711",
    });
    const { items } = await listPayments(admin, { tenantId: tenant.tenantId });
    expect(items).toMatchObject([{ refundedCents: 5950n, refundedTaxCents: 950n, creditLeft: "50.000000" }]);
    const written = await asSystem("test", (tx) =>
      tx
        .select({ after: auditLog.after, reason: auditLog.reason })
        .from(auditLog)
        .where(and(eq(auditLog.tenantId, tenant.tenantId), eq(auditLog.action, "refund.record"))),
    );
    expect(written).toMatchObject([
      { after: { amountCents: "5950", reference: "Bank transfer: SEPA 4711" }, reason: "They asked for it." },
    ]);
    await recordRefund(admin, sent(topupId, "59.50"));
    expect(await papers(tenant)).toMatchObject({
      invoices: ["10000 + 1900 refunded: VAT 19 %"],
      notes: ["5000 + 950 issued", "5000 + 950 issued"],
    });
  });

  it("is not paid back beyond what is left of it, whoever records more at the same time", async () => {
    const { tenant, topupId } = await bought();
    await expect(recordRefund(admin, sent(topupId, "119.01"))).rejects.toMatchObject(
      refused(/^\$100\.00, \$119\.00 with its tax, of this credit is left/),
    );
    const ends = await Promise.allSettled([1, 2].map(() => recordRefund(admin, sent(topupId, "119"))));
    expect(ends.map(({ status }) => status).sort()).toEqual(["fulfilled", "rejected"]);
    expect(await books(tenant)).toMatchObject({ balance: "0.000000", refunds: ["succeeded 11900"] });
    await expect(recordRefund(admin, sent(topupId, "0.01"))).rejects.toMatchObject(refused(/^\$0\.00/));
  });

  it("stays as far as work under way may need it", async () => {
    const { tenant, topupId } = await bought();
    await asWorker(tenant.job, async (tx) => hold(tx, tenant.job, { key: "step" }, 60_000_000n));
    await expect(recordRefund(admin, sent(topupId, "47.61"))).rejects.toMatchObject(
      refused(/^\$40\.00, \$47\.60 with its tax, of this credit can be given back: .* set aside/),
    );
    await recordRefund(admin, sent(topupId, "47.60"));
    expect(await books(tenant)).toMatchObject({ balance: "60.000000" });
  });

  it("goes back as it came: nothing is recorded for a card, or under another's key", async () => {
    const { topupId } = await bought();
    const tenant = await makePayer();
    const byCard = await buyWithTax(tenant);
    await expect(recordRefund(admin, sent(byCard.topupId, "5"))).rejects.toMatchObject({ code: "not_found" });
    await expect(recordRefund(admin, sent(newId(), "5"))).rejects.toMatchObject({ code: "not_found" });
    const input = sent(topupId, "5");
    await recordRefund(admin, input);
    const other = await bought();
    await expect(recordRefund(admin, { ...input, topupId: other.topupId })).rejects.toMatchObject({
      code: "conflict",
    });
  });
});
