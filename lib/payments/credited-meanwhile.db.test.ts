import { afterAll, beforeEach, describe, expect, it, vi } from "vitest";
import { issueCreditNote } from "@/lib/billing/commands/credit-note";
import { newId } from "@/lib/ids";
import { makePayer } from "@/lib/stripe/testing";
import { withTestDatabase } from "@/lib/testing/database";
import { makePlatform } from "@/lib/testing/scopes";
import { bill, billState, chargesOf, payClick } from "./bill-testing";
import { payInvoice } from "./commands/pay-invoice";
import { refreshPayment } from "./commands/topup";
import { pay } from "./testing";

const double = await vi.hoisted(async () => (await import("@/lib/stripe/double-testing")).startTestStripe());

withTestDatabase();
afterAll(() => double.close());
beforeEach(() => double.api.orders.reset());

describe("an invoice that a credit note made less while its page was open", () => {
  it("is paid with what is due now", async () => {
    const tenant = await makePayer();
    const invoiceId = await bill(tenant);
    const old = await payInvoice(tenant.admin, payClick(invoiceId));
    const lines = [{ description: "Goodwill", amount: 1000n }];
    await issueCreditNote(
      await makePlatform(),
      { invoiceId, reason: "Agreed with them", refund: "credit", requestKey: newId(), lines },
      new Date(),
    );
    const now = await payInvoice(tenant.admin, payClick(invoiceId));
    expect(now.paymentId).not.toBe(old.paymentId);
    await pay(now, "pm_card_visa");
    await refreshPayment(tenant.admin, { paymentId: now.paymentId });
    expect(await billState(invoiceId)).toMatchObject({ status: "paid", paidCents: 2000n });
    expect(chargesOf(double, invoiceId)).toBe(1);
  });
});
