import { and, eq, inArray, isNull, sql } from "drizzle-orm";
import type { Tx } from "@/db/access";
import { invoices } from "@/db/schema/invoices";
import { subscriptionChanges, subscriptions } from "@/db/schema/plans";
import { OWED_STATUSES } from "@/lib/billing/state";
import { cycleOf } from "@/lib/plans/cycles";
import { NO_PLAN } from "@/lib/plans/input";
import { priceAt } from "@/lib/plans/prices";
import { findPlan, type Plan } from "@/lib/plans/store";
import { lockWallet } from "@/lib/wallet/lock";
import { type Held, rankOf, type Terms } from "./rules";

export type Subscription = typeof subscriptions.$inferSelect;

const live = (tenantId: string) => and(eq(subscriptions.tenantId, tenantId), isNull(subscriptions.endedAt));

/** The live subscription of a tenant; null when it has none. */
export async function findSubscription(tx: Tx, tenantId: string): Promise<Subscription | null> {
  const [row] = await tx.select().from(subscriptions).where(live(tenantId));
  return row ?? null;
}

/** The same, locked behind the wallet (see `lockWallet`): one change of it at a time. */
export async function lockSubscription(tx: Tx, tenantId: string): Promise<Subscription | null> {
  await lockWallet(tx, tenantId);
  const [row] = await tx.select().from(subscriptions).where(live(tenantId)).for("no key update");
  return row ?? null;
}

/** The same for whoever may take its first invoice back: what is unpaid of plans is locked before the wallet. */
export async function lockPlan(tx: Tx, tenantId: string): Promise<Subscription | null> {
  await tx
    .select({ id: invoices.id })
    .from(invoices)
    .where(
      and(
        eq(invoices.tenantId, tenantId),
        eq(invoices.kind, "subscription"),
        inArray(invoices.status, [...OWED_STATUSES]),
      ),
    )
    .orderBy(invoices.id)
    .for("update");
  return lockSubscription(tx, tenantId);
}

export async function saveSubscription(
  tx: Tx,
  sub: Pick<Subscription, "id" | "tenantId">,
  values: Partial<Subscription>,
): Promise<void> {
  await tx
    .update(subscriptions)
    .set({ ...values, updatedAt: sql`now()` })
    .where(and(eq(subscriptions.tenantId, sub.tenantId), eq(subscriptions.id, sub.id)));
}

/** Whether there is a plan. One that was given up for a debt is none, though its month may run on. */
export function hasPlan(sub: Subscription | null): boolean {
  return sub !== null && sub.planId !== null && sub.status !== "cancelled";
}

/** A plan by a cycle at the price in force; null where it is not sold so. */
export function termsAt(plan: Plan, cycle: Terms["cycle"], at: Date): (Terms & { priceId: string }) | null {
  const price = priceAt(plan.prices, cycle, at);
  if (!price) return null;
  return { ...termsOf(plan, cycle, price.amountCents, at), priceId: price.id };
}

function termsOf(plan: Plan, cycle: Terms["cycle"], cents: bigint, at: Date): Terms {
  const monthly = priceAt(plan.prices, "monthly", at);
  return {
    planId: plan.id,
    name: plan.name,
    cycle,
    cents,
    yearlyCents: rankOf(cycle, cents, monthly?.amountCents ?? null),
    allowanceMicros: plan.allowanceMicros,
  };
}

/** What a subscription is, with the plan behind it; null without a plan, and before its first fee is paid. */
export async function heldOf(tx: Tx, sub: Subscription, at: Date): Promise<(Held & { plan: Plan }) | null> {
  if (
    !hasPlan(sub) ||
    !sub.planId ||
    sub.status === "incomplete" ||
    !sub.currentPeriodStart ||
    !sub.currentPeriodEnd
  )
    return null;
  const plan = await findPlan(tx, sub.planId);
  if (!plan) return null;
  const cents = plan.prices.find((price) => price.id === sub.planPriceId)?.amountCents ?? 0n;
  return {
    ...termsOf(plan, cycleOf(sub.billingCycle), cents, at),
    plan,
    anchor: sub.anchorAt,
    period: { start: sub.currentPeriodStart, end: sub.currentPeriodEnd },
    paidThrough: sub.paidThrough ?? sub.currentPeriodEnd,
  };
}

/** The key under which the end of a trial is noted; those of plans begin with `end:`, where nobody pressed. */
export const TRIAL_END = "trial:end";

export type NotedChange = Omit<
  typeof subscriptionChanges.$inferInsert,
  "id" | "tenantId" | "subscriptionId" | "createdAt"
>;

export async function noteChange(tx: Tx, sub: Subscription, change: NotedChange): Promise<void> {
  await tx.insert(subscriptionChanges).values({ tenantId: sub.tenantId, subscriptionId: sub.id, ...change });
}

/** What was done under a key; null when nothing was. */
export async function findChange(
  tx: Tx,
  tenantId: string,
  key: string,
): Promise<Pick<
  typeof subscriptionChanges.$inferSelect,
  "kind" | "toPlan" | "toCycle" | "invoiceId"
> | null> {
  const [row] = await tx
    .select({
      kind: subscriptionChanges.kind,
      toPlan: subscriptionChanges.toPlan,
      toCycle: subscriptionChanges.toCycle,
      invoiceId: subscriptionChanges.invoiceId,
    })
    .from(subscriptionChanges)
    .where(and(eq(subscriptionChanges.tenantId, tenantId), eq(subscriptionChanges.key, key)));
  return row ?? null;
}

/** Without a plan: usage is paid from credit. What is set for the workspace alone stays. */
export const WITHOUT_PLAN = {
  planId: null,
  planPriceId: null,
  planName: NO_PLAN,
  status: "cancelled",
  currentPeriodStart: null,
  currentPeriodEnd: null,
  paidThrough: null,
  cancelAtPeriodEnd: false,
  pendingPlanId: null,
  pendingCycle: null,
} as const satisfies Partial<Subscription>;
