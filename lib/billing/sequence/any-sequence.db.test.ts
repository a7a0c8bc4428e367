import { afterAll, expect, it, vi } from "vitest";
import { withTestDatabase } from "@/lib/testing/database";
import { tellStory } from "./testing/story";

const double = await vi.hoisted(async () =>
  (await import("@/lib/stripe/double-testing")).startTestStripe({ hearsAccounts: true }),
);

withTestDatabase();
afterAll(() => double.close());

/** More of them, and longer ones, are told by hand: see CONTRIBUTING. */
const SEEDS = process.env.MONEY_SEEDS?.split(",").map(Number) ?? [19, 24];
const ACTS = Number(process.env.MONEY_ACTS ?? 100);
const LOOK = Number(process.env.MONEY_LOOK ?? 20);

it.each(SEEDS)("whatever is done with money in whatever order, the books hold (seed %i)", async (seed) => {
  const { acts, broken } = await tellStory(double, { seed, acts: ACTS, look: LOOK });
  expect(broken, `seed ${seed}: ${acts.join(", ")}`).toEqual([]);
});
