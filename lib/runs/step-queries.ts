import "server-only";
import { and, asc, eq } from "drizzle-orm";
import { z } from "zod";
import { asTenant } from "@/db/access";
import { executionSteps, modelCalls } from "@/db/schema/ai";
import { ledgerEntries } from "@/db/schema/billing";
import type { TenantScope } from "@/db/scope";
import type { Citation } from "@/lib/agents/prompt";
import { authorize } from "@/lib/auth/authorize";
import { AppError } from "@/lib/errors";
import { isId } from "@/lib/ids";
import { microsFromNumeric } from "@/lib/money";
import { runNotFound, stepsOf } from "./store";

/** One call of a model in a step. `uncertain`: nobody knows how it ended, and it is not billed. */
export type StepCall = {
  id: string;
  modelKey: string;
  provider: string;
  purpose: string;
  status: string;
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
  nodeId: string;
  input: unknown;
  output: unknown;
  branch: string | null;
  errorCode: string | null;
  /** The system prompt as it was sent; null where there was none. */
  systemPrompt: string | null;
  citations: Citation[];
  toolCalls: unknown[];
  calls: StepCall[];
  charges: StepCharge[];
};

const storedDetail = z
  .object({
    system: z.string().optional(),
    citations: z.array(z.custom<Citation>((value) => typeof value === "object" && value !== null)).optional(),
    toolCalls: z.array(z.unknown()).optional(),
  })
  .catch({});

/** What a step worked on, said and cost. @throws AppError `not_found` */
export async function getStep(
  scope: TenantScope,
  { executionId, nodeId, iteration = 0 }: { executionId: string; nodeId: string; iteration?: number },
): Promise<StepDetail> {
  authorize(scope, "run.read");
  if (!isId(executionId)) throw runNotFound();
  return asTenant(scope, async (tx) => {
    const [step] = await tx
      .select({
        id: executionSteps.id,
        nodeId: executionSteps.nodeId,
        input: executionSteps.input,
        output: executionSteps.output,
        branch: executionSteps.branch,
        errorCode: executionSteps.errorCode,
        detail: executionSteps.detail,
      })
      .from(executionSteps)
      .where(
        and(
          stepsOf(scope, executionId),
          eq(executionSteps.nodeId, nodeId),
          eq(executionSteps.iteration, iteration),
        ),
      )
      .limit(1);
    if (!step) throw new AppError("not_found", "This run has no such step.");
    const calls = await tx
      .select({
        id: modelCalls.id,
        modelKey: modelCalls.modelKey,
        provider: modelCalls.provider,
        purpose: modelCalls.purpose,
        status: modelCalls.status,
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
      .where(and(eq(ledgerEntries.tenantId, scope.tenantId), eq(ledgerEntries.stepId, step.id)))
      .orderBy(asc(ledgerEntries.id));
    const { detail, ...rest } = step;
    const shown = storedDetail.parse(detail ?? {});
    return {
      ...rest,
      systemPrompt: shown.system || null,
      citations: shown.citations ?? [],
      toolCalls: shown.toolCalls ?? [],
      calls,
      charges: charges.map(({ rate, cost, ...charge }) => ({
        ...charge,
        rateMicros: microsFromNumeric(rate).toString(),
        costMicros: microsFromNumeric(cost).toString(),
      })),
    };
  });
}
