import { beforeAll, describe, expect, it } from "vitest";
import { database } from "@/db/pool";
import type { PlatformScope } from "@/db/scope";
import { newId } from "@/lib/ids";
import { makePlan } from "@/lib/subscriptions/testing";
import { withTestDatabase } from "@/lib/testing/database";
import { makePlatform } from "@/lib/testing/scopes";
import { setPlanPrice } from "./commands";
import { findPlanRow } from "./queries";
import { withdrawPlanPrice } from "./withdraw";

withTestDatabase();

let platform: PlatformScope;
beforeAll(async () => {
  platform = await makePlatform();
});

const DAY_MS = 86_400_000;
const inDays = (days: number) => new Date(Math.floor(Date.now() / 1_000) * 1_000 + days * DAY_MS);

const setPrice = async (planId: string, amount: bigint, effectiveFrom: Date) =>
  (await setPlanPrice(platform, { planId, billingCycle: "monthly", amount, effectiveFrom, currency: "USD" }))
    .id;

const pricesOf = async (planId: string) =>
  ((await findPlanRow(platform, planId))?.prices ?? [])
    .filter((price) => price.cycle === "monthly")
    .map(({ amountCents, to }) => [amountCents, to] as const);

describe("a scheduled price of a plan that is withdrawn", () => {
  it("is as if it had never been announced: the one before it holds until the next", async () => {
    const planId = await makePlan(platform, "Starter", { dollars: 29n });
    const [ten, twenty] = [inDays(10), inDays(20)];
    const priceId = await setPrice(planId, 3_500n, ten);
    await setPrice(planId, 4_000n, twenty);
    expect(await pricesOf(planId)).toEqual([
      [2_900n, ten],
      [3_500n, twenty],
      [4_000n, null],
    ]);
    expect(await withdrawPlanPrice(platform, { priceId })).toEqual({ planId });
    expect(await pricesOf(planId)).toEqual([
      [2_900n, twenty],
      [4_000n, null],
    ]);
    await expect(withdrawPlanPrice(platform, { priceId })).rejects.toMatchObject({ code: "not_found" });
    // Another one may begin at the very moment.
    await setPrice(planId, 3_600n, ten);
    expect(await pricesOf(planId)).toEqual([
      [2_900n, ten],
      [3_600n, twenty],
      [4_000n, null],
    ]);
    const { rows } = await (await database()).pool.query(
      "select before from audit_log where action = 'plan.withdraw_price' and target_id = $1",
      [planId],
    );
    expect(rows).toMatchObject([{ before: { amountCents: "3500", billingCycle: "monthly" } }]);
  });

  it("is not one that holds already, nor one that nobody knows", async () => {
    const planId = await makePlan(platform, "Team", { dollars: 99n });
    const plan = await findPlanRow(platform, planId);
    const priceId = plan?.prices[0]?.id ?? "";
    await expect(withdrawPlanPrice(platform, { priceId })).rejects.toMatchObject({
      code: "conflict",
      reason: "in_force",
    });
    await expect(withdrawPlanPrice(platform, { priceId: newId() })).rejects.toMatchObject({
      code: "not_found",
    });
    expect(await pricesOf(planId)).toEqual([[9_900n, null]]);
  });
});
