import "server-only";
import { and, eq, inArray, sql } from "drizzle-orm";
import { asWorker, type Tx } from "@/db/access";
import { madeOnce } from "@/db/made-once";
import { modelCalls } from "@/db/schema/model-calls";
import type { TenantScope } from "@/db/scope";
import type { Statement } from "@/db/statements";
import { newId } from "@/lib/ids";

export type ModelCallStart = {
  readonly modelKey: string;
  readonly provider: string;
  readonly purpose: "agent" | "llm" | "classify" | "embedding" | "playground";
  /** Unique in the tenant: names the attempt too, so that a repetition is a call of its own. */
  readonly callKey: string;
  readonly executionId?: string | null;
  readonly stepId?: string | null;
  readonly agentId?: string | null;
  readonly documentId?: string | null;
};

export type ModelCallEnd = {
  readonly callId: string;
  readonly status: "settled" | "failed";
  readonly inputTokens: number;
  readonly outputTokens: number;
  readonly latencyMs: number;
  readonly errorMessage?: string | null;
};

/**
 * Writes that a call of a model is about to be made, in a transaction of its own, so that a crash leaves a trace of
 * it. @returns the id of the call; the existing one when the key was used before
 * @param assertMayCall asked in the same transaction: what it throws keeps the call from being noted and made
 */
export async function beginModelCall(
  scope: TenantScope,
  call: ModelCallStart,
  assertMayCall?: (tx: Tx) => Promise<void>,
): Promise<string> {
  const callId = newId();
  const [row] = await asWorker(scope, async (tx) => {
    await assertMayCall?.(tx);
    return notedCall(tx, scope, { ...call, callId }).execute();
  });
  return row?.id ?? callId;
}

/** The statement that notes a call; its answer is the id, that of the existing one when the key was used before. */
export function notedCall(
  tx: Tx,
  { tenantId }: TenantScope,
  call: ModelCallStart & { readonly callId: string },
): Statement<{ id: string }[]> {
  const { callId: id, modelKey, provider, purpose, callKey } = call;
  const { executionId = null, stepId = null, agentId = null, documentId = null } = call;
  const place = { executionId, stepId, agentId, documentId };
  return writeCall(tx, { id, tenantId, modelKey, provider, purpose, callKey, ...place });
}

type CallValues = {
  readonly [K in "id" | "tenantId" | "modelKey" | "provider" | "purpose" | "callKey"]: string;
} & {
  readonly [K in "executionId" | "stepId" | "agentId" | "documentId"]: string | null;
};

const writeCall = madeOnce<CallValues, { id: string }[]>((tx) =>
  tx
    .insert(modelCalls)
    .values({
      id: sql.placeholder("id"),
      tenantId: sql.placeholder("tenantId"),
      executionId: sql.placeholder("executionId"),
      stepId: sql.placeholder("stepId"),
      agentId: sql.placeholder("agentId"),
      documentId: sql.placeholder("documentId"),
      modelKey: sql.placeholder("modelKey"),
      provider: sql.placeholder("provider"),
      purpose: sql.placeholder("purpose"),
      callKey: sql.placeholder("callKey"),
    })
    // Setting the key to itself makes the existing row come back.
    .onConflictDoUpdate({
      target: [modelCalls.tenantId, modelCalls.callKey],
      set: { callKey: sql`excluded.call_key` },
    })
    .returning({ id: modelCalls.id }),
);

/**
 * Writes how a call ended, in the transaction that records its usage. A call that was given up as `uncertain` keeps
 * that status and is not billed; what it used is noted all the same.
 */
export async function settleModelCall(tx: Tx, scope: TenantScope, end: ModelCallEnd): Promise<void> {
  await settledCall(tx, scope, end).execute();
}

/** The statement that does so. */
export function settledCall(tx: Tx, scope: TenantScope, end: ModelCallEnd): Statement {
  const { callId, status, inputTokens, outputTokens, latencyMs, errorMessage = null } = end;
  const { tenantId } = scope;
  return writeCallEnd(tx, { tenantId, callId, status, inputTokens, outputTokens, latencyMs, errorMessage });
}

type CallEndValues = ModelCallEnd & { readonly tenantId: string; readonly errorMessage: string | null };

const writeCallEnd = madeOnce<CallEndValues, unknown>((tx) =>
  tx
    .update(modelCalls)
    .set({
      status: sql`case when ${modelCalls.status} = 'started' then ${sql.placeholder("status")} else ${modelCalls.status} end`,
      inputTokens: sql`${sql.placeholder("inputTokens")}::bigint`,
      outputTokens: sql`${sql.placeholder("outputTokens")}::bigint`,
      latencyMs: sql`${sql.placeholder("latencyMs")}::integer`,
      errorMessage: sql`${sql.placeholder("errorMessage")}`,
      settledAt: sql`now()`,
    })
    .where(
      and(
        eq(modelCalls.tenantId, sql.placeholder("tenantId")),
        eq(modelCalls.id, sql.placeholder("callId")),
        inArray(modelCalls.status, ["started", "uncertain"]),
      ),
    ),
);

/** Marks the calls of a step that nobody is waiting for any more: their process died or was given up. */
export async function abandonStepCalls(tx: Tx, scope: TenantScope, stepId: string): Promise<void> {
  await tx
    .update(modelCalls)
    .set({ status: "uncertain" })
    .where(
      and(
        eq(modelCalls.tenantId, scope.tenantId),
        eq(modelCalls.stepId, stepId),
        eq(modelCalls.status, "started"),
      ),
    );
}
