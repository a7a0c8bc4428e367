import { cron } from "inngest";
import type { TenantScope } from "@/db/scope";
import { jobScope } from "@/lib/auth/scope";
import { askDocumentsAgain, wakePaidDocuments } from "@/lib/knowledge/commands/wake";
import { log } from "@/lib/log";
import { dispatchNotices } from "@/lib/notifications/dispatch";
import { jobTime } from "@/lib/present-time";
import { askStepsAgain, wakePaid } from "@/lib/runs/wake-paid";
import { tellPlans } from "@/lib/subscriptions/notices";
import { renewDue } from "@/lib/subscriptions/renew";
import { findUntold, tellSpending } from "@/lib/wallet/alerts";
import { pricesWereChanged } from "@/lib/wallet/changes";
import {
  expireCredit,
  expireHold,
  findExpiredCredit,
  findRepriced,
  findStaleHolds,
} from "@/lib/wallet/sweep";
import { findPayable } from "@/lib/wallet/unpaid";
import { inngest } from "../client";
import { creditAdded, pricesChanged } from "../events";

/** Each on its own: one that fails does not hold up the others. */
async function forEach<T>(
  items: readonly T[],
  what: string,
  work: (item: T) => Promise<unknown>,
): Promise<number> {
  let done = 0;
  for (const item of items) {
    try {
      await work(item);
      done += 1;
    } catch (error) {
      log.error({ err: error, item }, `${what} failed and is tried again in a minute`);
    }
  }
  return done;
}

const scopeOf = (tenantId: string) => jobScope(tenantId, "sweep-money");

/** Runs and documents each on their own: what keeps the ones from waking keeps nothing of the others waiting. */
async function forBoth(tenantId: string, wakes: readonly ((scope: TenantScope) => Promise<unknown>)[]) {
  const scope = await scopeOf(tenantId);
  const failures: unknown[] = [];
  for (const wake of wakes) await wake(scope).catch((error) => failures.push(error));
  if (failures.length > 0) throw failures[0];
}

const wakeAll = (tenantId: string) => forBoth(tenantId, [wakePaid, wakePaidDocuments]);

/** Every minute: holds that nobody renewed, credit that has expired, plans whose month has ended, what there is money for now, and what is to be told. */
export const sweepMoney = inngest.createFunction(
  { id: "sweep-money", triggers: [cron("* * * * *")], retries: 0, concurrency: { limit: 1 } },
  async ({ step }) => {
    const holds = await step.run("holds", async () =>
      forEach(await findStaleHolds(), "expiring a hold", async (stale) =>
        expireHold(await scopeOf(stale.tenantId), stale),
      ),
    );
    const credit = await step.run("credit", async () =>
      forEach(await findExpiredCredit(), "expiring credit", async (tenantId) =>
        expireCredit(await scopeOf(tenantId)),
      ),
    );
    // The month's allowance is there from its first minute.
    const renewed = await step.run("plans", async () => renewDue(await jobTime()));
    const unpaid = await step.run("unpaid", async () =>
      forEach(await findPayable(), "waking what waits for money", wakeAll),
    );
    const repriced = await step.run("prices", async () =>
      forEach(await findRepriced(), "telling of new prices", pricesWereChanged),
    );
    const told = await step.run("alerts", async () => {
      const spending = await forEach(await findUntold(), "telling of spending", async (tenantId) =>
        tellSpending(await scopeOf(tenantId)),
      );
      return spending + (await tellPlans());
    });
    if (told > 0) await dispatchNotices();
    return { holds, credit, renewed, unpaid, repriced, told };
  },
);

/** Money came in: what waits for it goes on at once. The sweep finds what was lost. */
export const wakePaidRuns = inngest.createFunction(
  { id: "wake-paid-runs", triggers: [creditAdded], retries: 3 },
  async ({ event, step }) => {
    await step.run("wake", () => wakeAll(event.data.tenantId));
  },
);

/** Prices changed: whatever waits for money is asked again what it needs. */
export const askAtNewPrices = inngest.createFunction(
  { id: "ask-at-new-prices", triggers: [pricesChanged], retries: 3 },
  async ({ event, step }) => {
    await step.run("ask", () => forBoth(event.data.tenantId, [askStepsAgain, askDocumentsAgain]));
  },
);
