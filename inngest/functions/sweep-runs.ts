import { cron, type GetStepTools } from "inngest";
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
  STRAY_PAGE,
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

/** Pages of a kind in one sweep; what is left is the next one's. */
const MOST_PAGES = 50;
/** No further page of runs is begun after this time: what comes after them in the next sweep is not to wait. */
const MOST_MENDING_MS = 60_000;

/** Where the page ended, as the engine keeps it; null for the last one. */
type Mended = { mended: number; last: string | null; endedAt: number };

/** No page follows one of which the engine did not take all: it is away. */
async function mendPage(after?: string): Promise<Mended> {
  const strays = await findStrays(after);
  let isTaken = true;
  const mended = await forEach(strays, "mending a run", async ({ tenantId, executionId }) => {
    if (!(await mendRun(await jobScope(tenantId, "sweep-runs"), executionId))) isTaken = false;
  });
  const last = isTaken && strays.length === STRAY_PAGE ? strays.at(-1)?.executionId : undefined;
  return { mended, last: last ?? null, endedAt: Date.now() };
}

/** The same of steps. */
type Woken = { woken: number; last: { stepId: string; at: string } | null };

async function wakePage(after?: DuePlace): Promise<Woken> {
  const due = await findDueSteps(after);
  const woken = await forEach(due, "waking a step", async ({ tenantId, ...wake }) =>
    wakeDueStep(await jobScope(tenantId, "sweep-runs"), wake),
  );
  const last = due.length < DUE_PAGE ? undefined : due.at(-1);
  return { woken, last: last ? { stepId: last.stepId, at: last.at.toISOString() } : null };
}

type Steps = Pick<GetStepTools<typeof inngest>, "run">;

/** Steps that go on by themselves. */
async function wakeSteps(step: Steps): Promise<number> {
  let woken = 0;
  let place: Woken["last"] = null;
  for (let page = 1; page === 1 || (place && page <= MOST_PAGES); page += 1) {
    const after: DuePlace | undefined = place ? { ...place, at: new Date(place.at) } : undefined;
    const seen: Woken = await step.run(`due-steps-${page}`, () => wakePage(after));
    woken += seen.woken;
    place = seen.last;
  }
  return woken;
}

/** The pages of runs after the first. */
async function mendFurther(step: Steps, first: Mended): Promise<number> {
  let { mended, last } = first;
  for (let page = 2, isTime = true; last && isTime && page <= MOST_PAGES; page += 1) {
    const after = last;
    const seen: Mended = await step.run(`runs-${page}`, () => mendPage(after));
    mended += seen.mended;
    last = seen.last;
    isTime = seen.endedAt - first.endedAt < MOST_MENDING_MS;
  }
  return mended;
}

/**
 * Every minute: runs that were not sent, are stuck or late, steps whose time has come, runs that wait for room, model
 * calls whose end nobody will tell, and batches of runs that nobody works on. One kind that cannot be looked for keeps none
 * of the others from it.
 */
export const sweepRuns = inngest.createFunction(
  { id: "sweep-runs", triggers: [cron("* * * * *")], retries: 0, concurrency: { limit: 1 } },
  async ({ step }) => {
    const failures: unknown[] = [];
    const orFail = <T>(kind: Promise<T>) =>
      kind.catch((error: unknown) => {
        failures.push(error);
        return null;
      });
    const first = await orFail(step.run("runs", () => mendPage()));
    const woken = await orFail(wakeSteps(step));
    const admitted = await orFail(
      step.run("queues", async () =>
        forEach(await findQueues(), "admitting runs", async (tenantId) =>
          admitWaiting(await jobScope(tenantId, "sweep-runs")),
        ),
      ),
    );
    const givenUp = await orFail(
      step.run("model-calls", async () =>
        forEach(await findForgottenCalls(), "giving up model calls", async (tenantId) =>
          giveUpForgottenCalls(await jobScope(tenantId, "sweep-runs")),
        ),
      ),
    );
    const batches = await orFail(
      step.run("batches", async () =>
        forEach(await findStrayBatches(), "sending a batch of runs again", async (stray) =>
          resendBatch(await jobScope(stray.tenantId, "sweep-runs"), stray),
        ),
      ),
    );
    const mended = first && (await orFail(mendFurther(step, first)));
    if (failures.length > 0) throw failures[0];
    return { mended, woken, admitted, givenUp, batches };
  },
);
