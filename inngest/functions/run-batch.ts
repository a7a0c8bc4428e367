import { jobScope } from "@/lib/auth/scope";
import { withLogContext } from "@/lib/log";
import { workOnBatch } from "@/lib/runs/batch-work";
import { inngest } from "../client";
import { batchRequested } from "../events";

const JOB = "run-batch";
const TURN_MS = 10_000;

/**
 * Stops, resumes or replays many runs, a while at a time, and asks to be called again while some are left. How far it is
 * is in Postgres, so that a turn that is lost, or comes twice, does no harm.
 */
export const runBatch = inngest.createFunction(
  {
    id: JOB,
    name: "Work on many runs",
    triggers: [batchRequested],
    retries: 10,
    concurrency: { key: "event.data.tenantId", limit: 1 },
  },
  async ({ event, step }) => {
    const { tenantId, batchId, turn } = event.data;
    return withLogContext({ tenantId }, async () => {
      const end = await step.run("work", async () => ({
        againMs: await workOnBatch(await jobScope(tenantId, JOB), batchId, { budgetMs: TURN_MS }),
        endedAt: Date.now(),
      }));
      if (end.againMs === null) return;
      const [first = batchId] = (event.id ?? batchId).split(":turn:");
      const next = { id: `${first}:turn:${turn + 1}`, ts: end.endedAt + end.againMs };
      await step.sendEvent("next-turn", batchRequested.create({ tenantId, batchId, turn: turn + 1 }, next));
    });
  },
);
