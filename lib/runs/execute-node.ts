import "server-only";
import { asWorker, type Tx } from "@/db/access";
import type { TenantScope } from "@/db/scope";
import { inPassing } from "@/db/statements";
import { authorize } from "@/lib/auth/authorize";
import { AppError } from "@/lib/errors";
import { abandonStepCalls } from "@/lib/metering/model-calls";
import { type PriceLists, pricesAt } from "@/lib/metering/rates";
import { type MoneyRefusal, refusalOf } from "@/lib/wallet/refusal";
import type { GraphNode } from "@/lib/workflows/graph";
import { isKindName } from "@/lib/workflows/nodes";
import { Outdated } from "./assumed-run";
import { noteAttempt } from "./attempts";
import { awaitMoney, PaidMeanwhile } from "./await-money";
import { type Begun, beginWaiting } from "./begin-waiting";
import { type Claim, claimNew, claimStep, type LateClaim } from "./claim";
import { cleanValue } from "./clean";
import { followUp } from "./follow-up";
import { pinnedEnd } from "./given";
import { type KnownModels, knownModels } from "./known-models";
import { announceChange } from "./live";
import { resourcesOf } from "./needs";
import { retryOf, tenantSuspended, timeLimitOf } from "./node-policy";
import { type MadeStep, valuesFor } from "./node-values";
import { findRunner } from "./nodes/registry";
import type { Runner } from "./nodes/runner";
import { findSuspender } from "./nodes/suspenders";
import { graphOf } from "./pins";
import { type Pending, runEffect } from "./run-effect";
import {
  completedEnd,
  failedEnd,
  finishStep,
  type HeldStep,
  referenceOf,
  type StepReference,
} from "./settle-step";
import { isSurelyLeased } from "./slots";
import { readyModels } from "./step-models";
import { inputOf, noteInput } from "./steps";
import { isOver, loadRun, type RunFacts } from "./store";
import { mayStoreAgain, storeEnded } from "./store-again";
import { type Faults, standingFaults, thisWorker, type Worker } from "./worker";

export type StepAddress = {
  readonly executionId: string;
  readonly nodeId: string;
  readonly iteration?: number;
};
export type ExecuteOptions = { readonly worker?: Worker; readonly faults?: Faults };

export type Opened = Begun | { readonly pending: Pending };

/** Its run has ended while the step was to be left waiting: nothing of it was kept. */
const ENDED_MEANWHILE: Opened = { answer: { status: "cancelled" } };

/**
 * Executes one node of a run, safe to call any number of times and from several processes at once: a short transaction
 * claims the step, the effect happens outside of any, and one transaction stores what came of it. A step that has ended
 * answers what it gave. Nodes without effects take a single transaction.
 *
 * @throws AppError `not_found` when the run is not the tenant's; anything unexpected, with nothing half written
 */
export async function executeNode(
  scope: TenantScope,
  address: StepAddress,
  options: ExecuteOptions = {},
): Promise<StepReference> {
  authorize(scope, "run.work");
  const worker = options.worker ?? thisWorker();
  const faults = options.faults ?? standingFaults();
  const opened = await openFresh(scope, address, worker);
  announceChange(address.executionId);
  if ("answer" in opened) {
    if (opened.ups) await followUp(scope, opened.ups);
    return opened.answer;
  }
  const ended = await runEffect(scope, opened.pending, { faults });
  const reference = await storeEnded(scope, ended).finally(ended.watched.stop);
  announceChange(address.executionId);
  await faults?.at("after_commit", ended.held.node.id);
  return reference;
}

/** Opens a step; again where the database went away and nobody was told whether it was claimed. */
async function openFresh(scope: TenantScope, address: StepAddress, worker: Worker): Promise<Opened> {
  let tried: Pending | undefined;
  for (let tries = 0; ; tries += 1) {
    try {
      return await asWorker(scope, async (tx) => {
        const opened = await openStep(tx, scope, address, { worker, tried });
        if ("pending" in opened) tried = opened.pending;
        return opened;
      });
    } catch (error) {
      if (error instanceof Outdated) return ENDED_MEANWHILE;
      // A price went away, or there is no money for it: the claim was rolled back with the bill, so the step is failed,
      // or left waiting, on its own.
      const refusal = isWithoutPrice(error) ? error : refusalOf(error);
      if (refusal) return openRefused(scope, address, worker, refusal);
      if (!tried || !(await mayStoreAgain(error, tries, []))) throw error;
    }
  }
}

