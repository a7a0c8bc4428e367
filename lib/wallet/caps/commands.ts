import "server-only";
import { and, eq, isNull, sql } from "drizzle-orm";
import { asTenant, asWorker, type Tx } from "@/db/access";
import { agents } from "@/db/schema/ai";
import { spendCaps } from "@/db/schema/caps";
import type { TenantScope } from "@/db/scope";
import { audit } from "@/lib/audit/record";
import { authorize } from "@/lib/auth/authorize";
import { AppError, fieldError } from "@/lib/errors";
import { newId } from "@/lib/ids";
import { activeModels } from "@/lib/models/queries";
import { microsToNumeric } from "@/lib/money";
import { creditWasAdded } from "../changes";
import type { ExtendCapInput, RemoveCapInput, SetCapInput } from "./input";
import { allowInWindow, forgetNeeded, recountWindow } from "./store";

/** What is set for a place and a period now; null for nothing. */
async function findAt(tx: Tx, tenantId: string, cap: Pick<SetCapInput, "scope" | "agentId" | "period">) {
  const [known] = await tx
    .select({
      amount: spendCaps.amount,
      isActive: spendCaps.isActive,
      onReach: spendCaps.onReach,
      switchAtPercent: spendCaps.switchAtPercent,
      fallbackModelKey: spendCaps.fallbackModelKey,
    })
    .from(spendCaps)
    .where(
      and(
        eq(spendCaps.tenantId, tenantId),
        eq(spendCaps.scope, cap.scope),
        cap.agentId ? eq(spendCaps.agentId, cap.agentId) : isNull(spendCaps.agentId),
        eq(spendCaps.period, cap.period),
      ),
    );
  return known ?? null;
}

/**
 * Sets the cap of a place (everything, an agent, each run) and a period; the one that is there is changed. What was
 * spent since its day, month or run began counts, and what is set aside for steps under way. What waits for a cap looks again.
 * @throws AppError `not_found` for an agent of nobody here, `invalid` for a model that is not there or is the agent's own
 */
export async function setCap(scope: TenantScope, input: SetCapInput): Promise<{ capId: string }> {
  authorize(scope, "spend.update");
  const { tenantId } = scope;
  const { amount: micros, ...cap } = input;
  const amount = microsToNumeric(micros);
  // As a worker: what the cap bounds so far is counted in the transaction that sets it.
  const capId = await asWorker(scope, async (tx) => {
    if (cap.agentId) {
      const [agent] = await tx
        .select({ modelKey: sql<string | null>`${agents.llmConfig} ->> 'modelKey'` })
        .from(agents)
        .where(and(eq(agents.tenantId, tenantId), eq(agents.id, cap.agentId)));
      if (!agent) throw new AppError("not_found", "This agent does not exist.");
      if (cap.onReach === "switch" && cap.fallbackModelKey === agent.modelKey)
        throw fieldError("fallbackModelKey", "The agent has this model itself. Choose a cheaper one.");
    }
    if (cap.onReach === "switch") {
      const models = await activeModels(tx, "text");
      if (!models.some(({ modelKey }) => modelKey === cap.fallbackModelKey))
        throw fieldError("fallbackModelKey", "This model is not available.");
    }
    const createdBy = scope.actor.kind === "user" ? scope.actor.userId : null;
    const before = await findAt(tx, tenantId, cap);
    const [row] = await tx
      .insert(spendCaps)
      .values({ ...cap, id: newId(), tenantId, amount, createdBy })
      .onConflictDoUpdate({
        target: [spendCaps.tenantId, spendCaps.scope, spendCaps.agentId, spendCaps.period],
        set: {
          amount,
          isActive: cap.isActive,
          onReach: cap.onReach,
          switchAtPercent: cap.switchAtPercent,
          fallbackModelKey: cap.fallbackModelKey,
        },
      })
      .returning({ id: spendCaps.id });
    if (!row) throw new AppError("internal");
    await audit(tx, scope, {
      action: "spend_cap.set",
      targetType: "spend_cap",
      targetId: row.id,
      before,
      after: { ...cap, amount },
    });
    // The steps before the wallet, as whoever ends them has it.
    if (cap.onReach === "switch") await forgetNeeded(tx, scope, row.id);
    await recountWindow(tx, scope, row.id);
    return row.id;
  });
  await creditWasAdded(tenantId);
  return { capId };
}

/** Removes a cap, with what was allowed on top of it. @throws AppError `not_found` */
export async function removeCap(scope: TenantScope, { capId }: RemoveCapInput): Promise<void> {
  authorize(scope, "spend.update");
  await asTenant(scope, async (tx) => {
    const [removed] = await tx
      .delete(spendCaps)
      .where(and(eq(spendCaps.tenantId, scope.tenantId), eq(spendCaps.id, capId)))
      .returning();
    if (!removed) throw new AppError("not_found", "This cap does not exist.");
    await audit(tx, scope, {
      action: "spend_cap.remove",
      targetType: "spend_cap",
      targetId: capId,
      before: {
        scope: removed.scope,
        agentId: removed.agentId,
        period: removed.period,
        amount: removed.amount,
      },
    });
  });
  await creditWasAdded(scope.tenantId);
}

/**
 * Says how much may be spent on top of a cap in its running day or month alone, instead of what was allowed there before.
 * What waits for it looks again. @throws AppError `not_found`; `precondition`, reason `cap_of_runs`
 */
export async function extendCap(scope: TenantScope, { capId, extra }: ExtendCapInput): Promise<void> {
  authorize(scope, "spend.update");
  await asWorker(scope, async (tx) => {
    const windowKey = await allowInWindow(tx, scope, capId, { amount: extra, isAdded: false });
    if (!windowKey) throw await notExtended(tx, scope, capId);
    await audit(tx, scope, {
      action: "spend_cap.extend",
      targetType: "spend_cap",
      targetId: capId,
      after: { windowKey, extra: microsToNumeric(extra) },
    });
  });
  await creditWasAdded(scope.tenantId);
}

async function notExtended(tx: Tx, { tenantId }: TenantScope, capId: string): Promise<AppError> {
  const [cap] = await tx
    .select({ id: spendCaps.id })
    .from(spendCaps)
    .where(and(eq(spendCaps.tenantId, tenantId), eq(spendCaps.id, capId)));
  if (!cap) return new AppError("not_found", "This cap does not exist.");
  const message = "A cap of each run has no day or month in which more could be spent. Set a higher one.";
  return new AppError("precondition", message, { reason: "cap_of_runs" });
}
