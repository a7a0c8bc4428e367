import { z } from "zod";
import { cursorInput, MAX_PAGE_SIZE, PAGE_SIZE } from "@/lib/paging";
import {
  LIVE_STATUSES,
  RUN_STATUSES,
  type RunFilter,
  type RunStatus,
  type RunTrigger,
  runFilter,
} from "./input";

export const BATCH_VERBS = ["cancel", "resume", "replay"] as const;
/** What can be done with many runs. */
export type BatchVerb = (typeof BATCH_VERBS)[number];

export const BATCH_STATUSES = ["running", "completed", "stopped"] as const;
export type BatchStatus = (typeof BATCH_STATUSES)[number];

/** The most runs of one batch. */
export const MAX_BATCH_RUNS = 10_000;

type Facts = { readonly status: RunStatus; readonly trigger: RunTrigger };

const STATUSES: Readonly<Record<BatchVerb, readonly RunStatus[]>> = {
  cancel: LIVE_STATUSES,
  resume: ["failed", "cancelled"],
  replay: RUN_STATUSES,
};

/** Whether it makes sense with a run: what has ended is not stopped, and an answer in the playground is asked for there. */
export function fitsVerb(verb: BatchVerb, { status, trigger }: Facts): boolean {
  return STATUSES[verb].includes(status) && (verb === "cancel" || trigger !== "playground");
}

export const previewBatchInput = z.strictObject({ filter: runFilter });
export type PreviewBatchInput = z.output<typeof previewBatchInput>;

export const startBatchInput = z.strictObject({
  verb: z.enum(BATCH_VERBS),
  filter: runFilter,
  /** The newest run that was there when it was asked: what was started since is left alone. */
  upTo: z.uuid("Choose the runs again."),
  /** Asked again with the same one, nothing more happens. */
  requestKey: z.uuid(),
});

/** What runs a batch is made of: those that match, or each that is named. */
export type BatchSelection =
  | { readonly filter: RunFilter; readonly upTo?: string | undefined }
  | { readonly executionIds: readonly string[] };

export type StartBatchInput = { readonly verb: BatchVerb; readonly requestKey: string } & BatchSelection;

export const batchIdInput = z.strictObject({ batchId: z.uuid("This does not exist.") });
export type BatchIdInput = z.output<typeof batchIdInput>;

/** What became of a run of a batch; `left`: its turn has not come, or never will. */
export const BATCH_OUTCOMES = ["done", "refused", "left"] as const;
export type BatchOutcome = (typeof BATCH_OUTCOMES)[number];

export const batchItemsQuery = z.strictObject({
  outcome: z.enum(BATCH_OUTCOMES).optional(),
  cursor: cursorInput,
  limit: z.coerce.number().int().min(1).max(MAX_PAGE_SIZE).default(PAGE_SIZE),
});
export type BatchItemsQuery = z.output<typeof batchItemsQuery>;
