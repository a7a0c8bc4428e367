import { cron } from "inngest";
import { log } from "@/lib/log";
import { countSome, findUncounted, lookForWriters, stillOpen } from "@/lib/usage/count";
import { inngest } from "../client";

/** Transactions of one step, and steps of one call: what is left is counted by the next one. */
const ROUNDS = 50;
const STEPS = 200;

/** @returns whether there is more */
async function countRounds(limit: string): Promise<boolean> {
  let rounds = 0;
  for (const tenantId of await findUncounted(limit)) {
    try {
      for (let hasMore = true; hasMore; rounds += 1) {
        if (rounds >= ROUNDS) return true;
        hasMore = await countSome(tenantId, limit);
      }
    } catch (error) {
      log.error({ err: error, tenantId }, "counting usage failed and is tried again in ten minutes");
    }
  }
  return false;
}

/** Every ten minutes: adds what was written to the ledger until ten minutes ago to the sums that pages read. */
export const countUsage = inngest.createFunction(
  { id: "count-usage", name: "Count usage", concurrency: 1, triggers: [cron("3-59/10 * * * *")] },
  async ({ step }) => {
    const look = await step.run("look", lookForWriters);
    // No transaction of ours is that long. One that is holds counting up, and changes no figure.
    await step.sleep("let-writers-end", "1m");
    const open = await step.run("still-open", () => stillOpen(look));
    if (open > 0) {
      log.warn({ open }, "usage is not counted for now: a transaction has been open for minutes");
      return { open, steps: 0 };
    }
    let steps = 1;
    while (steps <= STEPS && (await step.run(`count-${steps}`, () => countRounds(look.limit)))) steps += 1;
    return { open, steps };
  },
);