/** Whether a step was refused because what it uses has no price. */
function isWithoutPrice(error: unknown): error is AppError {
  return error instanceof AppError && error.reason === "rate_missing";
}

/** Whether a step was refused because what it uses has no price, or there is no money for it. */
export function isRefused(error: unknown): boolean {
  return isWithoutPrice(error) || refusalOf(error) !== null;
}

type Refusal = AppError | MoneyRefusal;

async function openRefused(
  scope: TenantScope,
  address: StepAddress,
  worker: Worker,
  refusal: Refusal,
): Promise<Opened> {
  try {
    return await asWorker(scope, (tx) => openStep(tx, scope, address, { worker, refusal }));
  } catch (error) {
    if (error instanceof Outdated) return ENDED_MEANWHILE;
    if (!(error instanceof PaidMeanwhile)) throw error;
    return { answer: { status: "retry", afterMs: 0, message: error.message } };
  }
}

async function openStep(
  tx: Tx,
  scope: TenantScope,
  { executionId, nodeId, iteration = 0 }: StepAddress,
  opening: Opening,
): Promise<Opened> {
  const run = await loadRun(tx, scope, executionId);
  const graph = await graphOf(tx, scope, run);
  const node = graph.nodes.find((candidate) => candidate.id === nodeId);
  if (!node) throw new AppError("not_found", "This run has no such node.");
  return openNode(tx, scope, { run, graph, node, iteration }, opening);
}

type Opening = {
  readonly worker: Worker;
  readonly refusal?: Refusal | undefined;
  /** Ends of nodes of the run that are known without a look. */
  readonly made?: ReadonlyMap<string, MadeStep>;
  readonly models?: KnownModels;
  /** Whether to take it for granted that nobody has begun the node. */
  readonly isAssumedNew?: boolean;
  /** What a transaction has claimed the step for of which nobody knows whether it was committed. */
  readonly tried?: Pending | undefined;
};

/**
 * Begins a node in an open transaction: computes it, leaves it waiting, or claims its step and says what is to be run.
 * @param refusal fails the step with this instead, or leaves it waiting for money
 * @throws AppError `precondition`, reason `rate_missing`, when what it uses has no price, or Outdated: the transaction is
 * to be dropped
 */
export async function openNode(
  tx: Tx,
  scope: TenantScope,
  of: Pick<HeldStep, "run" | "graph" | "node" | "iteration" | "lists">,
  { worker, refusal, made, models, isAssumedNew, tried }: Opening,
): Promise<Opened> {
  const { run, node, iteration } = of;
  if (!isKindName(node.kind)) throw new AppError("not_found", "This run has no such node.");
  if (isOver(run)) return { answer: { status: "cancelled" } };
  const place = { executionId: run.id, node, iteration };
  if (isAssumedNew) {
    const late = claimNew(tx, scope, place, worker);
    const runner = run.isSuspended || run.usesPins ? undefined : findRunner(node.kind);
    const held = { ...of, stepId: late.stepId, attempt: 1 };
    if (runner) return startStep(tx, scope, held, runner, { made, models, claim: late.send });
    await late.send();
    return openClaimed(tx, scope, held, { worker, refusal, made, models });
  }
  const claim = await claimStep(tx, scope, place, worker);
  if (claim.kind === "busy") {
    if (tried && isClaimOf(tried, claim)) return { pending: tried };
    const message = "Another attempt has this step.";
    return { answer: { status: "retry", afterMs: claim.afterMs, message } };
  }
  if (claim.kind === "settled") return { answer: referenceOf(claim) };
  if (claim.attempt > 1) {
    await abandonStepCalls(tx, scope, claim.stepId);
    await noteAttempt(tx, scope, { stepId: claim.stepId, attempt: claim.attempt - 1, outcome: "lost" });
  }
  const held = { ...of, stepId: claim.stepId, attempt: claim.attempt };
  return openClaimed(tx, scope, held, { worker, refusal, made, models });
}

/** Whether a step is held by what was tried: the claim was committed after all, and there is time enough to begin. */
function isClaimOf({ held }: Pending, { holds }: Extract<Claim, { kind: "busy" }>): boolean {
  const isIt = holds?.stepId === held.stepId && holds.attempt === held.attempt;
  return isIt && isSurelyLeased(held.sinceMs, performance.now());
}

