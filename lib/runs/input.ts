import { z } from "zod";
import { dollarsInput } from "@/lib/amount";
import { dayInput } from "@/lib/day";
import { cursorInput, MAX_PAGE_SIZE, PAGE_SIZE } from "@/lib/paging";

/** `waiting`: nothing of it runs until a time, a person or another run lets it go on. */
export const RUN_STATUSES = ["pending", "running", "waiting", "completed", "failed", "cancelled"] as const;
export type RunStatus = (typeof RUN_STATUSES)[number];

/** A run with one of these has not ended. */
export const LIVE_STATUSES = ["pending", "running", "waiting"] as const satisfies RunStatus[];

/** The most a run may work at a stretch. Waiting for a time, a person or another run does not count. */
export const RUN_DEADLINE_MS = 60 * 60_000;

export const STEP_STATUSES = ["running", "waiting", "completed", "failed", "skipped", "cancelled"] as const;
export type StepStatus = (typeof STEP_STATUSES)[number];

/** `uncertain`: nobody knows how it ended, and it is not billed. */
export const MODEL_CALL_STATUSES = ["started", "settled", "failed", "uncertain"] as const;
export type ModelCallStatus = (typeof MODEL_CALL_STATUSES)[number];

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

/** How a run came about: started afresh, resumed, replayed, or for a few nodes of a draft. */
export const RUN_MODES = ["start", "resume", "replay", "nodes"] as const;
export type RunMode = (typeof RUN_MODES)[number];

export const MAX_INPUT_BYTES = 1_000_000;

const givenInput = z.record(z.string().max(100), z.json());
const runInput = givenInput.default({});

/** Names one request: sent again with it, the first run is the answer and nothing starts twice. */
export const idempotencyKey = z
  .string()
  .trim()
  .regex(/^[\x21-\x7e]{1,255}$/, "A key has 1 to 255 visible characters without spaces.");

/** What an agent is asked. */
export const agentRunInput = z.strictObject({
  prompt: z.string().trim().min(1, "Write what the agent should do.").max(200_000),
});

/** The draft that somebody looks at: where it was saved over since, it does not run. Left out: as it is now. */
const seenRevision = z.int().min(1).optional();

/** What starts a run: of a workflow (`useDraft` runs what is being edited) or of an agent. */
export const startRunInput = z.union([
  z.strictObject({
    workflowId: z.uuid(),
    useDraft: z.boolean().default(false),
    revision: seenRevision,
    /** Of a draft: nodes with a pinned output give it instead of running. */
    usePins: z.boolean().optional(),
    input: runInput,
    idempotencyKey: idempotencyKey.optional(),
  }),
  z.strictObject({
    agentId: z.uuid(),
    input: agentRunInput,
    idempotencyKey: idempotencyKey.optional(),
  }),
]);
export type StartRunInput = z.output<typeof startRunInput>;

const executionId = z.uuid("This run does not exist.");

export const executionIdInput = z.strictObject({ executionId });

/** The version that the run had, or the newest: the published one, or the draft when a draft was run. */
const version = z.enum(["same", "newest"]).default("same");

/** What makes a new run of one that failed or was stopped. */
export const previewResumeInput = z.strictObject({ executionId, on: version });
export type PreviewResumeInput = z.output<typeof previewResumeInput>;

export const resumeRunInput = previewResumeInput.extend({
  idempotencyKey: idempotencyKey.optional(),
  /** How many runs are known to go on with it already; left out where that makes no difference. */
  resumesSeen: z.int().min(0).optional(),
});
export type ResumeRunInput = z.output<typeof resumeRunInput>;

/** What makes a new run of the same, with other input or, where none is given, with what it had. */
export const replayRunInput = z.strictObject({
  executionId,
  on: version,
  input: givenInput.optional(),
  idempotencyKey: idempotencyKey.optional(),
});
export type ReplayRunInput = z.output<typeof replayRunInput>;

export const MAX_BULK_RUNS = 100;

/** Runs that are stopped, resumed or replayed together. */
export const bulkRunsInput = z.strictObject({
  executionIds: z
    .array(executionId)
    .min(1, "Choose at least one run.")
    .max(MAX_BULK_RUNS, `Choose at most ${MAX_BULK_RUNS} runs.`),
  /** Counts for each run: sent again, it starts none of them twice. */
  idempotencyKey: idempotencyKey
    .refine((key) => key.length <= 200, "A key for several runs has at most 200 characters.")
    .optional(),
});
export type BulkRunsInput = z.output<typeof bulkRunsInput>;

