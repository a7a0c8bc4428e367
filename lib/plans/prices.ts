import type { BillingCycle } from "./cycles";

/** What a plan costs a cycle while the price is in force: `[from, to)`, open-ended when `to` is null. */
export type PlanPrice = {
  id: string;
  cycle: BillingCycle;
  amountCents: bigint;
  from: Date;
  to: Date | null;
};

function isInForce({ from, to }: Pick<PlanPrice, "from" | "to">, at: Date): boolean {
  return from <= at && (to === null || at < to);
}

/** The price of a cycle in force at an instant; null where the plan is not sold by that cycle. */
export function priceAt(prices: readonly PlanPrice[], cycle: BillingCycle, at: Date): PlanPrice | null {
  return prices.find((price) => price.cycle === cycle && isInForce(price, at)) ?? null;
}

/** The next price of a cycle that is announced and does not hold yet. */
export function nextPrice(prices: readonly PlanPrice[], cycle: BillingCycle, at: Date): PlanPrice | null {
  const coming = prices.filter((price) => price.cycle === cycle && price.from > at);
  return coming.reduce<PlanPrice | null>(
    (earliest, price) => (earliest === null || price.from < earliest.from ? price : earliest),
    null,
  );
}
