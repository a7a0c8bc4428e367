import { NonRetriableError, RetryAfterError } from "inngest";
import { jobScope } from "@/lib/auth/scope";
import { AppError } from "@/lib/errors";
import { withLogContext } from "@/lib/log";
import { DRIVE_MS, type DriveEnd, driveRun } from "@/lib/runs/drive";
import { closeLostSteps, failRun } from "@/lib/runs/finish";
import { DRIVER, firstDriveOf } from "@/lib/runs/first-drive";
import { DRIVEN_AGAIN, waitBeforeDrive } from "@/lib/runs/retry";
import { STEPS_AT_ONCE_PER_TENANT } from "@/lib/runs/slots";
import { inngest } from "../client";
import { executionCancelled, executionRequested } from "../events";

/** Drives a run; what is to be tried again becomes the engine's retry, everything else an answer it keeps. */
async function drive(
  { tenantId, executionId }: { readonly tenantId: string; readonly executionId: string },
  attempt: number,
  isFirst: boolean,
): Promise<DriveEnd> {
  try {
    const first = isFirst ? firstDriveOf(tenantId, executionId) : undefined;
    if (first) return await first;
    const scope = await jobScope(tenantId, DRIVER);
    return await driveRun(scope, executionId, { budgetMs: DRIVE_MS });
  } catch (error) {
    if (error instanceof AppError && !error.retryable)
      throw new NonRetriableError(error.message, { cause: error });
    // The database was away, or our own code failed: what was done is stored, and is not done again.
    const message = error instanceof Error ? error.message : "The run could not be continued.";
    throw new RetryAfterError(message, waitBeforeDrive(attempt + 1, Math.random()), { cause: error });
  }
}

/**
 * Drives a run for a while, and asks to be called again when something is left. What is under way, and how often it was
 * tried, is in Postgres: the engine keeps nothing of a run, and driving it twice at once, or again after a crash,
 * executes no node twice.
 */
export const runExecution = inngest.createFunction(
  {
    id: DRIVER,
    triggers: [executionRequested],
    retries: DRIVEN_AGAIN,
    concurrency: { limit: STEPS_AT_ONCE_PER_TENANT, key: "event.data.tenantId" },
    cancelOn: [{ event: executionCancelled, match: "data.executionId" }],
    onFailure: async ({ event }) => {
      const { tenantId, executionId } = event.data.event.data;
      const scope = await jobScope(tenantId, DRIVER);
      const message = "The run could not be continued, although it was tried several times.";
      await failRun(scope, executionId, { code: "engine_gave_up", message });
      await closeLostSteps(scope, executionId);
    },
  },
  async ({ event, step, attempt }) => {
    const { tenantId, executionId, segment } = event.data;
    return withLogContext({ tenantId, executionId }, async () => {
      const end = await step.run("drive", async () => ({
        ...(await drive(event.data, attempt, event.id === executionId && attempt === 0)),
        endedAt: Date.now(),
      }));
      if (end.againMs === null) return;
      const data = { tenantId, executionId, segment: segment + 1 };
      const [first = executionId] = (event.id ?? executionId).split(":segment:");
      const next = { id: `${first}:segment:${segment + 1}`, ts: end.endedAt + end.againMs };
      await step.sendEvent("next-segment", executionRequested.create(data, next));
    });
  },
);
