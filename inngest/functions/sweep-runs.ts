import { cron } from "inngest";
import { jobScope } from "@/lib/auth/scope";
import { log } from "@/lib/log";
import { admitWaiting } from "@/lib/runs/admission";
import {
  DUE_PAGE,
  type DuePlace,
  findDueSteps,
  findForgottenCalls,
  findQueues,
  findStrayBatches,
  findStrays,
  giveUpForgottenCalls,
  mendRun,
  resendBatch,
  wakeDueStep,
} from "@/lib/runs/sweep";
import { inngest } from "../client";

/** Each stray on its own: one that cannot be mended does not hold up the others. */
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

/** Pages of steps that go on in one sweep; what is left is the next one's. */
const MOST_PAGES = 50;

/** Where the page ended, as the engine keeps it; null for the last one. */
type Woken = { woken: number; last: { stepId: string; at: string } | null };

async function wakePage(after?: DuePlace): Promise<Woken> {
  const due = await findDueSteps(after);
  const woken = await forEach(due, "waking a step", async ({ tenantId, ...wake }) =>
    wakeDueStep(await jobScope(tenantId, "sweep-runs"), wake),
  );
  const last = due.length < DUE_PAGE ? undefined : due.at(-1);
  return { woken, last: last ? { stepId: last.stepId, at: last.at.toISOString() } : null };
}

/**
 * Every minute: runs that were not sent, are stuck or late, steps whose time has come, runs that wait for room, model
 * calls whose end nobody will tell, and batches of runs that nobody works on.
 */
export const sweepRuns = inngest.createFunction(
  { id: "sweep-runs", triggers: [cron("* * * * *")], retries: 0, concurrency: { limit: 1 } },
  async ({ step }) => {
    const mended = await step.run("runs", async () =>
      forEach(await findStrays(), "mending a run", async ({ tenantId, executionId }) =>
        mendRun(await jobScope(tenantId, "sweep-runs"), executionId),
      ),
    );
    let woken = 0;
    let place: Woken["last"] = null;
    for (let page = 1; page === 1 || (place && page <= MOST_PAGES); page += 1) {
      const after: DuePlace | undefined = place ? { ...place, at: new Date(place.at) } : undefined;
      const seen: Woken = await step.run(`due-steps-${page}`, () => wakePage(after));
      woken += seen.woken;
      place = seen.last;
    }
    const admitted = await step.run("queues", async () =>
      forEach(await findQueues(), "admitting runs", async (tenantId) =>
        admitWaiting(await jobScope(tenantId, "sweep-runs")),
      ),
    );
    const givenUp = await step.run("model-calls", async () =>
      forEach(await findForgottenCalls(), "giving up model calls", async (tenantId) =>
        giveUpForgottenCalls(await jobScope(tenantId, "sweep-runs")),
      ),
    );
    const batches = await step.run("batches", async () =>
      forEach(await findStrayBatches(), "sending a batch of runs again", async (stray) =>
        resendBatch(await jobScope(stray.tenantId, "sweep-runs"), stray),
      ),
    );
    return { mended, woken, admitted, givenUp, batches };
  },
);
