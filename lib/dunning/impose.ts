import { and, eq, isNull, ne, notInArray, sql } from "drizzle-orm";
import type { Tx } from "@/db/access";
import { tenants } from "@/db/schema/auth";
import { subscriptionChanges, subscriptions } from "@/db/schema/plans";
import { type AuditActor, audit } from "@/lib/audit/record";
import { databaseTime } from "@/lib/clock";
import { lockWallet } from "@/lib/wallet/lock";
import { type DunningStep, STAGE_OF } from "./schedule";

export const DUNNING: AuditActor = { actor: { kind: "job", name: "dunning" } };

type Debt = { id: string; tenantId: string; invoiceNumber: string };

const live = ({ tenantId }: Debt) => and(eq(subscriptions.tenantId, tenantId), isNull(subscriptions.endedAt));

/** Takes from a workspace what an invoice had taken before it was given time to pay it. Doing it again changes nothing. */
export async function imposeAgain(tx: Tx, debt: Debt, stage: number): Promise<void> {
  await markPastDue(tx, debt);
  if (stage >= STAGE_OF.starts_blocked) await blockStarts(tx, debt);
  if (stage >= STAGE_OF.suspended) await suspend(tx, debt);
}

/** Takes from a workspace what a step takes, in the transaction that marks the step. Doing it again changes nothing. */
export async function impose(tx: Tx, debt: Debt, step: DunningStep): Promise<void> {
  const { stage } = step;
  await markPastDue(tx, debt);
  if (stage >= STAGE_OF.starts_blocked) await blockStarts(tx, debt);
  if (stage === STAGE_OF.suspended) await suspend(tx, debt);
  if (stage === STAGE_OF.uncollectible) await endPlan(tx, debt);
}

/** First, and behind the wallet's lock: what is paid at the same moment takes back nothing that this debt demands. */
async function markPastDue(tx: Tx, debt: Debt): Promise<void> {
  await lockWallet(tx, debt.tenantId);
  await tx
    .update(subscriptions)
    .set({ status: "past_due" })
    .where(and(live(debt), eq(subscriptions.status, "active")));
}

async function blockStarts(tx: Tx, debt: Debt): Promise<void> {
  await tx
    .update(subscriptions)
    .set({
      startsBlockedAt: sql`${databaseTime()}`,
      startsBlockedReason: `Invoice ${debt.invoiceNumber} is not paid.`,
    })
    .where(and(live(debt), isNull(subscriptions.startsBlockedAt)));
}

/** One that somebody suspended already is theirs to lift: it stays so. */
async function suspend(tx: Tx, { tenantId, invoiceNumber }: Debt): Promise<void> {
  const reason = `Invoice ${invoiceNumber} is not paid.`;
  const [suspended] = await tx
    .update(tenants)
    .set({ status: "suspended", suspendedBy: "dunning", suspendedReason: reason })
    .where(and(eq(tenants.id, tenantId), ne(tenants.status, "suspended")))
    .returning({ partnerId: tenants.partnerId });
  if (suspended)
    await audit(tx, DUNNING, {
      action: "tenant.suspend",
      targetType: "tenant",
      targetId: tenantId,
      tenantId,
      partnerId: suspended.partnerId,
      after: { status: "suspended" },
      reason,
    });
}

/**
 * The plan is given up; the row stays, so that what is owed can still be paid and a plan be chosen again. One that has not
 * begun is one that was chosen again: it begins or ends with its own first invoice.
 */
async function endPlan(tx: Tx, debt: Debt): Promise<void> {
  const [ended] = await tx
    .update(subscriptions)
    .set({ status: "cancelled", cancelledAt: sql`${databaseTime()}`, cancelAtPeriodEnd: true })
    .where(and(live(debt), notInArray(subscriptions.status, ["cancelled", "incomplete"])))
    .returning({ id: subscriptions.id, plan: subscriptions.planName });
  if (!ended) return;
  await tx
    .insert(subscriptionChanges)
    .values({
      tenantId: debt.tenantId,
      subscriptionId: ended.id,
      kind: "cancel",
      fromPlan: ended.plan,
      at: sql`${databaseTime()}`,
      invoiceId: debt.id,
      key: `dunning:${debt.id}`,
    })
    .onConflictDoNothing();
  await audit(tx, DUNNING, {
    action: "subscription.cancel",
    targetType: "subscription",
    targetId: ended.id,
    tenantId: debt.tenantId,
    reason: `Invoice ${debt.invoiceNumber} was not paid.`,
  });
}
