import { afterAll, beforeEach, describe, expect, it, vi } from "vitest";
import type { PlatformScope } from "@/db/scope";
import { refreshPayment, startTopup } from "@/lib/payments/commands/topup";
import { click, intentIdOf, pay } from "@/lib/payments/testing";
import { startOnboarding } from "@/lib/payouts/connect";
import { accountOf } from "@/lib/payouts/testing";
import { getStripe } from "@/lib/stripe/client";
import { processEvent } from "@/lib/stripe/process";
import { deliver, eventIds, eventStates, makePayer } from "@/lib/stripe/testing";
import { withTestDatabase } from "@/lib/testing/database";
import { makePartner, makePlatform } from "@/lib/testing/scopes";
import { listFindings } from "./queries";
import { ask, asOwner, forgetRuns, minutesOn } from "./testing";

const double = await vi.hoisted(async () =>
  (await import("@/lib/stripe/double-testing")).startTestStripe({ hearsAccounts: true }),
);

withTestDatabase();
afterAll(() => double.close());

let platform: PlatformScope;
const open = async () => (await listFindings(platform, { status: "open" })).items;

beforeEach(async () => {
  platform = await makePlatform();
  await deliver(double);
  await forgetRuns();
});

async function bought() {
  const tenant = await makePayer();
  const payment = await startTopup(tenant.admin, click());
  await pay(payment, "pm_card_visa");
  await refreshPayment(tenant.admin, { paymentId: payment.paymentId });
  return { tenant, payment, intentId: intentIdOf(payment) };
}

describe("compared with Stripe both ways", () => {
  it("R4: events of a partner's account that never arrived are queued, and make it payable", async () => {
    const partner = await makePartner();
    const { url } = await startOnboarding(partner.scope);
    await deliver(double);
    const from = eventIds(double).length;
    const body = new URLSearchParams({ answer: "complete" });
    await fetch(url, { method: "POST", body, redirect: "manual" });
    const lost = eventIds(double, from);
    expect(lost.length).toBeGreaterThan(0);
    expect(await accountOf(partner.partnerId)).toMatchObject({ payoutsEnabled: false });
    const handled = await ask("R4", minutesOn(20));
    expect(handled).toEqual({ found: lost.length, fixed: lost.length });
    expect(await eventStates(lost)).toEqual(lost.map(() => "received"));
    for (const id of lost) await processEvent(id);
    expect(await accountOf(partner.partnerId)).toMatchObject({ payoutsEnabled: true });
    expect(await ask("R4", minutesOn(20))).toEqual({ found: 0, fixed: 0 });
  });

  it("R4: an account that was closed hides no other", async () => {
    const [gone, partner] = [await makePartner(), await makePartner()];
    await startOnboarding(gone.scope);
    const { url } = await startOnboarding(partner.scope);
    await deliver(double);
    double.world.accounts.remove((await accountOf(gone.partnerId))?.stripeAccountId ?? "");
    const from = eventIds(double).length;
    const body = new URLSearchParams({ answer: "complete" });
    await fetch(url, { method: "POST", body, redirect: "manual" });
    expect((await ask("R4", minutesOn(20))).found).toBe(eventIds(double, from).length);
  });

  it("R6: a payment that is booked here and that Stripe does not have, for a month", async () => {
    const { payment, intentId } = await bought();
    await deliver(double);
    expect(await ask("R6", minutesOn(20))).toEqual({ found: 0, fixed: 0 });
    for (const days of [0, 20]) {
      await asOwner(
        `update payments set stripe_payment_intent_id = 'pi_never_${days}', settled_at = now() - make_interval(days => $2)
         where id = $1`,
        [payment.paymentId, days],
      );
      const charge = double.world.charges.where((one) => one.payment_intent === intentId)[0];
      if (charge) double.world.charges.remove(charge.id);
      await ask("R6", minutesOn(20));
      expect((await open()).map(({ detail }) => detail.differing)).toContainEqual([`pi_never_${days}`]);
    }
    await asOwner("update payments set settled_at = now() - interval '60 days' where id = $1", [
      payment.paymentId,
    ]);
  });

  it("R6: a payment that was booked some days after it was made is known for as long as it is looked for", async () => {
    const { payment, intentId } = await bought();
    await deliver(double);
    const charge = double.world.charges.where((one) => one.payment_intent === intentId)[0];
    if (!charge) throw new Error("nothing was charged");
    for (const [made, booked] of [
      [34, 29],
      [37, 30.9],
      [50, 45],
    ] as const) {
      charge.created = Math.floor(Date.now() / 1000 - made * 86_400);
      await asOwner("update payments set settled_at = now() - make_interval(secs => $2) where id = $1", [
        payment.paymentId,
        booked * 86_400,
      ]);
      expect(await ask("R6", minutesOn(20))).toEqual({ found: 0, fixed: 0 });
    }
  });

  it("R6: a refund that nobody was told of, and one that Stripe does not have", async () => {
    const { tenant, intentId } = await bought();
    const { stripe } = await getStripe();
    const from = eventIds(double).length;
    const refund = await stripe.refunds.create({ payment_intent: intentId, amount: 500 });
    expect(await ask("R6", minutesOn(20))).toEqual({ found: 1, fixed: 0 });
    expect(await open()).toMatchObject([
      {
        subject: expect.stringMatching(/gave back 500 cents, and 0 were booked$/),
        detail: { differing: [refund.id] },
      },
    ]);
    await deliver(double, eventIds(double, from));
    expect(await ask("R6", minutesOn(20))).toEqual({ found: 0, fixed: 0 });
    await asOwner("update refunds set stripe_refund_id = 're_never' where tenant_id = $1", [tenant.tenantId]);
    expect(await ask("R6", minutesOn(20))).toEqual({ found: 1, fixed: 0 });
    expect((await open())[0]?.detail.differing).toEqual([refund.id, "re_never"]);
  });
});
