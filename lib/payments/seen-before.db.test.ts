import { eq } from "drizzle-orm";
import { afterAll, expect, it, vi } from "vitest";
import { asSystem } from "@/db/access";
import { payments } from "@/db/schema/payments";
import { newId } from "@/lib/ids";
import { customerOf, look, makePayer } from "@/lib/stripe/testing";
import { withTestDatabase } from "@/lib/testing/database";
import { setDefaultMethod } from "./commands/methods";
import { refreshPayment, startTopup } from "./commands/topup";
import { listMethods } from "./queries";
import { click, intentIdOf, pay, saveCard } from "./testing";

const double = await vi.hoisted(async () => (await import("@/lib/stripe/double-testing")).startTestStripe());

withTestDatabase();
afterAll(() => double.close());

it("a payment that has arrived keeps its charge, also where a try that failed is written later", async () => {
  const tenant = await makePayer();
  const payment = await startTopup(tenant.admin, click());
  const intentId = intentIdOf(payment);
  await pay(payment, "pm_card_chargeDeclined");
  const writeBefore = await look("payment_intent.payment_failed", intentId);
  await pay(payment, "pm_card_visa");
  await refreshPayment(tenant.admin, { paymentId: payment.paymentId });
  await writeBefore();
  const [kept] = await asSystem("test", (tx) =>
    tx.select().from(payments).where(eq(payments.id, payment.paymentId)),
  );
  const charge = double.world.paymentIntents.get(intentId).latest_charge;
  expect(kept).toMatchObject({ status: "succeeded", failureCode: null, stripeChargeId: charge });
});

it("the card that is charged stays the one that was chosen last, also where another choice is written later", async () => {
  const tenant = await makePayer();
  for (const card of ["pm_card_visa", "pm_card_mastercard"]) await saveCard(double, tenant, card);
  const [visa, mastercard] = await listMethods(tenant.admin);
  const chosen = async () => (await listMethods(tenant.admin)).find(({ isDefault }) => isDefault)?.brand;
  const choose = (methodId = "") => setDefaultMethod(tenant.admin, { methodId, requestKey: newId() });
  const customer = (await customerOf(tenant)) ?? "";
  await choose(mastercard?.id);
  const writeBefore = await look("customer.updated", customer);
  await choose(visa?.id);
  const writeLast = await look("customer.updated", customer);
  expect(await writeLast()).toEqual({ outcome: "done" });
  expect(await writeBefore()).toEqual({ outcome: "later" });
  expect(await chosen()).toBe("visa");
});
