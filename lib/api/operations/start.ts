import { z } from "zod";
import { executionError, executionStatus } from "@/lib/api/execution-schemas";
import { fromMicros, id, instant, waitQuery } from "@/lib/api/schemas";

/** What is the same however a run is started, for the reference. */
export const RUN_DESCRIPTION =
  "Answers 202 at once; with `wait` it answers 200 with the result when the run ends in time (the key then also needs `executions:read`). Send an `Idempotency-Key` so that a repeated call never runs, or bills, twice: the first run is the answer then, with the header `Idempotency-Replayed: true`.";

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
  query: z.strictObject({ wait: waitQuery }),
  isIdempotent: true,
  response: startedRun,
  status: 202,
  orStatus: { status: 200, when: "The run has ended: it was waited for, or started before with this key." },
  refuses: ["conflict", "precondition"],
} as const;

export type StartedRun = z.input<typeof startedRun>;
