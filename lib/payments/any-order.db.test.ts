import { eq } from "drizzle-orm";
import { afterAll, beforeEach, describe, expect, it, vi } from "vitest";
import { asSystem } from "@/db/access";
import { paymentMethods, payments } from "@/db/schema/payments";
import { newId } from "@/lib/ids";
import { getStripe } from "@/lib/stripe/client";
import { customerOf, deliver, eventIds, makePayer } from "@/lib/stripe/testing";
import { withTestDatabase } from "@/lib/testing/database";
import type { TestTenant } from "@/lib/testing/scopes";
import { use } from "@/lib/wallet/testing";
import { anyOrder } from "./any-order-testing";
import { removeMethod, startSetup } from "./commands/methods";
import { refreshPayment, startTopup } from "./commands/topup";
import { listMethods } from "./queries";
import { books, click, intentIdOf, pay } from "./testing";

const double = await vi.hoisted(async () => (await import("@/lib/stripe/double-testing")).startTestStripe());

withTestDatabase();
afterAll(() => double.close());
beforeEach(() => double.api.orders.reset());
const inAnyOrder = anyOrder(double);

/** A top-up whose call never arrived, and a page of Checkout that collects it instead. */
async function pageFor(tenant: TestTenant) {
  double.api.orders.add({ call: "POST /v1/payment_intents", do: "cut_before" });
  await expect(startTopup(tenant.admin, click("25"))).rejects.toMatchObject({ code: "upstream" });
  const [payment] = await asSystem("test", (tx) =>
    tx.select().from(payments).where(eq(payments.tenantId, tenant.tenantId)),
  );
  const { stripe } = await getStripe();
  const product = { currency: "usd" as const, product_data: { name: "Credit" }, unit_amount: 2500 };
  return stripe.checkout.sessions.create({
    mode: "payment",
    success_url: "http://localhost/back",
    line_items: [{ price_data: product, quantity: 1 }],
    payment_intent_data: {
      metadata: {
        tenant_id: tenant.tenantId,
        payment_id: payment?.id ?? "",
        topup_id: payment?.topupId ?? "",
      },
    },
  });
}

describe("whatever the order in which it is heard", () => {
  it("a page of Checkout gives its credit once, or takes its order back; also heard of by itself alone", async () => {
    await inAnyOrder(6, async (draw, hearSome, from) => {
      const [tenant, isPaid] = [await makePayer(), draw() % 2 === 0];
      const session = await pageFor(tenant);
      const { stripe } = await getStripe();
      await hearSome();
      if (isPaid)
        await stripe.paymentIntents.confirm(String(session.payment_intent), {
          payment_method: "pm_card_visa",
          return_url: "http://localhost/back",
        });
      else await stripe.checkout.sessions.expire(session.id);
      const alone = eventIds(double, from).filter((id) =>
        double.world.events.get(id).type.startsWith("checkout.session."),
      );
      expect(alone.length).toBeGreaterThan(0);
      await deliver(double, alone);
      const end = { balance: isPaid ? "25.000000" : "0.000000", topups: [isPaid ? "paid" : "canceled"] };
      expect(await books(tenant)).toMatchObject(end);
      return async () => expect(await books(tenant)).toMatchObject(end);
    });
  });

  it("a page that collects nothing of ours is nobody's", async () => {
    const { stripe } = await getStripe();
    const from = eventIds(double).length;
    const { id } = await stripe.checkout.sessions.create({
      mode: "setup",
      success_url: "http://localhost/back",
    });
    await stripe.checkout.sessions.expire(id);
    expect(await deliver(double, eventIds(double, from))).toEqual(["ignored"]);
  });

  it("a card is there once with the date its bank gave it last, or gone for good", async () => {
    await inAnyOrder(6, async (draw, hearSome, from) => {
      const tenant = await makePayer();
      const { stripe } = await getStripe();
      const { clientSecret } = await startSetup(tenant.admin, { requestKey: newId() });
      const [id = ""] = clientSecret.split("_secret");
      const refused = { payment_method: "pm_card_chargeDeclined", use_stripe_sdk: true };
      await expect(stripe.setupIntents.confirm(id, refused)).rejects.toThrow(/declined/);
      expect(eventIds(double, from).map((one) => double.world.events.get(one).type)).toContain(
        "setup_intent.setup_failed",
      );
      await hearSome();
      expect(await listMethods(tenant.admin)).toEqual([]);
      await stripe.setupIntents.confirm(id, { payment_method: "pm_card_visa", use_stripe_sdk: true });
      await hearSome();
      const customer = (await customerOf(tenant)) ?? "";
      const [method] = double.world.paymentMethods.where((one) => one.customer === customer);
      if (!method?.card) throw new Error("no card was saved");
      method.card.exp_year = 2041;
      double.world.emit({ type: "payment_method.automatically_updated", object: method });
      await deliver(double, eventIds(double, from).slice(-1));
      expect(await listMethods(tenant.admin)).toMatchObject([{ expiry: { year: 2041 }, isDefault: true }]);
      const isGone = draw() % 2 === 0;
      const [card] = await listMethods(tenant.admin);
      if (isGone) await removeMethod(tenant.admin, { methodId: card?.id ?? "" });
      return async () => {
        expect(await listMethods(tenant.admin)).toHaveLength(isGone ? 0 : 1);
        const rows = await asSystem("test", (tx) =>
          tx.select().from(paymentMethods).where(eq(paymentMethods.tenantId, tenant.tenantId)),
        );
        expect(rows).toMatchObject([{ expYear: 2041, status: isGone ? "detached" : "active" }]);
      };
    });
  });

  it("refunds take their credit once each, and one that failed gives it back", async () => {
    await inAnyOrder(8, async (draw, hearSome) => {
      const [tenant, fails] = [await makePayer(), draw() % 2 === 0];
      const payment = await startTopup(tenant.admin, click("25"));
      await pay(payment, fails ? "pm_card_refundFail" : "pm_card_visa");
      await hearSome();
      const { stripe } = await getStripe();
      const intent = intentIdOf(payment);
      const parts = [300 + (draw() % 900), 300 + (draw() % 900)];
      await refreshPayment(tenant.admin, { paymentId: payment.paymentId });
      await use(tenant.job, [{ cost: 20_000_000n }]);
      for (const amount of parts) {
        await stripe.refunds.create({ payment_intent: intent, amount });
        await hearSome();
      }
      double.world.clock.advance(2 * 3600);
      const back = fails ? 0 : (parts[0] ?? 0) + (parts[1] ?? 0);
      return async () => {
        const { balance, refunds } = await books(tenant);
        expect(Math.round(Number(balance) * 100)).toBe(500 - back);
        const state = fails ? "failed" : "succeeded";
        expect(refunds.sort()).toEqual(parts.map((amount) => `${state} ${amount}`).sort());
      };
    });
  });
});
