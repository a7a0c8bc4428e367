import "server-only";
import { asTenant } from "@/db/access";
import type { TenantScope } from "@/db/scope";
import { type PreparedAnswer, prepareAnswer } from "@/lib/agents/answer";
import type { Citation } from "@/lib/agents/prompt";
import type { StreamEvent } from "@/lib/ai/answer";
import type { GenerateResult } from "@/lib/ai/call";
import { stream } from "@/lib/ai/stream";
import type { TokenUsage } from "@/lib/ai/usage";
import { authorize } from "@/lib/auth/authorize";
import { beginModelCall } from "@/lib/metering/model-calls";
import type { Micros } from "@/lib/money";
import { stepKeyOf } from "./billing";
import { runCost } from "./cost";
import { AGENT_NODE_ID } from "./pins";
import { type Asked, closeRun, DEADLINE_MS, type OpenedRun, openRun, sourceOf } from "./playground-record";
import { withModel } from "./set-aside";
import { watchStep } from "./watch";

const ANSWER_TIMEOUT_MS = 180_000;

export type PlaygroundAnswer = {
  executionId: string;
  text: string;
  usage: TokenUsage;
  latencyMs: number;
  firstTokenMs: number | null;
  /** What the tenant pays for this answer with its searches. */
  costMicros: Micros;
  citations: Citation[];
  finishReason: string;
};

export type PlaygroundRun = {
  executionId: string;
  /** Text and tool calls as they come. Throws what `answer` rejects with. */
  events: AsyncIterable<StreamEvent>;
  /** Settles once the usage is written, also when nobody listens any more. */
  answer: Promise<PlaygroundAnswer>;
};

/**
 * Asks an agent in the playground: a run with trigger `playground` and one step, answered in this process so that it
 * streams. It is metered like any run: the call is noted before it is made, and its usage, ledger rows and result are
 * written in one transaction when it ends, however it ends. Aborting, or cancelling the run, stops the model; what it
 * had said is billed.
 *
 * @throws AppError `not_found`; `precondition` (`agent_inactive`, `rate_missing`, `model_unavailable`)
 */
export async function runPlayground(
  scope: TenantScope,
  input: Asked & { abortSignal?: AbortSignal },
): Promise<PlaygroundRun> {
  authorize(scope, "agent.run");
  const opened = await openRun(scope, input);
  const { executionId } = opened;
  const held = { executionId, stepId: opened.stepId, attempt: 1 };
  const watched = watchStep(scope, held, { timeoutMs: DEADLINE_MS, over: input.abortSignal });
  try {
    const prepared = await prepareAnswer(scope, {
      agent: opened.cheaperModel ? withModel(opened.agent, opened.cheaperModel) : opened.agent,
      messages: input.messages,
      source: sourceOf(scope, opened),
      usageKey: stepKeyOf(executionId, AGENT_NODE_ID, 0),
      timeoutMs: ANSWER_TIMEOUT_MS,
      abortSignal: watched.signal,
    });
    const callId = await beginCall(scope, opened, prepared);
    const { events, result } = stream(prepared.call);
    const answer = settle(scope, opened, prepared, callId, result).finally(watched.stop);
    // Whoever reads only the events hears of a failure there.
    answer.catch(() => undefined);
    return { executionId, events, answer };
  } catch (error) {
    watched.stop();
    await closeRun(scope, opened, { error });
    throw error;
  }
}

function beginCall(scope: TenantScope, { executionId, stepId, agent }: OpenedRun, { model }: PreparedAnswer) {
  return beginModelCall(scope, {
    modelKey: model.modelKey,
    provider: model.provider,
    purpose: "playground",
    callKey: `${stepKeyOf(executionId, AGENT_NODE_ID, 0)}:call:1.1`,
    executionId,
    stepId,
    agentId: agent.agentId,
  });
}

async function settle(
  scope: TenantScope,
  opened: OpenedRun,
  prepared: PreparedAnswer,
  callId: string,
  result: Promise<GenerateResult>,
): Promise<PlaygroundAnswer> {
  const { executionId } = opened;
  const answer = await result.catch(async (error: unknown) => {
    await closeRun(scope, opened, { callId, prepared, error });
    throw error;
  });
  const citations = prepared.citationsIn(answer.text);
  await closeRun(scope, opened, { callId, prepared, answer, citations });
  const costMicros = await asTenant(scope, (tx) => runCost(tx, scope, executionId));
  const { text, usage, latencyMs, firstTokenMs, finishReason } = answer;
  return {
    executionId,
    text,
    usage,
    latencyMs,
    firstTokenMs: firstTokenMs ?? null,
    costMicros,
    citations,
    finishReason,
  };
}
