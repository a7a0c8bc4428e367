import "server-only";
import type { z } from "zod";
import type { TenantScope } from "@/db/scope";
import type { BulkDone } from "@/lib/runs/commands/bulk";
import { type RunMessage, runEvents } from "@/lib/runs/events";
import { isFinished, type RunStatus } from "@/lib/runs/input";
import { moneyWaitOf } from "@/lib/runs/money-wait";
import type { RunSummary } from "@/lib/runs/run-columns";
import { getRun, type StepSummary } from "@/lib/runs/run-queries";
import type { StepDetail } from "@/lib/runs/step-queries";
import { addTokens, NO_TOKENS, stepFigures } from "@/lib/runs/step-tokens";
import { getRunValue } from "@/lib/runs/value-queries";
import { whyWaiting } from "@/lib/runs/why-waiting";
import { type execution, executionMessage, type executionSummary, type liveStep } from "./execution-schemas";
import type { getStepOperation } from "./operations/executions";

type Failed = { errorCode: string | null; errorMessage: string | null; errorNodeId: string | null };

/** Why a run did not come to its end, for programs; null when nothing went wrong. */
export function errorOf({ errorCode, errorMessage, errorNodeId }: Failed) {
  if (errorCode === null && errorMessage === null) return null;
  return { code: errorCode, message: errorMessage, nodeId: errorNodeId };
}

export function summaryView(run: RunSummary): z.input<typeof executionSummary> {
  return { ...run, cost: run.costMicros, error: errorOf(run) };
}

function stepView(step: StepSummary): z.input<typeof liveStep> {
  return { ...step, cost: step.costMicros };
}

const NO_PLACE = { position: null, running: null, maxRunning: null };

/** Why a run waits for room or for money, as its page says; null when it does not. */
async function waitingView(
  scope: TenantScope,
  { id, status }: { id: string; status: RunStatus },
): Promise<z.input<typeof execution>["waiting"]> {
  if (isFinished(status)) return null;
  const room = await whyWaiting(scope, id);
  if (room?.kind === "line") {
    const { position, running, maxRunning } = room;
    return { reason: "line", position, running, maxRunning };
  }
  if (room) return { reason: room.kind, ...NO_PLACE };
  const money = status === "waiting" ? await moneyWaitOf(scope, id) : null;
  return money ? { reason: money.reason, ...NO_PLACE } : null;
}

/** A run as the API shows it: with the tokens and the cost of each step. @throws AppError `not_found` */
export async function executionView(
  scope: TenantScope,
  executionId: string,
): Promise<z.input<typeof execution>> {
  const run = await getRun(scope, executionId);
  const figures = await stepFigures(scope, executionId);
  const steps = run.steps.map((step) => ({
    ...stepView(step),
    errorCode: figures.get(step.id)?.errorCode ?? null,
    tokens: figures.get(step.id)?.tokens ?? NO_TOKENS,
  }));
  const tokens = steps.reduce((sum, step) => addTokens(sum, step.tokens), NO_TOKENS);
  return {
    ...summaryView(run),
    version: run.versionNumber,
    input: run.input,
    result: run.result,
    deadlineAt: run.deadlineAt,
    waiting: await waitingView(scope, run),
    tokens,
    steps,
  };
}

/** The live view of a run as the API sends it: what was told last has its result. @throws AppError `not_found` */
export async function* executionMessages(
  scope: TenantScope,
  executionId: string,
  options: { after: number; signal: AbortSignal },
) {
  let result: unknown = null;
  for await (const message of runEvents(scope, executionId, options)) {
    if (message && isFinished(message.execution.status))
      result ??= await getRunValue(scope, { executionId, part: "output" });
    yield message && messageView(message, result);
  }
}

function messageView({ execution: run, steps, revision }: RunMessage, result: unknown) {
  const { costMicros, errorMessage, errorNodeId, ...rest } = run;
  const error = errorMessage === null ? null : { message: errorMessage, nodeId: errorNodeId };
  const message = executionMessage.parse({
    execution: { ...rest, cost: costMicros, result, error },
    steps: steps.map(stepView),
  });
  return { ...message, revision };
}

/** What became of each of several runs. */
export function bulkView({ results }: BulkDone) {
  return {
    results: results.map((result) =>
      result.ok
        ? { id: result.executionId, ok: true, startedId: result.startedId, error: null }
        : {
            id: result.executionId,
            ok: false,
            startedId: null,
            error: { code: result.code, message: result.message },
          },
    ),
  };
}

/** A step with what it worked on and every line of its cost. */
export function stepDetailView(step: StepDetail): z.input<typeof getStepOperation.response> {
  const charges = step.charges.map(({ rateMicros, costMicros, ...charge }) => ({
    ...charge,
    rate: rateMicros,
    cost: costMicros,
  }));
  return { ...step, modelCalls: step.calls, charges };
}
