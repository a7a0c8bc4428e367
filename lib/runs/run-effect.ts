import "server-only";
import type { TenantScope } from "@/db/scope";
import { AppError } from "@/lib/errors";
import { stepKeyOf } from "./billing";
import { meteredCalls } from "./metered-calls";
import type { Ahead, NodeContext, NodeResult } from "./nodes/runner";
import type { Account, Effect, HeldStep } from "./settle-step";
import type { StepModels } from "./step-models";
import { type Watched, watchStep } from "./watch";
import type { Faults } from "./worker";

/** A step that was claimed, and the effect that is to be run for it outside of any transaction. */
export type Pending = {
  readonly held: HeldStep;
  readonly timeoutMs: number;
  /** Whether running out of time is worth another attempt. */
  readonly isTimeoutRetryable: boolean;
  readonly ahead: Ahead;
  readonly run: (context: NodeContext) => Promise<NodeResult>;
  readonly models: StepModels;
};

/** What came of an effect, and what it used. */
export type Ended = {
  readonly held: HeldStep;
  readonly effect: Effect;
  readonly account: Account;
  /** Looks after its step until this is stored or given up, and is to be stopped then. */
  readonly watched: Pick<Watched, "look" | "stop">;
};

/**
 * Runs the effect of a claimed step, which is looked after from then on. Whatever becomes of it is a value.
 * @param over aborts when the run is cancelled, which may have been before this begins
 * @param claimed settles once its claim is committed, where that is on its way: some wait for it before their first call
 */
export async function runEffect(
  scope: TenantScope,
  pending: Pending,
  { faults, over, claimed }: { faults: Faults | undefined; over?: AbortSignal; claimed?: Promise<void> },
): Promise<Ended> {
  const { held, timeoutMs } = pending;
  const { run, node, stepId, attempt } = held;
  const certain = pending.ahead === "to_call" ? claimed : undefined;
  // Faults come where a step is claimed.
  if (faults) await certain;
  await faults?.at("claimed", node.id);
  const watched = watchStep(scope, { executionId: run.id, stepId, attempt }, { timeoutMs, over, claimed });
  try {
    return await whileWatched(scope, pending, watched, { faults, certain });
  } catch (error) {
    watched.stop();
    throw error;
  }
}

async function whileWatched(
  scope: TenantScope,
  pending: Pending,
  watched: Watched,
  { faults, certain }: { faults: Faults | undefined; certain: Promise<void> | undefined },
): Promise<Ended> {
  const { held, timeoutMs } = pending;
  const { run, node, stepId, attempt } = held;
  const { signal } = watched;
  const stepKey = stepKeyOf(run.id, node.id, held.iteration);
  const { asking, noted } = pending.models;
  const account = { executionId: run.id, stepId, stepKey, attempt, signal, timeoutMs };
  const calls = meteredCalls(scope, { ...account, asking, noted, sinceMs: held.sinceMs, certain });
  const source = {
    executionId: run.id,
    rootExecutionId: run.rootExecutionId,
    workflowId: run.workflowId,
    stepId,
    nodeId: node.id,
    userId: run.startedBy,
  };
  await faults?.at("before_effect", node.id);
  const effect = await effectOf(watched, pending, {
    scope,
    executionId: run.id,
    nodeId: node.id,
    nodeName: node.name,
    attempt,
    signal,
    timeoutMs,
    calls,
    source,
    stepKey,
    models: pending.models,
  });
  await faults?.at("after_effect", node.id);
  const { isCancelled } = watched.state();
  return { held, effect, account: { calls: calls.ended(), unmade: calls.unmade(), isCancelled }, watched };
}

/** Runs the effect and turns its end, whatever it is, into a value. */
async function effectOf(watched: Watched, pending: Pending, context: NodeContext): Promise<Effect> {
  try {
    return { result: await pending.run(context) };
  } catch (error) {
    if (!watched.state().isTimedOut) return { error };
    const seconds = Math.max(0.1, Math.round(pending.timeoutMs / 100) / 10);
    const message = `“${context.nodeName}” took longer than ${seconds} ${seconds === 1 ? "second" : "seconds"}.`;
    const retryable = pending.isTimeoutRetryable;
    return { error: new AppError("upstream", message, { reason: "node_timeout", retryable, cause: error }) };
  }
}
