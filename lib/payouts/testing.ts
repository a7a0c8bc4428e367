import { eq, sql } from "drizzle-orm";
import { asSystem } from "@/db/access";
import { partnerAccounts, partnerPayouts } from "@/db/schema/partner-money";
import type { StripeDouble } from "@/e2e/stripe/server";
import { shiftClock } from "@/lib/clock";
import { newId } from "@/lib/ids";
import type { Micros } from "@/lib/money";
import { getStripe } from "@/lib/stripe/client";
import { deliver, eventIds } from "@/lib/stripe/testing";
import { makePartner, type TestPartner, type TestTenant } from "@/lib/testing/scopes";
import { give, prepaidTenant, use } from "@/lib/wallet/testing";
import { startOnboarding } from "./connect";

const DAY_MS = 86_400_000;

/** Does something as if so many days had not passed yet. */
export async function daysAgo<T>(days: number, work: () => Promise<T>): Promise<T> {
  shiftClock(-days * DAY_MS);
  try {
    return await work();
  } finally {
    shiftClock(0);
  }
}

export type Business = TestPartner & { customer: TestTenant };

/** A partner with a customer who pays before using. */
export async function makeBusiness(): Promise<Business> {
  const partner = await makePartner();
  return { ...partner, customer: await prepaidTenant(partner.partnerId) };
}

/** The customer buys credit and uses it all, so many days ago: the commission is earned. */
export async function earn(
  { customer }: Pick<Business, "customer">,
  commission: Micros,
  days = 75,
): Promise<void> {
  const cost = commission > 0n ? commission * 3n : 1n;
  await daysAgo(days, async () => {
    await give(customer, { kind: "topup", source: "paid", amount: cost, key: newId() });
    await use(customer.job, [{ cost, commission }]);
  });
}

/** Tells the double's Stripe who the partner is, and hears of it. */
export async function onboard(double: StripeDouble, { scope, partnerId }: TestPartner): Promise<string> {
  const from = eventIds(double).length;
  const { url } = await startOnboarding(scope);
  const body = new URLSearchParams({ answer: "complete" });
  await fetch(url, { method: "POST", body, redirect: "manual" });
  await deliver(double, eventIds(double, from));
  return (await accountOf(partnerId))?.stripeAccountId ?? "";
}

export async function accountOf(partnerId: string) {
  const [row] = await asSystem("test", (tx) =>
    tx.select().from(partnerAccounts).where(eq(partnerAccounts.partnerId, partnerId)),
  );
  return row;
}

/** Money of the platform at the double that may be sent on. */
export async function fund(double: StripeDouble, cents: number): Promise<void> {
  double.world.available.set("", cents);
}

export async function payoutsOf(partnerId: string) {
  return asSystem("test", (tx) =>
    tx
      .select()
      .from(partnerPayouts)
      .where(eq(partnerPayouts.partnerId, partnerId))
      .orderBy(sql`${partnerPayouts.id}`),
  );
}

/** The partner's payouts in a few words each. */
export async function told(partnerId: string): Promise<string[]> {
  const rows = await payoutsOf(partnerId);
  return rows.map(({ status, amountCents, heldReason }) =>
    [status, amountCents, ...(heldReason ? [heldReason] : [])].join(" "),
  );
}

/** Transfers at the double for a payout. */
export async function transfersFor(payoutId: string) {
  const { stripe } = await getStripe();
  return (await stripe.transfers.list({ transfer_group: payoutId })).data;
}
