import { NonRetriableError, RetryAfterError } from "inngest";
import { inngest } from "@/inngest/client";
import { CLIENT_ID } from "@/inngest/embedded";
import { documentUploaded } from "@/inngest/events";
import { jobScope } from "@/lib/auth/scope";
import { AppError } from "@/lib/errors";
import { embedNextChunks, failDocument, readDocument } from "@/lib/knowledge/commands/ingest";
import type { Ingestion } from "@/lib/knowledge/live";

/** One step embeds so many batches: a step has its cost, and every batch commits on its own anyway. */
const BATCHES_PER_STEP = 8;
const JOB = "ingest-document";

type Target = Ingestion & { tenantId: string };

/** Reads, cuts and embeds one document. All of its state is in the database, so every step may run twice. */
export const ingestDocument = inngest.createFunction(
  {
    id: JOB,
    triggers: [documentUploaded],
    retries: 4,
    // Tenants do not wait for each other's uploads.
    concurrency: { key: "event.data.tenantId", limit: 2 },
    onFailure: async ({ event, error }) => giveUp(event.data.event.data as Target, error),
  },
  async ({ event, step }) => {
    const target: Target = event.data;
    const outcome = await step.run("read", () => attempt(() => read(target)));
    if (outcome !== "ready") return { outcome };
    for (let round = 0; ; round += 1) {
      const hasMore = await step.run(`embed-${round}`, () => attempt(() => embedBatches(target)));
      if (!hasMore) return { outcome: "completed" };
    }
  },
);

/** An operator ended the job: nothing else would ever say so of the document, which can be tried again from then on. */
export const endCancelledIngestion = inngest.createFunction(
  {
    id: "end-cancelled-ingestion",
    triggers: [
      { event: "inngest/function.cancelled", if: `event.data.function_id == '${CLIENT_ID}-${JOB}'` },
    ],
    retries: 4,
  },
  async ({ event }) => {
    const target = event.data.event.data as Target;
    const message = "Whoever runs this installation stopped reading it. Try again.";
    await failDocument(await jobScope(target.tenantId, JOB), target, message);
  },
);

async function read(target: Target) {
  return readDocument(await jobScope(target.tenantId, JOB), target);
}

async function embedBatches(target: Target): Promise<boolean> {
  const scope = await jobScope(target.tenantId, JOB);
  for (let batch = 0; batch < BATCHES_PER_STEP; batch += 1) {
    if (!(await embedNextChunks(scope, target))) return false;
  }
  return true;
}

/** Tells the engine which errors are worth another try, and when. */
async function attempt<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (!(error instanceof AppError)) throw error;
    if (!error.retryable) throw new NonRetriableError(error.message, { cause: error });
    if (error.retryAfterMs !== undefined)
      throw new RetryAfterError(error.message, error.retryAfterMs, { cause: error });
    throw error;
  }
}

const PUBLIC_ERRORS = new Set(["AppError", "ModelCallError", "NonRetriableError", "RetryAfterError"]);

/** Only our own errors carry sentences made for people. */
async function giveUp(target: Target, error: Error): Promise<void> {
  const isPublic = PUBLIC_ERRORS.has(error.name);
  const message = isPublic ? error.message : "Something went wrong on our side. Try again.";
  await failDocument(await jobScope(target.tenantId, JOB), target, message);
}
