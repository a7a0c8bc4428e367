import "server-only";
import { and, eq, sql } from "drizzle-orm";
import { asTenant, type Tx } from "@/db/access";
import { executionSteps } from "@/db/schema/ai";
import { ledgerEntries } from "@/db/schema/billing";
import type { TenantScope } from "@/db/scope";
import { authorize } from "@/lib/auth/authorize";
import { isId } from "@/lib/ids";
import type { ResourceType } from "@/lib/metering/resources";
import { partsUnder, treesFrom } from "./cost";
import { runNotFound, stepsOf } from "./store";

export type BilledTokens = { input: number; output: number; embedding: number };

export type StepFigures = { errorCode: string | null; tokens: BilledTokens };

export const NO_TOKENS: BilledTokens = { input: 0, output: 0, embedding: 0 };

export function addTokens(a: BilledTokens, b: BilledTokens): BilledTokens {
  return { input: a.input + b.input, output: a.output + b.output, embedding: a.embedding + b.embedding };
}

/** The ledger counts tokens in millions; this is their whole number. */
function tokensOf(resource: ResourceType) {
  return sql<number>`(coalesce(sum(${ledgerEntries.quantity}) filter (where ${ledgerEntries.resourceType} = ${resource}), 0) * 1000000)::float8`.mapWith(
    Number,
  );
}

const TOKENS = {
  input: tokensOf("text_tokens_input"),
  output: tokensOf("text_tokens_output"),
  embedding: tokensOf("embedding_tokens"),
};

/**
 * The tokens that each step of a run was billed for, with those of the parts that work for it, and the code of its error,
 * by the step's id.
 */
export async function stepFigures(
  scope: TenantScope,
  executionId: string,
): Promise<ReadonlyMap<string, StepFigures>> {
  authorize(scope, "run.read");
  if (!isId(executionId)) throw runNotFound();
  return asTenant(scope, async (tx) => {
    const rows = await ownTokens(tx, scope, executionId);
    const ofParts = await tokensOfParts(tx, scope, rows);
    return new Map(
      rows.map(({ id, errorCode, kind: _, ...own }) => [
        id,
        { errorCode, tokens: addTokens(own, ofParts.get(id) ?? NO_TOKENS) },
      ]),
    );
  });
}

function ownTokens(tx: Tx, scope: TenantScope, executionId: string) {
  return tx
    .select({
      id: executionSteps.id,
      kind: executionSteps.kind,
      errorCode: executionSteps.errorCode,
      ...TOKENS,
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
    .groupBy(executionSteps.id, executionSteps.kind, executionSteps.errorCode);
}

async function tokensOfParts(
  tx: Tx,
  scope: TenantScope,
  steps: readonly { readonly id: string; readonly kind: string }[],
): Promise<Map<string, BilledTokens>> {
  const start = partsUnder(scope, steps);
  if (start === null) return new Map();
  const { rows } = await tx.execute<{ name: string } & BilledTokens>(sql`
    ${treesFrom(scope, start)}
    select parts.name, ${TOKENS.input} as input, ${TOKENS.output} as output, ${TOKENS.embedding} as embedding
    from parts join ${ledgerEntries} on ${ledgerEntries.tenantId} = ${scope.tenantId} and ${ledgerEntries.executionId} = parts.id
    group by parts.name`);
  return new Map(rows.map(({ name, ...tokens }) => [name, tokens]));
}
