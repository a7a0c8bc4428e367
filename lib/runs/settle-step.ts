import type { Tx } from "@/db/access";
import type { TenantScope } from "@/db/scope";
import { inPassing, type Statement, together } from "@/db/statements";
import { AppError } from "@/lib/errors";
import { log } from "@/lib/log";
import type { PriceLists } from "@/lib/metering/rates";
import type { Graph, GraphNode } from "@/lib/workflows/graph";
import { portsOfNode } from "@/lib/workflows/nodes";
import { nextSteps } from "@/lib/workflows/schedule";
import { Outdated } from "./assumed-run";
import { type EndedAttempt, noteAttempt } from "./attempts";
import { billReads, settleCalls, type UsedTokens, usedBy, writeBill } from "./billing";
import { cleanDetail, cleanOutput, cleanValue } from "./clean";
import { isFinished, type StepStatus } from "./input";
import type { MadeCall } from "./metered-calls";
import { afterPolicy, retryOf } from "./node-policy";
import { keepMade, type MadeStep, madeOf } from "./node-values";
import { findRunner } from "./nodes/registry";
import type { NodeResult } from "./nodes/runner";
import { judge, MAX_ATTEMPTS } from "./retry";
import { endRow, insertSkipped, portsOf, postponeStep, type StepEnd } from "./steps";
import { loadOutcomes, loadRun, type RunFacts } from "./store";

/** How a step stands: references only, so that the engine keeps nothing of a run's content. */
export type StepReference =
  | { readonly status: "completed"; readonly ports: readonly string[] }
  /** `waiting`: something outside lets it go on, and then the run is sent again. */
  | { readonly status: "failed" | "cancelled" | "skipped" | "waiting" }
  /** To be asked for again after so many milliseconds. */
  | { readonly status: "retry"; readonly afterMs: number; readonly message: string };

/** A step in the hands of one attempt. */
export type HeldStep = {
  readonly run: RunFacts;
  readonly graph: Graph;
  readonly node: GraphNode;
  readonly iteration: number;
  readonly stepId: string;
  readonly attempt: number;
  /** Since when this process has had it, by its own clock, where that is known. */
  readonly sinceMs?: number;
  /** It waits for something outside; nobody works on it. */
  readonly isWaiting?: boolean;
  /** All prices of the time at which it was claimed, which are those of its bill; left out to read them. */
  readonly lists?: PriceLists;
};

/** What the effect of an attempt came to. */
export type Effect = { readonly result: NodeResult } | { readonly error: unknown };

/** What an attempt used, and whether its run was cancelled meanwhile. */
export type Account = {
  readonly calls: readonly MadeCall[];
  /** The call that was noted with the claim and not made. */
  readonly unmade: string | null;
  readonly isCancelled: boolean;
};

export function referenceOf(step: { status: StepStatus; branch: string | null }): StepReference {
  if (step.status === "completed") return { status: "completed", ports: portsOf(step.branch) };
  return { status: step.status === "running" ? "cancelled" : step.status };
}

/**
 * Stores what an attempt came to: output, calls, ledger rows and skipped nodes in one transaction, or nothing but the
 * calls when a newer attempt has the step. What a cancelled run still gave is dropped; what it used is billed.
 * @param known `run`: as this transaction has read it; `made`: where the end is noted; `isAssumedOurs`: whether to take
 * it for granted that no newer attempt has the step
 * @throws Outdated, at the latest before the commit, when that is not so
 */
export async function settleStep(
  tx: Tx,
  scope: TenantScope,
  held: HeldStep,
  effect: Effect,
  account: Account,
  { run: asRead, ...known }: { readonly run?: RunFacts } & Pick<Ways, "made" | "isAssumedOurs"> = {},
): Promise<StepReference> {
  await settleCalls(tx, scope, account);
  const now = asRead ?? (await loadRun(tx, scope, held.run.id));
  const isOver = account.isCancelled || isFinished(now.status) || now.cancelRequestedAt !== null;
  const end = isOver ? ({ status: "cancelled" } as const) : endOf(held, effect);
  if (end.status === "retry") {
    const isOurs = await postponeStep(tx, scope, held, end);
    if (isOurs) await noteAttempt(tx, scope, failedAttempt(held, end));
    return { status: "retry", afterMs: end.afterMs, message: end.message };
  }
  const isEstimated = account.calls.some((call) => call.isEstimated);
  // A first attempt knows what it has used; of one that was lost nobody here does.
  const used = held.attempt === 1 && !account.isCancelled ? usedBy(account.calls) : undefined;
  return finishStep(tx, scope, held, end, { isEstimated, used, ...known });
}

