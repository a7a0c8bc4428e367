import { cron } from "inngest";
import { inngest } from "@/inngest/client";
import { dispatchWaitingDocuments } from "@/lib/knowledge/commands/sweep";
import { jobTime } from "@/lib/present-time";

/** Starts the documents whose event was lost between the database and the engine. */
export const sweepDocuments = inngest.createFunction(
  { id: "sweep-documents", triggers: [cron("*/2 * * * *")], retries: 0 },
  async () => ({ waiting: await dispatchWaitingDocuments(await jobTime()) }),
);
