import { NonRetriableError, RetryAfterError } from "inngest";
import type { TenantScope } from "@/db/scope";
import { jobScope } from "@/lib/auth/scope";
import { AppError } from "@/lib/errors";
import { withLogContext } from "@/lib/log";
import { executeNode } from "@/lib/runs/execute-node";
import { beginRun, closeDrive, closeLostSteps, failRun, loadGraph, type Standing } from "@/lib/runs/finish";
import {
  flow,
  isDoneAfter,
  type Settled,
  type SettledNodes,
  settleEffect,
  settlePure,
  withSettled,
} from "@/lib/runs/flow";
import { findRunner } from "@/lib/runs/nodes/registry";
import { waitBefore } from "@/lib/runs/retry";
import type { Graph } from "@/lib/workflows/graph";
import { nextSteps } from "@/lib/workflows/schedule";
import { inngest } from "../client";
import { executionCancelled, executionRequested } from "../events";

/** Engine steps for nodes in one function run. Every call replays them, so a longer run is a chain of segments. */
const SEGMENT_STEPS = 64;
/** Steps of one tenant that run at the same time, over all processes. */
export const STEPS_AT_ONCE_PER_TENANT = 8;
const LEAST_WAIT_MS = 1_000;

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
  // Its lease was renewed while this waited: whoever has it lives, and the run goes on from there.
  if (reference.isBusy && attempt > 0) return { status: "waiting" };
  throw new RetryAfterError(reference.message, Math.max(LEAST_WAIT_MS, reference.afterMs));
}

/** Whether a node of this graph only computes: then the engine need not be asked for it alone. */
function pureNodes(graph: Graph): (nodeId: string) => boolean {
  const pure = new Set(graph.nodes.filter((node) => findRunner(node.kind)?.isPure).map((node) => node.id));
  return (nodeId) => pure.has(nodeId);
}

/** What a step of the engine keeps: how its nodes stand, and how the run does when they were its last. */
type Done = { readonly settled: SettledNodes; readonly standing: Standing | null };

/** Marks a run as under way and computes what needs nothing else. Null when there is nothing to do. */
async function begin(scope: TenantScope, executionId: string, attempt: number) {
  const begun = await beginRun(scope, executionId);
  if (!begun) return null;
  const graph = await loadGraph(scope, begun);
  const isPure = pureNodes(graph);
  const outcomes = new Map(begun.settled);
  const ready = nextSteps(graph, outcomes).ready.filter(isPure);
  const hasFailed = [...outcomes.values()].some((outcome) => outcome.status === "failed");
  const settled = hasFailed
    ? []
    : await settlePure(graph, outcomes, ready, {
        isPure,
        settle: (nodeId) => settle(scope, executionId, nodeId, attempt),
      });
  const standing = isDoneAfter(graph, outcomes, settled) ? await closeDrive(scope, executionId) : null;
  return { ...begun, settled: [...withSettled(outcomes, settled)], standing };
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
      const begun = await step.run("begin", () => begin(scope, executionId, attempt));
      if (!begun) return;
      const graph = await loadGraph(scope, begun);
      const isPure = pureNodes(graph);
      const settling = { isPure, settle: (nodeId: string) => settle(scope, executionId, nodeId, attempt) };
      let standing = begun.standing;
      const isCut = await flow(graph, new Map(begun.settled), {
        isPure,
        most: SEGMENT_STEPS,
        run: async ({ id, nodeIds, isParallel }, outcomes) => {
          const options = { id, ...(isParallel ? { parallelMode: "race" as const } : {}) };
          const done = await step.run(options, async (): Promise<Done> => {
            const [first = ""] = nodeIds;
            const settled = isPure(first)
              ? await settlePure(graph, outcomes, nodeIds, settling)
              : await settleEffect(graph, outcomes, first, settling);
            if (!isDoneAfter(graph, outcomes, settled)) return { settled, standing: null };
            return { settled, standing: await closeDrive(scope, executionId) };
          });
          standing ??= done.standing;
          return done.settled;
        },
      });
      standing ??= isCut ? null : await step.run("finish", () => closeDrive(scope, executionId));
      const hasWork = isCut || standing?.hasWork === true;
      if (!hasWork) return;
      const data = { tenantId, executionId, segment: segment + 1 };
      const [first = executionId] = (event.id ?? executionId).split(":segment:");
      const id = `${first}:segment:${segment + 1}`;
      await step.sendEvent("next-segment", executionRequested.create(data, { id }));
    });
  },
);
