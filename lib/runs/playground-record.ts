import "server-only";
import { asWorker, isUniqueViolation } from "@/db/access";
import { executionSteps, executions } from "@/db/schema/ai";
import type { TenantScope } from "@/db/scope";
import type { PreparedAnswer } from "@/lib/agents/answer";
import type { AgentMessage } from "@/lib/agents/input";
import type { Citation } from "@/lib/agents/prompt";
import { type AgentVersionDto, runnableVersion } from "@/lib/agents/queries";
import { actingUser } from "@/lib/agents/store";
import type { GenerateResult } from "@/lib/ai/call";
import { ModelCallError } from "@/lib/ai/errors";
import { audit } from "@/lib/audit/record";
import { AppError } from "@/lib/errors";
import { newId } from "@/lib/ids";
import { searchedModels } from "@/lib/knowledge/store";
import { assertPriced } from "@/lib/metering/rates";
import { presentTime } from "@/lib/present-time";
import { switchingCaps } from "@/lib/wallet/caps/store";
import { hold } from "@/lib/wallet/money-gatherer";
import { refusalError, refusalOf } from "@/lib/wallet/refusal";
import { assertStartsOpen, grantedLimits } from "./admission";
import { billStep, settleCalls, stepKeyOf } from "./billing";
import { toCitations } from "./citations";
import { cleanDetail, cleanText, cleanValue } from "./clean";
import { endingAsWorker } from "./end-line";
import { endRun, type RunEnd } from "./end-run";
import { followUp, newFollowUps } from "./follow-up";
import { announceChange } from "./live";
import { callEnd, type EndedCall } from "./metered-calls";
import { textModelNeeds } from "./nodes/llm";
import { AGENT_NODE_ID } from "./pins";
import { promptDetail } from "./prompt-detail";
import { type CheaperModel, chosenModel } from "./set-aside";
import { endStep, LEASE_MS, leaseEnd, type StepEnd } from "./steps";
import { loadRun } from "./store";
import { thisWorker } from "./worker";
import { agentSearchUses, agentUse, limitStatement, modelsOf, withinLimits } from "./worst-case";

/** A little later than the longest answer. */
export const DEADLINE_MS = 240_000;

/** A playground run that has begun, with the version of the agent it pinned. */
export type OpenedRun = {
  executionId: string;
  stepId: string;
  agent: AgentVersionDto;
  messages: readonly AgentMessage[];
  /** Where a spending cap has it answer with a cheaper model. */
  cheaperModel: CheaperModel | null;
};

/** What the usage of a run belongs to. */
export function sourceOf(scope: TenantScope, { executionId, stepId, agent }: OpenedRun) {
  return { executionId, stepId, nodeId: AGENT_NODE_ID, agentId: agent.agentId, userId: actingUser(scope) };
}

/** What keeps a question of a person from being asked twice, and leads to its run. */
export function runKeyOf(scope: TenantScope, questionKey: string): string {
  return `playground:${actingUser(scope)}:${questionKey}`;
}

/** What a person asks an agent. */
export type Asked = { agentId: string; messages: readonly AgentMessage[]; questionKey?: string | undefined };

/**
 * Writes the run and its one step. The step is held as any is: whoever answers looks after it.
 * @throws AppError `not_found`; `conflict` for a question that was asked already; `precondition`, reasons
 * `agent_inactive`, `starts_blocked`, `rate_missing`, `needs_credit`, `cap_reached`
 */
export function openRun(scope: TenantScope, { agentId, messages, questionKey }: Asked): Promise<OpenedRun> {
  return asWorker(scope, async (tx) => {
    const agent = await runnableVersion(tx, scope, agentId);
    const [granted] = await grantedLimits(tx, scope).execute();
    assertStartsOpen(granted);
    const startedAt = await presentTime(tx);
    const searched =
      agent.llmConfig.knowledge.mode === "none" ? [] : await searchedModels(tx, scope.tenantId);
    const embedding = searched.map((modelKey) => ({ resourceType: "embedding_tokens" as const, modelKey }));
    const needs = [...textModelNeeds(agent.llmConfig.modelKey), ...embedding];
    const lists = await assertPriced(tx, scope, needs, startedAt);
    const [executionId, stepId] = [newId(), newId()];
    const uses = [
      {
        ...agentUse(agent.role, agent.llmConfig, JSON.stringify(messages)),
        caps: await switchingCaps(tx, scope, agentId),
      },
      ...agentSearchUses(searched, agent.llmConfig, messages.at(-1)?.content ?? ""),
    ];
    const models = withinLimits(uses, await limitStatement(tx, modelsOf(uses)).execute());
    const work = { hasNodeFee: false, at: startedAt };
    const { worst, cheaperModel } = chosenModel(models, work, lists);
    const place = { key: stepKeyOf(executionId, AGENT_NODE_ID, 0), executionId, stepId, agentId };
    if (worst > 0n) hold(tx, scope, place, worst);
    const deadlineAt = new Date(startedAt.getTime() + DEADLINE_MS);
    await tx.insert(executions).values({
      id: executionId,
      tenantId: scope.tenantId,
      agentId,
      agentVersionId: agent.id,
      status: "running",
      trigger: "playground",
      inputData: { prompt: cleanText(messages.at(-1)?.content ?? "") },
      startedBy: actingUser(scope),
      requestId: scope.requestId ?? null,
      idempotencyKey: questionKey === undefined ? null : runKeyOf(scope, questionKey),
      startedAt,
      dispatchedAt: startedAt,
      deadlineAt,
    });
    await tx.insert(executionSteps).values({
      id: stepId,
      tenantId: scope.tenantId,
      executionId,
      nodeId: AGENT_NODE_ID,
      kind: "agent",
      name: agent.name,
      status: "running",
      attempt: 1,
      input: { agentId, messages: cleanValue(messages) },
      startedAt,
      workerId: thisWorker().id,
      leaseUntil: leaseEnd(LEASE_MS),
    });
    const after = { agentId, trigger: "playground" };
    await audit(tx, scope, { action: "run.start", targetType: "execution", targetId: executionId, after });
    return { executionId, stepId, agent, messages, cheaperModel };
  }).catch((error: unknown) => {
    if (isUniqueViolation(error, "executions_idempotency_unique"))
      throw new AppError("conflict", "This question was asked already.", { cause: error });
    const refusal = refusalOf(error);
    throw refusal ? refusalError(refusal, error) : error;
  });
}

