import { NonRetriableError, RetryAfterError } from "inngest";
import type { TenantScope } from "@/db/scope";
import { jobScope } from "@/lib/auth/scope";
import { AppError } from "@/lib/errors";
import { withLogContext } from "@/lib/log";
import { executeNode } from "@/lib/runs/execute-node";
import { beginRun, closeLostSteps, failRun, finishRun, loadGraph } from "@/lib/runs/finish";
import { waitBefore } from "@/lib/runs/retry";
import type { StepReference } from "@/lib/runs/settle-step";
import type { Graph } from "@/lib/workflows/graph";
import { nextSteps, type Outcome } from "@/lib/workflows/schedule";
import { inngest } from "../client";
import { executionCancelled, executionRequested } from "../events";

/** Node steps in one function run. Every call replays them, so a longer run is a chain of segments. */
export const SEGMENT_STEPS = 64;
const STEPS_AT_ONCE_PER_TENANT = 8;
const LEAST_WAIT_MS = 1_000;

type Settled = Exclude<StepReference, { status: "retry" }>;

/** Executes a node; what is to be tried again becomes the engine's retry, everything else an answer it keeps. */
async function settle(
  scope: TenantScope,
  executionId: string,
  nodeId: string,
  attempt: number,
): Promise<Settled> {
  const reference = await executeNode(scope, { executionId, nodeId }).catch((error: unknown) => {
    if (error instanceof AppError && !error.retryable)
      throw new NonRetriableError(error.message, { cause: error });
    // Nothing was written: the database was away, or our own code failed.
    const message = error instanceof Error ? error.message : "The node could not be executed.";
    throw new RetryAfterError(message, waitBefore(attempt + 1, undefined, Math.random()), { cause: error });
  });
  if (reference.status !== "retry") return reference;
  throw new RetryAfterError(reference.message, Math.max(LEAST_WAIT_MS, reference.afterMs));
}

function outcomeOf(reference: Settled): Outcome {
  if (reference.status === "completed") return reference;
  return { status: reference.status === "skipped" ? "skipped" : "failed" };
}

type RunStep = (nodeId: string, isParallel: boolean) => Promise<Settled>;

/**
 * Dataflow: each node starts as soon as everything it needs is settled, whatever else is still running. After a failure
 * nothing new starts. @returns whether nodes are left for the next segment
 */
async function flow(graph: Graph, outcomes: Map<string, Outcome>, runStep: RunStep): Promise<boolean> {
  let taken = 0;
  let running = 0;
  let isCut = false;
  const advance = async (): Promise<void> => {
    if ([...outcomes.values()].some((outcome) => outcome.status === "failed")) return;
    const { ready, skipped } = nextSteps(graph, outcomes);
    for (const nodeId of skipped) outcomes.set(nodeId, { status: "skipped" });
    const now = ready.slice(0, SEGMENT_STEPS - taken);
    isCut ||= now.length < ready.length;
    taken += now.length;
    running += now.length;
    const isParallel = running > 1;
    for (const nodeId of now) outcomes.set(nodeId, { status: "running" });
    await Promise.all(
      now.map(async (nodeId) => {
        outcomes.set(nodeId, outcomeOf(await runStep(nodeId, isParallel)));
        running -= 1;
        await advance();
      }),
    );
  };
  await advance();
  return isCut;
}

/**
 * Drives a run from where Postgres says it stands. Steps of the engine hold references only; running it twice at once,
 * or again after a crash, executes no node twice.
 */
export const runExecution = inngest.createFunction(
  {
    id: "run-execution",
    triggers: [executionRequested],
    retries: 10,
    concurrency: { limit: STEPS_AT_ONCE_PER_TENANT, key: "event.data.tenantId" },
    cancelOn: [{ event: executionCancelled, match: "data.executionId" }],
    onFailure: async ({ event }) => {
      const { tenantId, executionId } = event.data.event.data;
      const scope = await jobScope(tenantId, "run-execution");
      const message = "The run could not be continued, although it was tried several times.";
      await failRun(scope, executionId, { code: "engine_gave_up", message });
      await closeLostSteps(scope, executionId);
    },
  },
  async ({ event, step, attempt }) => {
    const { tenantId, executionId, segment } = event.data;
    return withLogContext({ tenantId, executionId }, async () => {
      const scope = await jobScope(tenantId, "run-execution");
      const begun = await step.run("begin", () => beginRun(scope, executionId));
      if (!begun) return;
      const graph = await loadGraph(scope, begun);
      const isCut = await flow(graph, new Map(begun.settled), (nodeId, isParallel) =>
        step.run({ id: `node:${nodeId}`, ...(isParallel ? { parallelMode: "race" as const } : {}) }, () =>
          settle(scope, executionId, nodeId, attempt),
        ),
      );
      if (isCut) {
        const data = { tenantId, executionId, segment: segment + 1 };
        const id = `${event.id}:segment:${segment + 1}`;
        await step.sendEvent("next-segment", executionRequested.create(data, { id }));
      } else {
        await step.run("finish", () => finishRun(scope, executionId));
      }
    });
  },
);
