import fc from "fast-check";
import { afterAll, describe, expect, it, vi } from "vitest";
import { checkLedgerAsOperator } from "@/lib/billing/run-checks";
import { getStripe } from "@/lib/stripe/client";
import { deliver, deliverAnyhow, eventIds } from "@/lib/stripe/testing";
import { withTestDatabase } from "@/lib/testing/database";
import { makePartner, makePlatform } from "@/lib/testing/scopes";
import { approvePayout } from "./commands/decide";
import { draftPayouts } from "./commands/draft";
import { startOnboarding } from "./connect";
import { sendPayout } from "./send";
import { accountOf, earn, fund, makeBusiness, onboard, payoutsOf, transfersFor } from "./testing";

const double = await vi.hoisted(async () =>
  (await import("@/lib/stripe/double-testing")).startTestStripe({ hearsAccounts: true }),
);

withTestDatabase();
afterAll(() => double.close());

describe("whatever the order in which it is heard", () => {
  it("an account is as Stripe says it is now", async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.boolean(), { maxLength: 3 }),
        fc.infiniteStream(fc.nat(1000)),
        async (answers, numbers) => {
          const draw = () => numbers.next().value ?? 0;
          const [partner, from] = [await makePartner(), eventIds(double).length];
          for (const isComplete of [true, ...answers]) {
            const { url } = await startOnboarding(partner.scope);
            const body = new URLSearchParams({ answer: isComplete ? "complete" : "incomplete" });
            await fetch(url, { method: "POST", body, redirect: "manual" });
            await deliverAnyhow(double, eventIds(double, from), draw);
          }
          const told = eventIds(double, from);
          expect(told.map((id) => double.world.events.get(id).type)).toContain("capability.updated");
          await deliver(double, told.toReversed());
          const { payoutsEnabled, stripeAccountId } = (await accountOf(partner.partnerId)) ?? {};
          const account = double.world.accounts.get(stripeAccountId ?? "");
          expect(payoutsEnabled).toBe(
            account.payouts_enabled === true && account.capabilities?.transfers === "active",
          );
        },
      ),
      { numRuns: 6 },
    );
  });

  it("a payout is sent once, and what comes back of it is owed again, once", async () => {
    const admin = await makePlatform();
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.integer({ min: 1, max: 4000 }), { maxLength: 2 }),
        fc.boolean(),
        fc.infiniteStream(fc.nat(1000)),
        async (reversals, reachesBank, numbers) => {
          const draw = () => numbers.next().value ?? 0;
          await fund(double, 1_000_000);
          const business = await makeBusiness();
          const stripeAccount = await onboard(double, business);
          await earn(business, 80_000_000n);
          await draftPayouts();
          const payoutId = (await payoutsOf(business.partnerId))[0]?.id ?? "";
          await approvePayout(admin, { payoutId });
          const from = eventIds(double).length;
          await sendPayout(payoutId);
          const { stripe } = await getStripe();
          const [transfer] = await transfersFor(payoutId);
          await deliverAnyhow(double, eventIds(double, from), draw);
          if (reachesBank) {
            double.world.clock.advance(60);
            await stripe.payouts.create({ amount: 8000, currency: "usd" }, { stripeAccount });
            double.world.clock.advance(3 * 24 * 3600);
          } else
            for (const amount of reversals)
              await stripe.transfers.createReversal(transfer?.id ?? "", { amount });
          await deliverAnyhow(double, eventIds(double, from), draw);
          await deliver(double, eventIds(double, from).toReversed());
          const back = reachesBank ? 0 : reversals.reduce((sum, cents) => sum + cents, 0);
          expect((await payoutsOf(business.partnerId))[0]).toMatchObject({
            status: reachesBank ? "paid" : back === 8000 ? "reversed" : "sent",
            reversedCents: BigInt(back),
          });
          expect(await transfersFor(payoutId)).toHaveLength(1);
        },
      ),
      { numRuns: 6 },
    );
    const broken = (await checkLedgerAsOperator()).filter(({ count, id }) => count > 0 && id !== "I7");
    expect(broken).toEqual([]);
  });
});