/** How an answer ended; `callId` and `prepared` once its call was begun. */
export type Ending =
  | { callId: string; prepared: PreparedAnswer; answer: GenerateResult; citations: readonly Citation[] }
  | { callId?: string; prepared?: PreparedAnswer; error: unknown };

/** One transaction: the call, its ledger rows, the step and the run end together. Who ended the run first decides how. */
export async function closeRun(scope: TenantScope, opened: OpenedRun, ending: Ending): Promise<void> {
  const { executionId, stepId } = opened;
  const call = endedCall(ending);
  const stepEnd = "error" in ending ? failedStep(opened, ending) : completedStep(opened, ending);
  const ups = await endingAsWorker(scope, async (tx) => {
    const found = newFollowUps();
    const run = await loadRun(tx, scope, executionId);
    if (call) await settleCalls(tx, scope, { calls: [call], unmade: null });
    if (await endStep(tx, scope, { stepId, attempt: 1 }, stepEnd)) {
      await billStep(tx, scope, run, {
        stepId,
        nodeId: AGENT_NODE_ID,
        iteration: 0,
        hasCompleted: stepEnd.status === "completed",
        occurredAt: run.now,
        isEstimated: call?.isEstimated === true,
      });
    }
    await endRun(tx, scope, run, runEnd(stepEnd), found);
    return found;
  });
  await followUp(scope, ups);
  announceChange(executionId);
}

function endedCall(ending: Ending): EndedCall | null {
  if (ending.callId === undefined) return null;
  if ("answer" in ending) return callEnd(ending.callId, ending.answer);
  if (ending.error instanceof ModelCallError) return callEnd(ending.callId, ending.error);
  const nothing = { inputTokens: 0, outputTokens: 0, latencyMs: 0, isEstimated: false };
  return {
    callId: ending.callId,
    status: "failed",
    errorMessage: "Something went wrong on our side.",
    ...nothing,
  };
}

function completedStep(
  opened: OpenedRun,
  { prepared, answer, citations }: Extract<Ending, { answer: unknown }>,
): StepEnd {
  const { agentId, name, version, llmConfig } = opened.agent;
  const { usage, usageTrusted, latencyMs, firstTokenMs, finishReason, modelKey, toolCalls } = answer;
  const facts = {
    usage,
    usageTrusted,
    latencyMs,
    firstTokenMs,
    finishReason,
    modelKey,
    toolCalls,
    citations,
  };
  return {
    status: "completed",
    output: { text: cleanText(answer.text), citations: cleanValue(citations) },
    detail: cleanValue({
      agent: { id: agentId, name, version },
      ...(opened.cheaperModel
        ? { cheaperModel: { used: opened.cheaperModel.modelKey, insteadOf: llmConfig.modelKey } }
        : {}),
      ...sentIn(opened, prepared),
      ...facts,
    }),
  };
}

/** What the model was sent, for the trace. */
function sentIn({ messages }: OpenedRun, { call, passages }: PreparedAnswer): Record<string, unknown> {
  const sent = { ...promptDetail(call.system ?? "", messages), retrieved: toCitations(passages()) };
  return cleanDetail(sent) as Record<string, unknown>;
}

function failedStep(opened: OpenedRun, { error, prepared }: Extract<Ending, { error: unknown }>): StepEnd {
  const known = error instanceof AppError && error.code !== "internal" ? error : null;
  const partial = error instanceof ModelCallError ? error.partial : null;
  const output = partial?.text ? { text: cleanText(partial.text), citations: [] } : null;
  const detail = prepared ? { detail: sentIn(opened, prepared) } : {};
  if (known?.reason === "cancelled") return { status: "cancelled", output, ...detail };
  const errorMessage = known?.message ?? "Something went wrong on our side.";
  const errorCode = known?.reason ?? known?.code ?? "internal";
  return { status: "failed", output, errorCode, errorMessage, ...detail };
}

function runEnd({ status, output, errorCode, errorMessage }: StepEnd): RunEnd {
  if (status === "completed") return { status, result: output };
  if (status === "cancelled") return { status, result: output };
  const message = errorMessage ?? "It failed.";
  return { status: "failed", code: errorCode ?? "internal", message, nodeId: AGENT_NODE_ID };
}
