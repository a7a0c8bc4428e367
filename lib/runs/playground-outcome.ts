import "server-only";
import { and, eq } from "drizzle-orm";
import { asTenant, type Tx } from "@/db/access";
import { executionSteps, executions } from "@/db/schema/ai";
import { modelCalls } from "@/db/schema/model-calls";
import type { TenantScope } from "@/db/scope";
import type { PlaygroundEvent } from "@/lib/agents/playground-events";
import type { Citation } from "@/lib/agents/prompt";
import { authorize } from "@/lib/auth/authorize";
import { isId } from "@/lib/ids";
import { runCost } from "./cost";
import { isFinished } from "./input";
import { nextChange } from "./live";
import { AGENT_NODE_ID } from "./pins";
import { runKeyOf } from "./playground-record";
import { executionIs, runNotFound, stepsOf } from "./store";

const LOOK_EVERY_MS = 500;
const LONGEST_LOOK_MS = 5_000;

/**
 * What became of an answer in the playground whose stream was left, with what it cost: stopping comes too late where
 * the answer was whole already. Waits a little for its usage to be written; `start` when it still is not.
 * @throws AppError `not_found`
 */
export async function playgroundOutcome(
  scope: TenantScope,
  { agentId, executionId }: { agentId: string; executionId: string },
  signal: AbortSignal,
): Promise<PlaygroundEvent> {
  authorize(scope, "run.read");
  if (!isId(agentId) || !isId(executionId)) throw runNotFound();
  const until = performance.now() + LONGEST_LOOK_MS;
  for (;;) {
    const ended = await asTenant(scope, (tx) => endOf(tx, scope, agentId, executionId));
    if (ended) return ended;
    if (signal.aborted || performance.now() >= until) return { type: "start", executionId };
    await nextChange(executionId, LOOK_EVERY_MS, signal);
  }
}

/**
 * The run of a question that was stopped before its id was told. Waits a little for it: it may just be written.
 * @throws AppError `not_found`
 */
export async function playgroundRunOf(
  scope: TenantScope,
  { agentId, questionKey }: { agentId: string; questionKey: string },
  signal: AbortSignal,
): Promise<string> {
  authorize(scope, "run.read");
  if (!isId(agentId) || !isId(questionKey)) throw runNotFound();
  const until = performance.now() + LONGEST_LOOK_MS;
  for (;;) {
    const [run] = await asTenant(scope, (tx) =>
      tx
        .select({ id: executions.id })
        .from(executions)
        .where(
          and(
            eq(executions.tenantId, scope.tenantId),
            eq(executions.idempotencyKey, runKeyOf(scope, questionKey)),
            eq(executions.agentId, agentId),
          ),
        ),
    );
    if (run) return run.id;
    if (signal.aborted || performance.now() >= until) throw runNotFound();
    await nextChange(questionKey, LOOK_EVERY_MS, signal);
  }
}

/** Null while it is answered, or its call is not settled. */
async function endOf(
  tx: Tx,
  scope: TenantScope,
  agentId: string,
  executionId: string,
): Promise<PlaygroundEvent | null> {
  const [run] = await tx
    .select({
      status: executions.status,
      errorMessage: executions.errorMessage,
      output: executionSteps.output,
      detail: executionSteps.detail,
    })
    .from(executions)
    .innerJoin(executionSteps, and(stepsOf(scope, executionId), eq(executionSteps.nodeId, AGENT_NODE_ID)))
    .where(
      and(
        executionIs(scope, executionId),
        eq(executions.agentId, agentId),
        eq(executions.trigger, "playground"),
      ),
    );
  if (!run) throw runNotFound();
  const calls = await tx
    .select({
      status: modelCalls.status,
      purpose: modelCalls.purpose,
      inputTokens: modelCalls.inputTokens,
      outputTokens: modelCalls.outputTokens,
      latencyMs: modelCalls.latencyMs,
    })
    .from(modelCalls)
    .where(and(eq(modelCalls.tenantId, scope.tenantId), eq(modelCalls.executionId, executionId)));
  if (!isFinished(run.status ?? "pending") || calls.some((call) => call.status === "started")) return null;
  if (run.status === "failed") {
    return { type: "error", error: { code: "upstream", message: run.errorMessage ?? "It failed." } };
  }
  const call = calls.find(({ purpose }) => purpose === "playground");
  const { finishReason = "", firstTokenMs = null } = (run.detail ?? {}) as Detail;
  const facts = {
    executionId,
    inputTokens: call?.inputTokens ?? 0,
    outputTokens: call?.outputTokens ?? 0,
    latencyMs: call?.latencyMs ?? 0,
    firstTokenMs,
    costMicros: (await runCost(tx, scope, executionId)).toString(),
  };
  if (run.status === "cancelled") return { type: "stopped", facts };
  const { text, citations } = run.output as { text: string; citations: Citation[] };
  return { type: "done", text, facts, citations, finishReason };
}

type Detail = { finishReason?: string; firstTokenMs?: number | null };
