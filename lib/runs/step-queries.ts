import "server-only";
import { and, asc, eq, sql } from "drizzle-orm";
import { z } from "zod";
import { asTenant, type Tx } from "@/db/access";
import { executionSteps } from "@/db/schema/ai";
import { users } from "@/db/schema/auth";
import { ledgerEntries } from "@/db/schema/billing";
import { modelCalls } from "@/db/schema/model-calls";
import { approvals } from "@/db/schema/run-control";
import type { TenantScope } from "@/db/scope";
import type { Citation } from "@/lib/agents/prompt";
import { isAskedNow } from "@/lib/approvals/store";
import { authorize } from "@/lib/auth/authorize";
import { AppError } from "@/lib/errors";
import { isId } from "@/lib/ids";
import { namesOfModels } from "@/lib/models/queries";
import { microsFromNumeric } from "@/lib/money";
import { NESTING_KINDS } from "./cost";
import { type Decision, decision } from "./decision";
import { type EditorPlace, faultBelow, homeOf } from "./editor-places";
import type { ModelCallStatus, StepStatus } from "./input";
import type { SentMessage } from "./prompt-detail";
import { type Retrying, retryingParts } from "./retrying";
import { type AttemptRow, attemptsOf, isWorkedInside, shownRetrying } from "./step-rows";
import { runNotFound, stepsOf } from "./store";

/** One call of a model in a step. */
export type StepCall = {
  id: string;
  modelKey: string;
  provider: string;
  purpose: string;
  status: ModelCallStatus;
  inputTokens: number | null;
  outputTokens: number | null;
  latencyMs: number | null;
  errorMessage: string | null;
};

/** One line of what a step cost: a ledger row in the tenant's own price. */
export type StepCharge = {
  id: string;
  resourceType: string;
  modelKey: string | null;
  quantity: string;
  unit: string;
  rateMicros: string;
  costMicros: string;
  occurredAt: Date;
};

export type StepDetail = {
  id: string;
  executionId: string;
  nodeId: string;
  name: string;
  kind: string;
  status: StepStatus;
  errorMessage: string | null;
  input: unknown;
  output: unknown;
  branch: string | null;
  errorCode: string | null;
  /** The system prompt as it was sent; null where there was none. */
  systemPrompt: string | null;
  /** The messages as they were sent with it. */
  messages: SentMessage[];
  /** The passages that were put before the model. */
  retrieved: Citation[];
  citations: Citation[];
  toolCalls: unknown[];
  /** What the models are called that it names by their keys; one that is gone has no name. */
  modelNames: Readonly<Record<string, string>>;
  /** Where a spending cap had an agent answer with a cheaper model: the keys of both. */
  cheaperModel: { used: string; insteadOf: string } | null;
  /** Of nodes that choose a way. */
  decision: Decision | null;
  wakeAt: Date | null;
  isPinned: boolean;
  /** The step of an earlier run whose output this one took over. */
  reused: { executionId: string; stepId: string } | null;
  attempt: number;
  startedAt: Date | null;
  attempts: AttemptRow[];
  approval: StepApproval | null;
  /** What of its parts failed and is tried again. */
  retrying: Retrying | null;
  /** Where its node is edited; null for an agent by itself. */
  home: EditorPlace | null;
  /** Where that is edited, in a workflow that it calls, because of which it failed. */
  fault: EditorPlace | null;
  calls: StepCall[];
  charges: StepCharge[];
};

/** The question that a step asked a person. */
export type StepApproval = {
  id: string;
  title: string;
  status: string;
  answer: unknown;
  comment: string | null;
  answeredByName: string | null;
  answeredAt: Date | null;
  expiresAt: Date | null;
  /** Whether the caller may answer it, were it open. */
  isMine: boolean;
};

const citation = z.custom<Citation>((value) => typeof value === "object" && value !== null);

const storedDetail = z
  .object({
    system: z.string().optional(),
    messages: z.array(z.object({ role: z.string(), content: z.string() })).optional(),
    retrieved: z.array(citation).optional(),
    citations: z.array(citation).optional(),
    toolCalls: z.array(z.unknown()).optional(),
    cheaperModel: z.object({ used: z.string(), insteadOf: z.string() }).optional(),
    decision: decision.optional(),
  })
  .catch({});

/** The passages that the text of a step names by their numbers. */
export function citationsOf(detail: unknown): readonly Citation[] {
  return storedDetail.parse(detail ?? {}).citations ?? [];
}

/** A step by its node in a run, or by its own id. */
export type StepAddress =
  | { executionId: string; nodeId: string; iteration?: number }
  | { executionId: string; stepId: string };

function stepIs(address: StepAddress) {
  if ("stepId" in address) return eq(executionSteps.id, address.stepId);
  return and(eq(executionSteps.nodeId, address.nodeId), eq(executionSteps.iteration, address.iteration ?? 0));
}

