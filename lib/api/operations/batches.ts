import { z } from "zod";
import { executionFilter, executionStatus } from "@/lib/api/execution-schemas";
import { count, id, instant, pageOf, pagingQuery } from "@/lib/api/schemas";
import { BATCH_OUTCOMES, BATCH_STATUSES, BATCH_VERBS, MAX_BATCH_RUNS } from "@/lib/runs/batch-input";
import { someMayFit } from "@/lib/runs/input";
import { defineOperation } from "../operation";

const MOST = MAX_BATCH_RUNS.toLocaleString("en-US");

const params = z.object({ batchId: z.uuid() });

const selection = z
  .strictObject({
    filter: z
      .strictObject(executionFilter)
      .superRefine(someMayFit)
      .optional()
      .describe(`All executions that match, up to ${MOST} of the newest; {} for all there are.`),
    ids: z
      .array(z.uuid("This is no id of an execution."))
      .min(1, "Name at least one execution.")
      .max(MAX_BATCH_RUNS, `Name at most ${MOST} executions.`)
      .optional()
      .describe(`Or these executions, up to ${MOST}.`),
  })
  .refine(({ filter, ids }) => (filter === undefined) !== (ids === undefined), "Give either filter or ids.");

const startedBatch = z
  .object({
    id,
    total: count.meta({ description: "How many executions it has.", examples: [1204] }),
    url: z
      .string()
      .meta({ description: "Where its progress is.", examples: ["/api/v1/executions/batches/0193a5c2-…"] }),
  })
  .meta({ id: "StartedBatch" });

/** What starting a batch is, whatever is done with its runs. */
const batchOperation = {
  method: "post",
  tag: "Executions",
  isIdempotent: true,
  body: selection,
  response: startedBatch,
  status: 201,
  when: "Begun; `url` says how far it is.",
  orStatus: { status: 200, when: "A replay: the batch that the first call began." },
  refuses: ["conflict", "not_found", "precondition"],
} as const;

const HOW =
  "The work is done in the background, each execution as by itself and in the name of the key; when that is revoked, the batch ends. Which executions they are is decided by this call. Send an `Idempotency-Key` so that a repeated call begins nothing more.";

export const cancelBatchOperation = defineOperation({
  ...batchOperation,
  id: "cancelBatch",
  path: "/executions/batches/cancel",
  summary: "Cancel many executions",
  description: `Stops all that match and have not ended. ${HOW}`,
  apiScope: "executions:cancel",
  example: { body: { filter: { workflowId: "0193a5c2-7b1e-7000-8000-000000000001" } } },
});

export const resumeBatchOperation = defineOperation({
  ...batchOperation,
  id: "resumeBatch",
  path: "/executions/batches/resume",
  summary: "Resume many executions",
  description: `Resumes all that match and failed or were cancelled, each on the version it had. One that was resumed before is refused: resume it by itself. ${HOW}`,
  apiScope: "executions:run",
  example: { body: { filter: { status: "failed", from: "2026-11-01" } } },
});

export const replayBatchOperation = defineOperation({
  ...batchOperation,
  id: "replayBatch",
  path: "/executions/batches/replay",
  summary: "Replay many executions",
  description: `Runs all that match again, each with the input and on the version it had; everything is billed. ${HOW}`,
  apiScope: "executions:run",
  example: { body: { ids: ["0193a5c2-7b1e-7000-8000-000000000001"] } },
});

const batch = z
  .object({
    id,
    verb: z.enum(BATCH_VERBS).meta({ description: "What is done with each.", examples: ["resume"] }),
    status: z.enum(BATCH_STATUSES).meta({
      description: "`stopped`: it ended before all had their turn.",
      examples: ["running"],
    }),
    total: count.meta({ examples: [1204] }),
    done: count.meta({ examples: [800] }),
    refused: count.meta({ description: "With which it was not possible.", examples: [4] }),
    left: count.meta({
      description: "Whose turn has not come, or never will once it has ended.",
      examples: [400],
    }),
    note: z
      .string()
      .nullable()
      .meta({ description: "What it waits for, or why it was stopped.", examples: [null] }),
    createdAt: instant,
    endedAt: instant.nullable().meta({ examples: [null] }),
  })
  .meta({ id: "Batch" });

export const getBatchOperation = defineOperation({
  id: "getBatch",
  method: "get",
  path: "/executions/batches/{batchId}",
  tag: "Executions",
  summary: "Get a batch",
  description: "How far it is. Webhook endpoints can be told of its end: `batch_ended`.",
  apiScope: "executions:read",
  params,
  response: batch,
});

export const listBatchItemsOperation = defineOperation({
  id: "listBatchItems",
  method: "get",
  path: "/executions/batches/{batchId}/items",
  tag: "Executions",
  summary: "List what became of each",
  description: "The executions of a batch, oldest first, which is the order of their turn.",
  apiScope: "executions:read",
  params,
  query: z.strictObject({
    outcome: z
      .enum(BATCH_OUTCOMES, `One of ${BATCH_OUTCOMES.join(", ")}.`)
      .optional()
      .describe("Only those that it was done with, that were refused, or that are left."),
    ...pagingQuery,
  }),
  response: pageOf(
    z
      .object({
        id: id.meta({ description: "Of the execution." }),
        outcome: z.enum(BATCH_OUTCOMES).meta({ examples: ["done"] }),
        startedId: id.nullable().meta({ description: "The new execution, when one was started." }),
        startedStatus: executionStatus.nullable().meta({ description: "How that stands." }),
        message: z
          .string()
          .nullable()
          .meta({ description: "Why it was refused.", examples: [null] }),
      })
      .meta({ id: "BatchItem" }),
  ),
  example: { query: { outcome: "refused" } },
});

export const stopBatchOperation = defineOperation({
  id: "stopBatch",
  method: "post",
  path: "/executions/batches/{batchId}/stop",
  tag: "Executions",
  summary: "Stop a batch",
  description:
    "Leaves alone the executions whose turn has not come; what was done stays done. A batch that has ended stays as it is.",
  apiScope: "executions:cancel",
  params,
  response: z.object({ id, status: z.enum(BATCH_STATUSES).meta({ examples: ["stopped"] }) }),
});