/** What runs one node of a draft, or a node and everything after it. */
export const runNodesInput = z.strictObject({
  workflowId: z.uuid("This workflow does not exist."),
  nodeId: z.string().min(1).max(64),
  scope: z.enum(["node", "from"]),
  revision: seenRevision,
  /** The run whose outputs are used before it; left out: each from the newest run that has it. */
  sourceExecutionId: executionId.optional(),
  idempotencyKey: idempotencyKey.optional(),
});
export type RunNodesInput = z.output<typeof runNodesInput>;

export const cancelRunInput = z.strictObject({ executionId: z.uuid() });

/** What narrows a list of runs. */
const filter = z.strictObject({
  status: z.enum(RUN_STATUSES).optional(),
  trigger: z.enum(RUN_TRIGGERS).optional(),
  workflowId: z.uuid().optional(),
  agentId: z.uuid().optional(),
  /** The person who started it. */
  startedBy: z.uuid().optional(),
  /** The days on which it was started, in UTC; both are part of it. */
  from: dayInput.optional(),
  to: dayInput.optional(),
  /** What it cost, in dollars. */
  minCost: dollarsInput.optional(),
  maxCost: dollarsInput.optional(),
  /** Part of the name of its workflow or agent, of its input, result or error, or the start of its id. */
  q: z.string().trim().max(200).optional(),
});
export type RunFilter = z.output<typeof filter>;

/** Why no run can fit a filter, and which field says so; null where some can. */
export function whyNoneFits(filter: RunFilter): { field: "to" | "maxCost"; message: string } | null {
  const { from, to, minCost, maxCost } = filter;
  if (from && to && to < from) return { field: "to", message: "The last day is before the first one." };
  if (minCost && maxCost && Number(maxCost) < Number(minCost))
    return { field: "maxCost", message: "The highest cost is below the lowest one." };
  return null;
}

/** Refuses a filter that no run can fit. */
export function someMayFit(filter: RunFilter, context: z.RefinementCtx): void {
  const wrong = whyNoneFits(filter);
  if (wrong) context.addIssue({ code: "custom", path: [wrong.field], message: wrong.message });
}

export const runFilter = filter.superRefine(someMayFit);

/** The address of the list: one that leaves nothing is shown with the reason. */
export const runsQuery = filter.extend({
  cursor: cursorInput,
  limit: z.coerce.number().int().min(1).max(MAX_PAGE_SIZE).default(PAGE_SIZE),
});
export const listRunsInput = runsQuery.superRefine(someMayFit);
export type ListRunsInput = z.input<typeof listRunsInput>;

/** How many rows of a trace are read at once. */
export const WINDOW_ROWS = 100;

/** What the address of a trace may say: the step whose details are open, or the node whose step. */
export const traceQuery = z.strictObject({ step: z.uuid().optional(), node: z.string().max(64).optional() });

/** Which value of a run or step is wanted, and in which form; `file` saves it. */
export const valueQuery = z.strictObject({
  part: z.enum(["input", "output"]).default("output"),
  as: z.enum(["json", "text"]).default("json"),
  file: z.literal("1").optional(),
});
export type ValueQuery = z.output<typeof valueQuery>;

/** Which window of a trace is wanted. */
export const windowQuery = z.strictObject({
  offset: z.coerce.number().int().min(0).max(10_000_000).multipleOf(WINDOW_ROWS).default(0),
});

/** Whether a run will not change any more. */
export function isFinished(status: string | null): boolean {
  return status === "completed" || status === "failed" || status === "cancelled";
}

/**
 * What is about to run: a workflow (`useDraft`: as it is being edited), an agent (in its playground, where it is asked with
 * what was said before), or an earlier run once more.
 */
export const estimateRunInput = z.union([
  z.strictObject({ workflowId: z.uuid(), useDraft: z.boolean().default(false) }),
  z.strictObject({ agentId: z.uuid(), inPlayground: z.boolean().default(false) }),
  z.strictObject({ executionId, on: version }),
]);
export type EstimateRunInput = z.output<typeof estimateRunInput>;
