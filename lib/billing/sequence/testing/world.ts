import { drizzle } from "drizzle-orm/node-postgres";
import { asSystem } from "@/db/access";
import { database } from "@/db/pool";
import { partnerRates, systemRates } from "@/db/schema/billing";
import { subscriptions } from "@/db/schema/plans";
import type { PlatformScope } from "@/db/scope";
import type { StripeDouble } from "@/e2e/stripe/server";
import { saveBillingDetails } from "@/lib/billing/commands/details";
import { saveDetailsInput } from "@/lib/billing/details-input";
import { clockShift, currentTime, shiftClock } from "@/lib/clock";
import { newId } from "@/lib/ids";
import { makeTaxingPlatform } from "@/lib/payments/taxed-testing";
import { saveCard } from "@/lib/payments/testing";
import { fund, onboard } from "@/lib/payouts/testing";
import { type Chance, chanceOf } from "@/lib/runs/faults/testing/chance";
import { deliver, deliverAnyhow, eventIds } from "@/lib/stripe/testing";
import { makePlan } from "@/lib/subscriptions/testing";
import { makePartner, makeTenant, type TestPartner, type TestTenant } from "@/lib/testing/scopes";
import { give, prepaidTenant } from "@/lib/wallet/testing";

const HOUR_MS = 3_600_000;

/** Everybody whose money a story moves about. */
export type World = {
  double: StripeDouble;
  chance: Chance;
  platform: PlatformScope;
  partners: readonly [TestPartner, TestPartner];
  customers: readonly [TestTenant, ...TestTenant[]];
  plans: readonly [string, ...string[]];
  /** Of a node. */
  baseId: string;
  /** Of the double's events, those before are none of this story. */
  from: number;
  /** In which order and how often the events come. */
  draw: () => number;
};

/** Prices that round: a node costs a customer of the first partner 0.777777, of the second 0.500001, of the platform 0.333333. */
async function setPrices(partners: readonly TestPartner[]): Promise<string> {
  const db = drizzle((await database()).pool);
  const baseId = newId();
  const node = { resourceType: "workflow_node", unit: "node", effectiveFrom: new Date(0) };
  const tokens = { resourceType: "embedding_tokens", unit: "1M_tokens", effectiveFrom: new Date(0) };
  const [{ id: found } = { id: null }] = (
    await (
      await database()
    ).pool.query("select id from system_rates where resource_type = 'workflow_node' limit 1")
  ).rows;
  if (!found)
    await db.insert(systemRates).values([
      { ...node, id: baseId, rate: "0.333333" },
      { ...tokens, rate: "3.141593" },
    ]);
  const systemRateId = found ?? baseId;
  for (const [at, rate] of ["0.777777", "0.500001"].entries())
    await db
      .insert(partnerRates)
      .values({ ...node, partnerId: partners[at]?.partnerId ?? "", systemRateId, rate });
  return systemRateId;
}

/** Somebody who tries the product for some days, with credit that ends with them. */
async function subscriber(chance: Chance, tenant: TestTenant): Promise<TestTenant> {
  const { tenantId } = tenant;
  const trialEndsAt = new Date(currentTime().getTime() + chance.whole(1, 20) * 24 * HOUR_MS);
  await asSystem("test", (tx) =>
    tx.insert(subscriptions).values({ tenantId, planName: "trial", status: "trialing", trialEndsAt }),
  );
  const facts = { expiresAt: trialEndsAt, reason: "Trial" };
  await give(tenant, { kind: "grant", source: "promo", amount: 5_000_000n, key: "trial", facts });
  return tenant;
}

/** A world of its own for a story, at a day from which months, years or a leap day end soon. */
export async function makeWorld(double: StripeDouble, seed: number): Promise<World> {
  const chance = chanceOf(seed);
  shiftClock(Date.parse(chance.oneOf(["2027-01-29", "2027-10-30", "2027-12-24", "2028-02-20"])) - Date.now());
  double.world.clock.advance((currentTime().getTime() - double.world.clock.nowMs()) / 1_000);
  const platform = await makeTaxingPlatform();
  const partners = [await makePartner(), await makePartner()] as const;
  const from = eventIds(double).length;
  await fund(double, 100_000_000);
  await onboard(double, partners[0]);
  const baseId = await setPrices(partners);
  const plans = [
    await makePlan(platform, "Starter", { dollars: 29n, allowance: "10" }),
    await makePlan(platform, "Team", { dollars: 99n, allowance: "80" }),
  ] as const;
  const customers = [
    await subscriber(chance, await prepaidTenant(partners[0].partnerId)),
    await subscriber(chance, await makeTenant(partners[0].partnerId)),
    await subscriber(chance, await prepaidTenant(null)),
  ] as const;
  await saveBillingDetails(customers[2].admin, saveDetailsInput.parse({ address: {}, country: "DE" }));
  await saveCard(double, customers[0], "pm_card_visa");
  await saveCard(double, customers[1], "pm_card_chargeCustomerFail");
  return {
    double,
    chance,
    platform,
    partners,
    customers,
    plans,
    baseId,
    from,
    draw: () => chance.whole(0, 1_000),
  };
}

/** Time goes on, here and at Stripe. */
export function passTime({ double }: World, hours: number): void {
  shiftClock(clockShift() + hours * HOUR_MS);
  double.world.clock.advance(hours * 3_600);
}

/** Some of what Stripe has told is heard, in any order, twice or not at all. */
export const hearSome = ({ double, from, draw }: World): Promise<void> =>
  deliverAnyhow(double, eventIds(double, from), draw);

/** All of it is. */
export const hearAll = async ({ double, from }: World): Promise<void> => {
  await deliver(double, eventIds(double, from).toReversed());
};

/** Rows as the owner of the database sees them, in the order of their first column. */
export async function rowsOf<T extends Record<string, unknown>>(
  text: string,
  values: unknown[],
): Promise<T[]> {
  return (await (await database()).pool.query(`select * from (${text}) found order by 1`, values))
    .rows as T[];
}

/** One of them, by chance; null when there is none. */
export function anyOf<T>({ chance }: World, items: readonly T[]): T | null {
  const [first, ...rest] = items;
  return first === undefined ? null : chance.oneOf([first, ...rest]);
}
