import "server-only";
import { and, eq, sql } from "drizzle-orm";
import { asTenant } from "@/db/access";
import { executionSteps } from "@/db/schema/ai";
import { ledgerEntries } from "@/db/schema/billing";
import type { TenantScope } from "@/db/scope";
import { authorize } from "@/lib/auth/authorize";
import { isId } from "@/lib/ids";
import type { ResourceType } from "@/lib/metering/resources";
import { runNotFound, stepsOf } from "./store";

export type BilledTokens = { input: number; output: number; embedding: number };

export type StepFigures = { errorCode: string | null; tokens: BilledTokens };

/** The ledger counts tokens in millions; this is their whole number. */
function tokensOf(resource: ResourceType) {
  return sql<number>`coalesce(sum(${ledgerEntries.quantity}) filter (where ${ledgerEntries.resourceType} = ${resource}), 0) * 1000000`.mapWith(
    Number,
  );
}

/** The tokens that each step of a run was billed for, and the code of its error, by the step's id. */
export async function stepFigures(
  scope: TenantScope,
  executionId: string,
): Promise<ReadonlyMap<string, StepFigures>> {
  authorize(scope, "run.read");
  if (!isId(executionId)) throw runNotFound();
  const rows = await asTenant(scope, (tx) =>
    tx
      .select({
        id: executionSteps.id,
        errorCode: executionSteps.errorCode,
        input: tokensOf("text_tokens_input"),
        output: tokensOf("text_tokens_output"),
        embedding: tokensOf("embedding_tokens"),
      })
      .from(executionSteps)
      .leftJoin(
        ledgerEntries,
        and(
          eq(ledgerEntries.tenantId, executionSteps.tenantId),
          eq(ledgerEntries.executionId, executionSteps.executionId),
          eq(ledgerEntries.stepId, executionSteps.id),
        ),
      )
      .where(stepsOf(scope, executionId))
      .groupBy(executionSteps.id, executionSteps.errorCode),
  );
  return new Map(rows.map(({ id, errorCode, ...tokens }) => [id, { errorCode, tokens }]));
}
