import { eq } from "drizzle-orm";
import { afterAll, describe, expect, it, vi } from "vitest";
import { asSystem } from "@/db/access";
import { invoices } from "@/db/schema/invoices";
import { hashToken, newSecretToken } from "@/lib/secrets/tokens";
import { makePayer } from "@/lib/stripe/testing";
import { withTestDatabase } from "@/lib/testing/database";
import { bill, billState, chargesOf, payClick } from "./bill-testing";
import { payHosted, refreshHosted } from "./commands/pay-hosted";
import { payInvoice } from "./commands/pay-invoice";
import { payHostedInput } from "./input";
import { pay, saveCard } from "./testing";

const double = await vi.hoisted(async () => (await import("@/lib/stripe/double-testing")).startTestStripe());

withTestDatabase();
afterAll(() => double.close());

const FACTS = { requestId: "hosted", ip: "192.0.2.7" };

/** Somebody with a saved card, and an invoice with the secret address it was mailed with. */
async function mailed() {
  const tenant = await makePayer();
  await saveCard(double, tenant, "pm_card_visa");
  const invoiceId = await bill(tenant);
  const token = newSecretToken();
  await asSystem("test", (tx) =>
    tx
      .update(invoices)
      .set({ hostedTokenHash: hashToken(token) })
      .where(eq(invoices.id, invoiceId)),
  );
  return { tenant, invoiceId, token };
}

const press = (token: string) => payHostedInput.parse({ token, requestKey: crypto.randomUUID() });

describe("an invoice by its secret address", () => {
  it("is paid with a new card, once, by whoever has the address, and by nobody else", async () => {
    const { tenant, invoiceId, token } = await mailed();
    const payment = await payHosted(FACTS, press(token));
    expect(payment.savedMethod).toBeNull();
    expect((await payHosted(FACTS, press(token))).paymentId).toBe(payment.paymentId);
    expect((await payInvoice(tenant.admin, payClick(invoiceId))).paymentId).toBe(payment.paymentId);
    expect(await pay(payment, "pm_card_mastercard")).toBe("succeeded");
    expect(await refreshHosted(FACTS, { token, paymentId: payment.paymentId })).toMatchObject({
      status: "succeeded",
    });
    expect(await billState(invoiceId)).toMatchObject({ status: "paid", tries: ["succeeded"] });
    expect(chargesOf(double, invoiceId)).toBe(1);
    await expect(payHosted(FACTS, press(token))).rejects.toMatchObject({ reason: "nothing_due" });
    for (const wrong of [newSecretToken(), "", "x"])
      await expect(payHosted(FACTS, press(wrong))).rejects.toMatchObject({ code: "not_found" });
  });

  it("tells of its own payments alone, and slows down who tries many cards", async () => {
    const [mine, theirs] = [await mailed(), await mailed()];
    const payment = await payHosted(FACTS, press(theirs.token));
    await expect(
      refreshHosted(FACTS, { token: mine.token, paymentId: payment.paymentId }),
    ).rejects.toMatchObject({ code: "not_found" });
    const facts = { ...FACTS, ip: "198.51.100.9" };
    for (let turn = 0; turn < 30; turn += 1) await payHosted(facts, press(mine.token));
    await expect(payHosted(facts, press(mine.token))).rejects.toMatchObject({ code: "rate_limited" });
  });
});
