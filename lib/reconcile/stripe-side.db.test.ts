import { afterAll, beforeEach, describe, expect, it, vi } from "vitest";
import type { PlatformScope } from "@/db/scope";
import { newId } from "@/lib/ids";
import { startTopup } from "@/lib/payments/commands/topup";
import { books, click, intentIdOf, pay, saveCard } from "@/lib/payments/testing";
import { getStripe } from "@/lib/stripe/client";
import { processEvent } from "@/lib/stripe/process";
import { customerOf, deliver, eventIds, eventStates, makePayer } from "@/lib/stripe/testing";
import { withTestDatabase } from "@/lib/testing/database";
import { makePartner, makePlatform } from "@/lib/testing/scopes";
import { listFindings } from "./queries";
import { ask, asOwner, forgetRuns, minutesOn } from "./testing";

const double = await vi.hoisted(async () => (await import("@/lib/stripe/double-testing")).startTestStripe());

withTestDatabase();
afterAll(() => double.close());

let platform: PlatformScope;
const open = async () => (await listFindings(platform, { status: "open" })).items;

beforeEach(async () => {
  platform = await makePlatform();
  await deliver(double);
  await forgetRuns();
});

/** Credit that was paid for, of which nobody has been told yet. */
async function paidInSilence() {
  const tenant = await makePayer();
  const from = eventIds(double).length;
  const payment = await startTopup(tenant.admin, click());
  await pay(payment, "pm_card_visa");
  return { tenant, from, payment, intentId: intentIdOf(payment) };
}

describe("compared with Stripe", () => {
  it("R4: events that never arrived are queued, and give what they were to give", async () => {
    const { tenant, from } = await paidInSilence();
    const handled = await ask("R4", minutesOn(20));
    expect(handled.found).toBeGreaterThan(0);
    expect(handled.fixed).toBe(handled.found);
    expect(await ask("R4", minutesOn(20))).toEqual({ found: 0, fixed: 0 });
    for (const id of eventIds(double, from)) if ((await eventStates([id]))[0]) await processEvent(id);
    expect(await books(tenant)).toMatchObject({ balance: "25.000000", topups: ["paid"] });
    expect(await open()).toEqual([]);
  });

  it("R4: an event that cannot be applied waits for a person", async () => {
    const { from } = await paidInSilence();
    await deliver(double, eventIds(double, from));
    const [id] = eventIds(double, from);
    await asOwner("update stripe_events set status = 'failed', error = 'no such thing' where id = $1", [id]);
    expect(await ask("R4")).toEqual({ found: 1, fixed: 0 });
    expect(await open()).toMatchObject([{ detail: { event: id, error: "no such thing" } }]);
    await asOwner("update stripe_events set status = 'done' where id = $1", [id]);
  });

  it("R5 and R6: a payment that ended at Stripe alone", async () => {
    const { payment, intentId, from } = await paidInSilence();
    expect(await ask("R5")).toEqual({ found: 1, fixed: 0 });
    expect(await ask("R6")).toEqual({ found: 1, fixed: 0 });
    const subjects = (await open()).map(({ subject }) => subject);
    expect(subjects).toContainEqual(
      expect.stringMatching(`Payment ${payment.paymentId} is .* here and succeeded at Stripe`),
    );
    expect((await open()).find(({ checkId }) => checkId === "R6")?.detail.differing).toEqual([intentId]);
    await deliver(double, eventIds(double, from));
    for (const id of ["R5", "R6"]) expect(await ask(id), id).toEqual({ found: 0, fixed: 0 });
    expect(await open()).toEqual([]);
  });

  it("R7: a card that is gone, another default, a customer that was deleted", async () => {
    const tenant = await makePayer();
    await saveCard(double, tenant, "pm_card_visa");
    expect(await ask("R7")).toEqual({ found: 0, fixed: 0 });
    const { stripe } = await getStripe();
    const customer = (await customerOf(tenant)) ?? "";
    const [saved] = (await stripe.customers.listPaymentMethods(customer)).data;
    const added = await stripe.paymentMethods.attach("pm_card_mastercard", { customer });
    await stripe.customers.update(customer, { invoice_settings: { default_payment_method: added.id } });
    expect(await ask("R7")).toEqual({ found: 1, fixed: 0 });
    expect(await open()).toMatchObject([
      { subject: `Customer ${customer} pays with another card at Stripe` },
    ]);
    await stripe.paymentMethods.detach(saved?.id ?? "");
    await ask("R7");
    expect((await open()).map(({ subject }) => subject)).toContain(
      `Saved card ${saved?.id} is not at Stripe any more`,
    );
    await stripe.customers.del(customer);
    await ask("R7");
    expect(await open()).toMatchObject([{ subject: `Customer ${customer} was deleted at Stripe` }]);
  });

  it("R8: a payout that Stripe knows nothing of", async () => {
    const { partnerId } = await makePartner();
    await asOwner(
      `insert into partner_payouts (id, partner_id, number, sequence, period_start, period_end, status, gross, amount_cents, stripe_transfer_id, sent_at)
       values ($1, $2, 'PS-1', 1, now() - interval '1 day', now(), 'sent', 1, 100, 'tr_never', now())`,
      [newId(), partnerId],
    );
    expect(await ask("R8")).toEqual({ found: 1, fixed: 0 });
    expect(await open()).toMatchObject([
      { subject: "Payout PS-1 was sent, and Stripe has no such transfer" },
    ]);
  });
});
