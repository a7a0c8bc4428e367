import type { StripeDouble } from "@/e2e/stripe/server";
import { shiftClock } from "@/lib/clock";
import { AppError } from "@/lib/errors";
import type { Chance } from "@/lib/runs/faults/testing/chance";
import { BANKS } from "./banks";
import { CHANGES } from "./changes";
import { CUSTOMERS, type Verb } from "./customers";
import { brokenRules } from "./rules";
import { SELLERS } from "./sellers";
import { WORK } from "./work";
import { hearAll, makeWorld } from "./world";

const VERBS = [...CUSTOMERS, ...SELLERS, ...BANKS, ...WORK, ...CHANGES];
const WEIGHT = VERBS.reduce((all, [, weight]) => all + weight, 0);
/** What people are refused with; anything else is a fault. */
const REFUSALS = ["conflict", "precondition", "invalid", "not_found", "forbidden", "limit_exceeded"];

function drawVerb(chance: Chance): readonly [string, number, Verb] {
  let at = chance.next() * WEIGHT;
  for (const verb of VERBS) {
    at -= verb[1];
    if (at < 0) return verb;
  }
  return chance.oneOf([...VERBS] as [(typeof VERBS)[number]]);
}

function refusalOf(error: unknown): string {
  if (error instanceof AppError && REFUSALS.includes(error.code)) return ` (${error.reason ?? error.code})`;
  throw error;
}

export type Told = {
  /** What was done, in order, and what was refused. */
  acts: string[];
  /** The rules that did not hold at the first look at which some did not. */
  broken: string[];
};

/**
 * Does things with money in an order that only the seed decides, and looks at the books every so often, once everything
 * that Stripe had told was heard. The same seed does the same.
 */
export async function tellStory(
  double: StripeDouble,
  { seed, acts: count, look }: { seed: number; acts: number; look: number },
): Promise<Told> {
  const acts: string[] = [];
  try {
    const world = await makeWorld(double, seed);
    for (let done = 1; done <= count; done += 1) {
      const [name, , verb] = drawVerb(world.chance);
      const refused = await verb(world).then(
        () => "",
        (error) => {
          acts.push(name);
          return refusalOf(error);
        },
      );
      if (refused) acts.pop();
      acts.push(`${name}${refused}`);
      if (done % look !== 0 && done !== count) continue;
      await hearAll(world);
      const broken = await brokenRules(world);
      if (broken.length > 0) return { acts, broken };
    }
    return { acts, broken: [] };
  } catch (error) {
    throw new Error(`seed ${seed}, after ${acts.join(", ")}`, { cause: error });
  } finally {
    shiftClock(0);
  }
}
