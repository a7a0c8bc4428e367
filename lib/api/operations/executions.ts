import { z } from "zod";
import { execution, executionFilter, executionStatus, executionSummary } from "@/lib/api/execution-schemas";
import { count, fromMicros, id, instant, pageOf, pagingQuery, waitQuery } from "@/lib/api/schemas";
import {
  bulkRunsInput,
  MAX_BULK_RUNS,
  MODEL_CALL_STATUSES,
  replayRunInput,
  resumeRunInput,
  someMayFit,
} from "@/lib/runs/input";
import { defineOperation } from "../operation";
import { RUN_DESCRIPTION, runOperation } from "./start";

const params = z.object({ executionId: z.uuid() });

/** The largest that the database counts to. */
const MAX_ITERATION = 2_147_483_647;

export const listExecutionsOperation = defineOperation({
  id: "listExecutions",
  method: "get",
  path: "/executions",
  tag: "Executions",
  summary: "List executions",
  description:
    "Runs of agents and workflows, newest first, with what each cost. What runs inside of a run is part of it.",
  apiScope: "executions:read",
  query: z
    .strictObject({
      ...executionFilter,
      q: executionFilter.q.describe(
        "Part of the name, input, result or error, or of the output or error of a step. Only so many runs are looked through at once: a page may be short, and the next goes on.",
      ),
      ...pagingQuery,
    })
    .superRefine(someMayFit),
  response: pageOf(executionSummary),
  example: { query: { status: "completed", limit: "10" } },
});

export const getExecutionOperation = defineOperation({
  id: "getExecution",
  method: "get",
  path: "/executions/{executionId}",
  tag: "Executions",
  summary: "Get an execution",
  description:
    "Input, result or error, and each step with its tokens and its cost. What runs inside of a map, a loop or a called workflow are executions of their own, listed as the parts of its step. One that waits for room or money says why, and its place in line. With `wait` the answer comes when the run has ended.",
  apiScope: "executions:read",
  params,
  query: z.strictObject({ wait: waitQuery }),
  response: execution,
});

export const getStepOperation = defineOperation({
  id: "getStep",
  method: "get",
  path: "/executions/{executionId}/steps/{nodeId}",
  tag: "Executions",
  summary: "Get a step",
  description:
    "What a step worked on and gave, the model calls it made, and every line of what it cost by itself: what ran inside of it is in the cost and the tokens that the execution tells of the step.",
  apiScope: "executions:read",
  params: z.object({ executionId: z.uuid(), nodeId: z.string().min(1).max(64) }),
  query: z.strictObject({
    iteration: z.coerce
      .number()
      .int()
      .min(0)
      .max(MAX_ITERATION)
      .default(0)
      .describe("Which one, where a node runs several times."),
  }),
  response: z
    .object({
      id,
      nodeId: z.string().meta({ examples: ["answer"] }),
      input: z.unknown().meta({ examples: [{ prompt: "When is a delivery late?" }] }),
      output: z.unknown().meta({ examples: [{ text: "When the booked window is over [1]." }] }),
      branch: z
        .string()
        .nullable()
        .meta({ description: "The way a condition took.", examples: [null] }),
      errorCode: z
        .string()
        .nullable()
        .meta({ examples: [null] }),
      citations: z.array(
        z
          .object({
            number: count.meta({ examples: [1] }),
            documentId: id,
            filename: z.string().meta({ examples: ["handbook.pdf"] }),
            page: count.nullable().meta({ examples: [3] }),
            heading: z
              .string()
              .nullable()
              .meta({ examples: ["Late deliveries"] }),
            excerpt: z.string().meta({ examples: ["A delivery is late when …"] }),
          })
          .meta({ id: "Citation" }),
      ),
      modelCalls: z.array(
        z
          .object({
            modelKey: z.string().meta({ examples: ["gpt-5-mini"] }),
            provider: z.string().meta({ examples: ["openai"] }),
            status: z.enum(MODEL_CALL_STATUSES).meta({
              description:
                "`started`: under way. `settled`: it answered. `uncertain`: nobody knows how it ended; it is not billed.",
              examples: ["settled"],
            }),
            inputTokens: count.nullable().meta({ examples: [812] }),
            outputTokens: count.nullable().meta({ examples: [96] }),
            latencyMs: count.nullable().meta({ examples: [940] }),
            errorMessage: z
              .string()
              .nullable()
              .meta({ examples: [null] }),
          })
          .meta({ id: "ModelCall" }),
      ),
      charges: z.array(
        z
          .object({
            id,
            resourceType: z.string().meta({ examples: ["text_tokens_input"] }),
            modelKey: z
              .string()
              .nullable()
              .meta({ examples: ["gpt-5-mini"] }),
            quantity: z
              .string()
              .meta({ description: "In units, with six decimals.", examples: ["0.000812"] }),
            unit: z.string().meta({ examples: ["1M_tokens"] }),
            rate: fromMicros,
            cost: fromMicros,
            occurredAt: instant,
          })
          .meta({ id: "Charge", description: "A line of the ledger." }),
      ),
    })
    .meta({ id: "StepDetail" }),
});

