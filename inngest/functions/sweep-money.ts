import { cron } from "inngest";
import { jobScope } from "@/lib/auth/scope";
import { currentTime } from "@/lib/clock";
import { log } from "@/lib/log";
import { dispatchNotices } from "@/lib/notifications/dispatch";
import { findUnpaid, wakePaid } from "@/lib/runs/wake-paid";
import { renewDue } from "@/lib/subscriptions/renew";
import { findUntold, tellSpending } from "@/lib/wallet/alerts";
import { expireCredit, expireHold, findExpiredCredit, findStaleHolds } from "@/lib/wallet/sweep";
import { inngest } from "../client";
import { creditAdded } from "../events";

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

/** Every minute: holds that nobody renewed, credit that has expired, plans whose month has ended, steps for which there is money now, and what is to be told. */
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
    const renewed = await step.run("plans", async () => renewDue(currentTime()));
    const unpaid = await step.run("unpaid", async () =>
      forEach(await findUnpaid(), "waking what waits for money", async (tenantId) =>
        wakePaid(await scopeOf(tenantId)),
      ),
    );
    const told = await step.run("alerts", async () =>
      forEach(await findUntold(), "telling of spending", async (tenantId) =>
        tellSpending(await scopeOf(tenantId)),
      ),
    );
    if (told > 0) await dispatchNotices();
    return { holds, credit, renewed, unpaid, told };
  },
);

/** Money came in: what waits for it goes on at once. The sweep finds what was lost. */
export const wakePaidRuns = inngest.createFunction(
  { id: "wake-paid-runs", triggers: [creditAdded], retries: 3 },
  async ({ event, step }) => {
    await step.run("wake", async () => wakePaid(await scopeOf(event.data.tenantId)));
  },
);