/** What a step worked on, said and cost. @throws AppError `not_found` */
export async function getStep(scope: TenantScope, address: StepAddress): Promise<StepDetail> {
  authorize(scope, "run.read");
  const { executionId } = address;
  if (!isId(executionId)) throw runNotFound();
  return asTenant(scope, async (tx) => {
    const [step] = await tx
      .select({
        id: executionSteps.id,
        executionId: executionSteps.executionId,
        nodeId: executionSteps.nodeId,
        name: executionSteps.name,
        kind: executionSteps.kind,
        status: sql<StepStatus>`${executionSteps.status}`,
        errorMessage: executionSteps.errorMessage,
        input: executionSteps.input,
        output: executionSteps.output,
        branch: executionSteps.branch,
        errorCode: executionSteps.errorCode,
        detail: executionSteps.detail,
        wakeAt: executionSteps.wakeAt,
        isPinned: executionSteps.isPinned,
        reusedStepId: executionSteps.reusedStepId,
        attempt: executionSteps.attempt,
        startedAt: executionSteps.startedAt,
      })
      .from(executionSteps)
      .where(and(stepsOf(scope, executionId), stepIs(address)))
      .limit(1);
    if (!step) throw new AppError("not_found", "This run has no such step.");
    const calls = await tx
      .select({
        id: modelCalls.id,
        modelKey: modelCalls.modelKey,
        provider: modelCalls.provider,
        purpose: modelCalls.purpose,
        status: sql<ModelCallStatus>`${modelCalls.status}`,
        inputTokens: modelCalls.inputTokens,
        outputTokens: modelCalls.outputTokens,
        latencyMs: modelCalls.latencyMs,
        errorMessage: modelCalls.errorMessage,
      })
      .from(modelCalls)
      .where(and(eq(modelCalls.tenantId, scope.tenantId), eq(modelCalls.stepId, step.id)))
      .orderBy(asc(modelCalls.id));
    const charges = await tx
      .select({
        id: ledgerEntries.id,
        resourceType: ledgerEntries.resourceType,
        modelKey: ledgerEntries.modelKey,
        quantity: ledgerEntries.quantity,
        unit: ledgerEntries.unit,
        rate: ledgerEntries.tenantRate,
        cost: ledgerEntries.tenantCost,
        occurredAt: ledgerEntries.occurredAt,
      })
      .from(ledgerEntries)
      .where(
        and(
          eq(ledgerEntries.tenantId, scope.tenantId),
          eq(ledgerEntries.executionId, step.executionId),
          eq(ledgerEntries.stepId, step.id),
        ),
      )
      .orderBy(asc(ledgerEntries.id));
    const { detail, reusedStepId, ...rest } = step;
    const shown = storedDetail.parse(detail ?? {});
    const { used, insteadOf } = shown.cheaperModel ?? {};
    const modelKeys = [...[...calls, ...charges].map(({ modelKey }) => modelKey), used, insteadOf].filter(
      (key) => typeof key === "string",
    );
    return {
      ...rest,
      systemPrompt: shown.system || null,
      messages: shown.messages ?? [],
      retrieved: shown.retrieved ?? [],
      reused: await originOf(tx, scope, reusedStepId),
      attempts: (await attemptsOf(tx, scope, [step])).get(step.id) ?? [],
      approval: step.kind === "approval" ? await findApproval(tx, scope, step.id) : null,
      retrying: shownRetrying(
        (await retryingParts(tx, scope, isWorkedInside(step) ? [step.id] : [])).get(step.id),
      ),
      home: await homeOf(tx, scope, step.executionId),
      fault:
        step.status === "failed" && NESTING_KINDS.has(step.kind)
          ? await faultBelow(tx, scope, step.id)
          : null,
      citations: shown.citations ?? [],
      toolCalls: shown.toolCalls ?? [],
      modelNames: await namesOfModels(tx, modelKeys),
      cheaperModel: shown.cheaperModel ?? null,
      decision: shown.decision ?? null,
      calls,
      charges: charges.map(({ rate, cost, ...charge }) => ({
        ...charge,
        rateMicros: microsFromNumeric(rate).toString(),
        costMicros: microsFromNumeric(cost).toString(),
      })),
    };
  });
}

async function originOf(tx: Tx, scope: TenantScope, stepId: string | null): Promise<StepDetail["reused"]> {
  if (stepId === null) return null;
  const [row] = await tx
    .select({ stepId: executionSteps.id, executionId: executionSteps.executionId })
    .from(executionSteps)
    .where(and(eq(executionSteps.tenantId, scope.tenantId), eq(executionSteps.id, stepId)));
  return row ?? null;
}

async function findApproval(tx: Tx, scope: TenantScope, stepId: string): Promise<StepApproval | null> {
  const [row] = await tx
    .select({
      id: approvals.id,
      title: approvals.title,
      status: approvals.status,
      answer: approvals.answer,
      comment: approvals.comment,
      answeredByName: users.fullName,
      answeredAt: approvals.answeredAt,
      expiresAt: approvals.expiresAt,
      isMine: isAskedNow(scope),
    })
    .from(approvals)
    .leftJoin(users, and(eq(users.tenantId, approvals.tenantId), eq(users.id, approvals.answeredBy)))
    .where(and(eq(approvals.tenantId, scope.tenantId), eq(approvals.stepId, stepId)));
  return row ?? null;
}