/** The same for a step that is claimed. */
async function openClaimed(
  tx: Tx,
  scope: TenantScope,
  held: HeldStep,
  { refusal, made, models }: Opening,
): Promise<Opened> {
  const { run, node } = held;
  if (refusal instanceof AppError) return { answer: await fail(tx, scope, held, refusal) };
  if (run.isSuspended) return { answer: await fail(tx, scope, held, tenantSuspended()) };
  const { attempts } = retryOf(node);
  if (held.attempt > attempts)
    return { answer: await fail(tx, scope, held, lostTooOften(node.name, attempts)) };
  if (refusal) return { answer: await awaitMoney(tx, scope, held, refusal) };
  const pinned = pinnedEnd(run, node);
  if (pinned) return { answer: await finishStep(tx, scope, held, pinned) };
  const suspender = findSuspender(node.kind);
  if (suspender) {
    const lists = held.lists ?? (await listsOf(tx, scope, run, node));
    return beginWaiting(tx, scope, { ...held, lists }, suspender);
  }
  const runner = findRunner(node.kind);
  if (!runner) return { answer: await fail(tx, scope, held, cannotRun(node.name)) };
  return startStep(tx, scope, held, runner, { made, models });
}

type Start = {
  readonly made?: ReadonlyMap<string, MadeStep> | undefined;
  readonly models?: KnownModels | undefined;
  /** Claims the step, where that is not done yet. */
  readonly claim?: LateClaim["send"];
};

function lostTooOften(nodeName: string, attempts: number): AppError {
  const times = attempts === 1 ? "" : ` ${attempts} times`;
  const message = `What worked on “${nodeName}” stopped${times} before it was done, so it is not tried again.`;
  return new AppError("internal", message, { reason: "process_lost", retryable: false });
}

function cannotRun(nodeName: string): AppError {
  return new AppError("internal", `“${nodeName}” is of a kind that cannot be run.`, {
    reason: "kind_without_runner",
    retryable: false,
  });
}

/** Computes a pure node, or renders what another is about to do. Only AppErrors of the node itself fail it here. */
async function startStep(
  tx: Tx,
  scope: TenantScope,
  claimed: HeldStep,
  runner: Runner,
  { made, models, claim }: Start,
): Promise<Opened> {
  const { run, node } = claimed;
  const lists = claimed.lists ?? (await listsOf(tx, scope, run, node));
  const held = { ...claimed, lists, sinceMs: performance.now() };
  const values = await valuesFor(tx, scope, run, node, made ? { made } : {});
  try {
    if (runner.isPure) {
      const end = completedEnd(node.name, runner.compute(node.config, values));
      if ("error" in end) throw end.error;
      return { answer: await finishStep(tx, scope, held, end) };
    }
    const before = held.attempt > 1 ? await inputOf(tx, scope, held) : undefined;
    const prepared = runner.prepare(node.config, values, before);
    const known = { ...(models ?? knownModels()), isAssumed: claim !== undefined };
    const asked = await readyModels(tx, scope, held, prepared.shown, known);
    const input = cleanValue(prepared.shown);
    if (claim) await claim(input);
    else await inPassing(tx, noteInput(tx, scope, held, input));
    const leftMs = run.deadlineAt ? run.deadlineAt.getTime() - run.now.getTime() : Number.POSITIVE_INFINITY;
    const { timeoutMs, isRetryable: isTimeoutRetryable } = timeLimitOf(node, leftMs);
    const { run: effect, ahead } = prepared;
    return { pending: { held, run: effect, ahead, timeoutMs, isTimeoutRetryable, models: asked } };
  } catch (error) {
    if (!(error instanceof AppError) || isWithoutPrice(error)) throw error;
    await claim?.();
    return { answer: await fail(tx, scope, held, error) };
  }
}

/** The prices of now of everything a node may use. */
async function listsOf(tx: Tx, scope: TenantScope, run: RunFacts, node: GraphNode): Promise<PriceLists> {
  return pricesAt(tx, scope, resourcesOf([node]), run.now);
}

function fail(tx: Tx, scope: TenantScope, held: HeldStep, error: AppError): Promise<StepReference> {
  return finishStep(tx, scope, held, failedEnd(error));
}
