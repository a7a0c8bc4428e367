import { z } from "zod";
import { executionError, executionStatus } from "@/lib/api/execution-schemas";
import { fromMicros, id, instant } from "@/lib/api/schemas";
import { MAX_RUN_WAIT_SECONDS, START_MODES } from "../start-mode";

/** What is the same however a run is started, for the reference. */
export const RUN_DESCRIPTION =
  "Answers 202 at once. With `mode=sync`, a `wait`, or the header `Prefer: wait=30` it answers 200 with the result when the run ends in time, else 202 with where to look; with `mode=stream` it answers with server-sent events of the run, as `GET /executions/{executionId}/stream` does (for both the key also needs `executions:read`). Send an `Idempotency-Key` so that a repeated call never runs, or bills, twice: the first run is the answer then, with the header `Idempotency-Replayed: true`.";

const startedRun = z
  .object({
    id: id.meta({ description: "Of the execution." }),
    status: executionStatus,
    result: z
      .unknown()
      .meta({ description: "What the run gave; null until it has completed.", examples: [{ text: "…" }] }),
    error: executionError.nullable().meta({ examples: [null] }),
    cost: fromMicros.nullable().meta({ description: "So far, in your prices." }),
    completedAt: instant.nullable(),
    url: z
      .string()
      .meta({ description: "Where the execution is.", examples: ["/api/v1/executions/0193a5c2-…"] }),
  })
  .meta({
    id: "StartedRun",
    description:
      "A run that was started. Without the scope `executions:read` only `id`, `status` and `url` are filled in.",
  });

/** What starting an agent and starting a workflow have in common. */
export const runOperation = {
  method: "post",
  query: z.strictObject({
    mode: z
      .enum(START_MODES, `One of ${START_MODES.join(", ")}.`)
      .optional()
      .describe(
        "How it answers: `async` at once, `sync` with the result, `stream` with events. Else by `wait`.",
      ),
    wait: z.coerce
      .number("Give a number of seconds.")
      .int("Give whole seconds.")
      .min(0, "At least 0 seconds.")
      .max(MAX_RUN_WAIT_SECONDS, `At most ${MAX_RUN_WAIT_SECONDS} seconds.`)
      .optional()
      .describe(
        "With `mode=sync`: answer only once it has ended, or after this many seconds. Default: 30, and without a `mode` none.",
      ),
  }),
  isIdempotent: true,
  mayStream: true,
  response: startedRun,
  status: 202,
  when: "Started; `url` says where to look. A replay, with the `Idempotency-Key` of an earlier call, starts nothing: it answers with the first run as it stands by now, also when that has ended, and with the header `Idempotency-Replayed: true`.",
  orStatus: {
    status: 200,
    when: "The run was waited for and has ended, or its events follow. A replay waits for, or follows from its beginning, the first run.",
  },
  refuses: ["conflict", "precondition"],
} as const;

export type StartedRun = z.input<typeof startedRun>;