type Postponed = { code: string; message: string; afterMs: number };

function failedAttempt({ stepId, attempt }: HeldStep, { code, message, afterMs }: Postponed): EndedAttempt {
  return { stepId, attempt, outcome: "failed", errorCode: code, errorMessage: message, waitMs: afterMs };
}

type Ending = StepEnd | ({ status: "retry" } & Postponed);

function endOf(held: HeldStep, effect: Effect): Ending {
  const named = "error" in effect ? effect : completedEnd(held.node.name, effect.result);
  if (!("error" in named)) return named;
  const { error } = named;
  if (!(error instanceof AppError) || error.code === "internal") {
    log.error({ err: error, executionId: held.run.id, nodeId: held.node.id }, "a node failed unexpectedly");
  }
  const verdict = judge(error, held.attempt, Math.random(), retryOf(held.node));
  if (verdict.kind === "retry") return { status: "retry", ...verdict };
  return { status: "failed", errorCode: verdict.code, errorMessage: verdict.message };
}

/** The end of a step that failed for good. What became of its process is told as it is. */
export function failedEnd(error: AppError): StepEnd {
  const { code, message } = judge(error, MAX_ATTEMPTS, 0);
  const errorMessage = error.reason === "process_lost" ? error.message : message;
  return { status: "failed", errorCode: code, errorMessage };
}

/** A result as it is stored, or what is wrong with it. */
export function completedEnd(nodeName: string, result: NodeResult): StepEnd | { error: unknown } {
  try {
    return {
      status: "completed",
      ...(result.input ? { input: cleanValue(result.input) } : {}),
      output: cleanOutput(result.output, nodeName),
      branch: result.branch ?? null,
      ...(result.detail ? { detail: cleanDetail(result.detail) } : {}),
    };
  } catch (error) {
    return { error };
  }
}

type Ways = {
  readonly isEstimated?: boolean;
  /** The tokens of all attempts, where they are known. */
  readonly used?: readonly UsedTokens[] | undefined;
  /** Where the end is noted, for nodes that read it in this process. */
  readonly made?: Map<string, MadeStep> | undefined;
  readonly isAssumedOurs?: boolean;
  /** Nothing was set aside for it: what it costs itself must be there. */
  readonly isUnheld?: boolean;
};

/**
 * Ends the step, bills it, and notes the nodes that its end leaves without a live edge. A failure that the node's policy
 * goes on from completes the step; the node itself is not billed for it, what it used is.
 */
export async function finishStep(
  tx: Tx,
  scope: TenantScope,
  held: HeldStep,
  given: StepEnd,
  { isEstimated = false, used, made, isAssumedOurs = false, isUnheld = false }: Ways = {},
): Promise<StepReference> {
  const { run, node, iteration, stepId } = held;
  const end = afterPolicy(node, given);
  const isPure = findRunner(node.kind)?.isPure ?? false;
  const step = {
    stepId,
    nodeId: node.id,
    iteration,
    hasCompleted: given.status === "completed",
    occurredAt: run.now,
    isEstimated,
    used: isPure ? [] : used,
    isUnheld: isUnheld || isPure,
    lists: held.lists,
  };
  const row = endRow(tx, scope, held, end);
  const reads = billReads(tx, scope, run, step);
  const [isOurs, ...read] = await together(tx, [
    isAssumedOurs ? assumeEnded(tx, row) : { execute: async () => (await row.execute()).length > 0 },
    ...reads,
  ]);
  if (!isOurs) return { status: "retry", afterMs: 0, message: "Another attempt has this step." };
  if (made) keepMade(made, madeOf(node.id, end));
  if (!given.isPinned) await writeBill(tx, scope, run, step, read);
  if (end.status === "completed" && branches(held.graph)) await skipDeadNodes(tx, scope, held);
  return referenceOf({ status: end.status, branch: end.branch ?? null });
}

function assumeEnded(tx: Tx, row: ReturnType<typeof endRow>): Statement<true> {
  const check = (ended: readonly unknown[]) => {
    if (ended.length === 0) throw new Outdated();
  };
  return { execute: () => inPassing(tx, row, check).then(() => true) };
}

function branches(graph: Graph): boolean {
  return graph.nodes.some((node) => portsOfNode(node).length > 1);
}

async function skipDeadNodes(tx: Tx, scope: TenantScope, { run, graph }: HeldStep): Promise<void> {
  const skipped = new Set(nextSteps(graph, await loadOutcomes(tx, scope, run.id)).skipped);
  await insertSkipped(
    tx,
    scope,
    run.id,
    graph.nodes.filter((node) => skipped.has(node.id)),
  );
}
