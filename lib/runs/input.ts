import { z } from "zod";
import { cursorInput, MAX_PAGE_SIZE, PAGE_SIZE } from "@/lib/paging";

/** `waiting`: nothing of it runs until a time, a person or another run lets it go on. */
export const RUN_STATUSES = ["pending", "running", "waiting", "completed", "failed", "cancelled"] as const;
export type RunStatus = (typeof RUN_STATUSES)[number];

export const STEP_STATUSES = ["running", "waiting", "completed", "failed", "skipped", "cancelled"] as const;
export type StepStatus = (typeof STEP_STATUSES)[number];

export const RUN_TRIGGERS = [
  "console",
  "playground",
  "api",
  "webhook",
  "schedule",
  "form",
  "workflow",
  "seed",
] as const;
export type RunTrigger = (typeof RUN_TRIGGERS)[number];

export const MAX_INPUT_BYTES = 1_000_000;

const runInput = z.record(z.string().max(100), z.json()).default({});

/** Names one request: sent again with it, the first run is the answer and nothing starts twice. */
export const idempotencyKey = z
  .string()
  .trim()
  .regex(/^[\x21-\x7e]{1,255}$/, "A key has 1 to 255 visible characters without spaces.");

/** What starts a run: of a workflow (`useDraft` runs what is being edited) or of an agent. */
export const startRunInput = z.union([
  z.strictObject({
    workflowId: z.uuid(),
    useDraft: z.boolean().default(false),
    input: runInput,
    idempotencyKey: idempotencyKey.optional(),
  }),
  z.strictObject({
    agentId: z.uuid(),
    input: z.strictObject({
      prompt: z.string().trim().min(1, "Write what the agent should do.").max(200_000),
    }),
    idempotencyKey: idempotencyKey.optional(),
  }),
]);
export type StartRunInput = z.output<typeof startRunInput>;

export const cancelRunInput = z.strictObject({ executionId: z.uuid() });

export const listRunsInput = z.strictObject({
  status: z.enum(RUN_STATUSES).optional(),
  trigger: z.enum(RUN_TRIGGERS).optional(),
  workflowId: z.uuid().optional(),
  agentId: z.uuid().optional(),
  /** The start of a run's id, or part of the name of its workflow or agent. */
  q: z.string().trim().max(200).optional(),
  cursor: cursorInput,
  limit: z.coerce.number().int().min(1).max(MAX_PAGE_SIZE).default(PAGE_SIZE),
});
export type ListRunsInput = z.input<typeof listRunsInput>;

/** What the address of a trace may say: the node whose details are open. */
export const traceQuery = z.strictObject({ node: z.string().max(64).optional() });

/** Whether a run will not change any more. */
export function isFinished(status: string | null): boolean {
  return status === "completed" || status === "failed" || status === "cancelled";
}
