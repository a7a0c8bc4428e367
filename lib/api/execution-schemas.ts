import { z } from "zod";
import { count, fromMicros, id, instant } from "@/lib/api/schemas";
import { RUN_MODES, RUN_STATUSES, RUN_TRIGGERS, runFilter, STEP_STATUSES } from "@/lib/runs/input";

export const executionStatus = z.enum(RUN_STATUSES).meta({ examples: ["completed"] });

const { shape } = runFilter;

/** What narrows a list of executions. */
export const executionFilter = {
  status: shape.status.describe("Only runs in this state."),
  workflowId: shape.workflowId.describe("Only runs of this workflow."),
  agentId: shape.agentId.describe("Only runs of this agent by itself."),
  trigger: shape.trigger.describe("Only runs started this way."),
  startedBy: shape.startedBy.describe("Only runs started by this person."),
  from: shape.from.describe("Started on this day or later, in UTC."),
  to: shape.to.describe("Started on this day or earlier, in UTC."),
  minCost: shape.minCost.describe("Cost at least so many dollars."),
  maxCost: shape.maxCost.describe("Cost at most so many dollars."),
  q: shape.q.describe("Part of the name, input, result or error, or of the output or error of a step."),
};

export const executionError = z
  .object({
    code: z
      .string()
      .nullable()
      .meta({ examples: ["upstream"] }),
    message: z
      .string()
      .nullable()
      .meta({ examples: ["The model did not answer in time."] }),
    nodeId: z
      .string()
      .nullable()
      .meta({ description: "The node it happened in.", examples: ["answer"] }),
  })
  .meta({ id: "ExecutionError" });

export const executionSummary = z
  .object({
    id,
    status: executionStatus,
    trigger: z.enum(RUN_TRIGGERS).meta({ description: "What started it.", examples: ["api"] }),
    mode: z.enum(RUN_MODES).meta({ description: "How it came about.", examples: ["start"] }),
    sourceExecutionId: id.nullable().meta({
      description: "The execution that it resumes, replays or takes outputs from.",
      examples: [null],
    }),
    name: z.string().meta({ description: "Of the workflow or agent.", examples: ["Answer a customer"] }),
    workflowId: id.nullable(),
    agentId: id.nullable().meta({ examples: [null] }),
    createdAt: instant,
    startedAt: instant.nullable(),
    completedAt: instant.nullable(),
    cost: fromMicros,
    error: executionError.nullable().meta({ examples: [null] }),
  })
  .meta({ id: "ExecutionSummary" });

/** A step as the stream tells of it. */
export const liveStep = z
  .object({
    id,
    nodeId: z.string().meta({ examples: ["answer"] }),
    iteration: count.meta({ examples: [0] }),
    name: z.string().meta({ examples: ["Answer"] }),
    kind: z.string().meta({ description: "The kind of node.", examples: ["agent"] }),
    status: z.enum(STEP_STATUSES).meta({ examples: ["completed"] }),
    attempt: count.meta({ description: "How often it was tried.", examples: [1] }),
    startedAt: instant.nullable(),
    completedAt: instant.nullable(),
    cost: fromMicros,
    errorMessage: z
      .string()
      .nullable()
      .meta({ examples: [null] }),
  })
  .meta({ id: "LiveStep" });

export const tokens = z
  .object({
    input: count.meta({ examples: [812] }),
    output: count.meta({ examples: [96] }),
    embedding: count.meta({ examples: [11] }),
  })
  .meta({ id: "Tokens", description: "Tokens that were billed, also for what ran inside." });

const step = liveStep
  .extend({
    errorCode: z
      .string()
      .nullable()
      .meta({
        examples: [null],
        description:
          "Why it failed. Beside `completed`: it failed, and the run went on as the node's policy says.",
      }),
    tokens,
  })
  .meta({ id: "Step" });

const inLine = z.int().min(0).nullable();

const waiting = z
  .object({
    reason: z.enum(["line", "suspended", "held", "busy", "credit", "cap", "ask"]).meta({
      description:
        "`line`: as many runs of the workspace go on as may. `suspended`: the workspace is suspended, and it has not begun. `held`: the operator holds its work. `busy`: as many steps are worked on as may be at once. `credit`, `cap`: there is too little credit, or left under a spending cap, for what comes next. `ask`: the admins are asked for more than a cap allows.",
      examples: ["line"],
    }),
    position: inLine.meta({
      description: "Its place in line, from 1; null unless it is in line, as the two below.",
      examples: [3],
    }),
    running: inLine.meta({ description: "Runs of the workspace that go on.", examples: [25] }),
    maxRunning: inLine.meta({
      description: "How many may go on at once. Those that only wait are not counted.",
      examples: [25],
    }),
  })
  .meta({ id: "Waiting", description: "Why an execution does nothing at this moment." });

export const execution = executionSummary
  .extend({
    version: count
      .nullable()
      .meta({ description: "Of the workflow or agent, as it was when the run started.", examples: [3] }),
    input: z.unknown().meta({ examples: [{ question: "When is a delivery late?" }] }),
    result: z.unknown().meta({
      description: "Null until it has completed.",
      examples: [{ answer: "When the window is over." }],
    }),
    deadlineAt: instant.nullable(),
    waiting: waiting.nullable().meta({
      description:
        "Why it waits for room or for money; null while it goes on, waits for a step, or has ended.",
      examples: [null],
    }),
    tokens,
    steps: z.array(step).meta({ description: "In the order in which they started." }),
  })
  .meta({ id: "Execution" });

/** What each message of the stream holds. */
export const executionMessage = z.object({
  execution: z.object({
    id,
    status: executionStatus,
    startedAt: instant.nullable(),
    completedAt: instant.nullable(),
    cost: fromMicros,
    result: z
      .unknown()
      .meta({ description: "What it gave, once it has ended; null before.", examples: [null] }),
    error: z.object({ message: z.string().nullable(), nodeId: z.string().nullable() }).nullable(),
  }),
  steps: z.array(liveStep),
});