export const cancelExecutionOperation = defineOperation({
  id: "cancelExecution",
  method: "post",
  path: "/executions/{executionId}/cancel",
  tag: "Executions",
  summary: "Cancel an execution",
  description: "Stops a run, with the calls that are under way. A run that has ended stays as it is.",
  apiScope: "executions:cancel",
  params,
  response: z.object({ id, status: executionStatus.meta({ examples: ["cancelled"] }) }),
});

const on = resumeRunInput.shape.on.describe(
  "`same`: the version the run had. `newest`: the published version, or the draft when a draft was run.",
);

export const resumeExecutionOperation = defineOperation({
  ...runOperation,
  id: "resumeExecution",
  path: "/executions/{executionId}/resume",
  tag: "Executions",
  summary: "Resume an execution",
  description: `Goes on where a failed or cancelled run ended, as a new run: what completed is taken over and is neither run nor billed again. ${RUN_DESCRIPTION}`,
  apiScope: "executions:run",
  params,
  body: z.strictObject({ on }),
  example: { body: { on: "same" } },
});

export const replayExecutionOperation = defineOperation({
  ...runOperation,
  id: "replayExecution",
  path: "/executions/{executionId}/replay",
  tag: "Executions",
  summary: "Replay an execution",
  description: `Runs the same again, as a new run of which everything is billed. Fields that do not fit are named as \`input.x\`. ${RUN_DESCRIPTION}`,
  apiScope: "executions:run",
  params,
  body: z.strictObject({
    on,
    input: replayRunInput.shape.input.describe(
      "What the run is given instead: the fields of the workflow's input, or of an agent its `prompt`. Left out: what it was given.",
    ),
  }),
  example: {
    body: { on: "newest", input: { customer: "Ada", question: "When is a delivery late?" } },
  },
});

const bulkResults = z.object({
  results: z
    .array(
      z
        .object({
          id,
          ok: z.boolean().meta({ examples: [true] }),
          startedId: id.nullable().meta({ description: "The new execution, when one was started." }),
          error: z
            .object({
              code: z.string().meta({ examples: ["precondition"] }),
              message: z.string().meta({ examples: ["This run is still going."] }),
            })
            .nullable()
            .meta({ examples: [null] }),
        })
        .meta({ id: "BulkResult" }),
    )
    .meta({ description: "In the order of `ids`, each once." }),
});

const bulkBody = z.strictObject({
  ids: bulkRunsInput.shape.executionIds.describe(`Up to ${MAX_BULK_RUNS} executions; a batch takes more.`),
});

export const cancelExecutionsOperation = defineOperation({
  id: "cancelExecutions",
  method: "post",
  path: "/executions/bulk/cancel",
  tag: "Executions",
  summary: "Cancel several executions",
  description:
    "Each as by itself. What was refused is said for each, also of one that had ended; the others are cancelled all the same.",
  apiScope: "executions:cancel",
  body: bulkBody,
  response: bulkResults,
  refuses: ["not_found"],
  example: { body: { ids: ["0193a5c2-7b1e-7000-8000-000000000001"] } },
});

export const resumeExecutionsOperation = defineOperation({
  id: "resumeExecutions",
  method: "post",
  path: "/executions/bulk/resume",
  tag: "Executions",
  summary: "Resume several executions",
  description:
    "Each as by itself, on the version it had. What was refused is said for each, also of one that was resumed before: resume it by itself. An `Idempotency-Key` counts for each of them: a repeated call starts none of them twice, and one with other ids starts those instead of being refused. `Idempotency-Replayed: true` says that nothing new was started.",
  apiScope: "executions:run",
  isIdempotent: true,
  body: bulkBody,
  response: bulkResults,
  refuses: ["not_found"],
  example: { body: { ids: ["0193a5c2-7b1e-7000-8000-000000000001"] } },
});

export const streamExecutionOperation = defineOperation({
  id: "streamExecution",
  method: "get",
  path: "/executions/{executionId}/stream",
  tag: "Executions",
  summary: "Follow an execution",
  description:
    "Server-sent events: how the run stands and the steps that changed, until it has ended; then its result too. Each message's data is an `ExecutionMessage`, and its id is where to resume from: send it as `Last-Event-ID` (or `after`) after a broken connection. A comment every 15 seconds keeps the connection open; after five minutes connect again.",
  apiScope: "executions:read",
  params,
  query: z.strictObject({
    after: z.coerce.number().int().min(0).optional().describe("The id of the last message seen."),
  }),
  response: { mediaType: "text/event-stream", description: "The messages, until the run has ended." },
});
