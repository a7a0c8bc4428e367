import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { createPlanInput, setPlanPriceInput } from "./input";
import { nextPrice, type PlanPrice, priceAt } from "./prices";

const at = (day: number) => new Date(Date.UTC(2026, 0, day));

describe("prices of a plan", () => {
  it("hold from their moment to the next, by cycle", () => {
    const prices: PlanPrice[] = [
      { id: "a", cycle: "monthly", amountCents: 2900n, from: at(1), to: at(10) },
      { id: "b", cycle: "monthly", amountCents: 3900n, from: at(10), to: null },
      { id: "c", cycle: "annual", amountCents: 29_000n, from: at(5), to: null },
    ];
    expect(priceAt(prices, "monthly", new Date(at(10).getTime() - 1))?.id).toBe("a");
    expect(priceAt(prices, "monthly", at(10))?.id).toBe("b");
    expect(priceAt(prices, "monthly", new Date(0))).toBeNull();
    expect(priceAt(prices, "annual", at(4))).toBeNull();
    expect(nextPrice(prices, "monthly", at(1))?.id).toBe("b");
    expect(nextPrice(prices, "monthly", at(10))).toBeNull();
  });
});

const planId = "01970000-0000-7000-8000-000000000000";

function problemsOf(given: Record<string, unknown>): Record<string, string[]> {
  const parsed = setPlanPriceInput.safeParse({ planId, billingCycle: "monthly", amount: "29", ...given });
  const problems: Record<string, string[]> = {};
  for (const issue of parsed.error?.issues ?? [])
    problems[issue.path.join(".")] = [...(problems[issue.path.join(".")] ?? []), issue.message];
  return problems;
}

describe("what is refused of a price, with the field and the reason", () => {
  it.each([
    [{ amount: "-1" }, { amount: ["An amount cannot be negative."] }],
    [{ amount: "29.001" }, { amount: ["Use whole cents: at most two decimals."] }],
    [{ amount: "29.0000001" }, { amount: ["Use whole cents: at most two decimals."] }],
    [{ amount: "a lot" }, { amount: ["Give an amount such as 29.50."] }],
    [{ amount: "0,500" }, { amount: ["Give an amount such as 29.50."] }],
    [{ amount: "99999999999" }, { amount: ["This amount is too high to be right."] }],
    [{ billingCycle: "weekly" }, { billingCycle: ["Choose monthly or annual."] }],
    [{ effectiveFrom: "tomorrow" }, { effectiveFrom: ["Give a day and time of the years 2000 to 2999."] }],
    [{ currency: "EUR" }, { currency: ["Only US dollars (USD) are known here."] }],
  ])("%o", (given, expected) => {
    expect(problemsOf(given)).toEqual(expected);
  });

  it("takes every whole number of cents as it is written", () => {
    fc.assert(
      fc.property(fc.bigInt({ min: 0n, max: 1_000_000_000n }), (cents) => {
        const amount = `${cents / 100n}.${String(cents % 100n).padStart(2, "0")}`;
        const parsed = setPlanPriceInput.parse({ planId, billingCycle: "annual", amount });
        expect(parsed.amount).toBe(cents);
      }),
    );
  });

  it("a plan's key and figures", () => {
    const plan = {
      key: "team",
      name: "Team",
      allowance: "20",
      trialDays: "14",
      trialAllowance: "5",
      position: "1",
    };
    expect(createPlanInput.parse(plan)).toMatchObject({ allowance: 2000n, trialDays: 14, isPublic: false });
    for (const given of [
      { key: "Team" },
      { key: "pay-as-you-go" },
      { trialDays: "1.5" },
      { allowance: "-3" },
    ])
      expect(createPlanInput.safeParse({ ...plan, ...given }).error?.issues[0]?.path).toEqual(
        Object.keys(given),
      );
  });
});
