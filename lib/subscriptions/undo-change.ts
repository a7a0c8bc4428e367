import type { Tx } from "@/db/access";
import { type AuditActor, audit } from "@/lib/audit/record";
import { anchoredPeriod } from "@/lib/billing/period";
import { cycleOf } from "@/lib/plans/cycles";
import { priceAt } from "@/lib/plans/prices";
import { type Plan, readPlans } from "@/lib/plans/store";
import { endAllowance } from "./allowance";
import { changeBehind, type PaidChange, type PlanInvoice, wentOn } from "./change-behind";
import { endPlan } from "./renew";
import { paidSpan } from "./rules";
import { hasPlan, lockSubscription, noteChange, type Subscription, saveSubscription } from "./store";

/** Why, and under which key: the same is done once. */
export type Undone = { reason: string; key: string };

/** What a plan was by a cycle: its price, and up to when its fee was paid before it was raised. */
function termsBefore(plan: Plan, sub: Subscription, change: PaidChange) {
  const cycle = cycleOf(change.fromCycle);
  // A year in advance stays one; a month may have become a year.
  const month = anchoredPeriod(sub.anchorAt, change.at);
  const paidThrough = cycle === "annual" ? (sub.paidThrough ?? month.end) : month.end;
  const since = paidSpan({ anchor: sub.anchorAt, paidThrough, cycle }).start;
  // Not sold any more by then: who has it keeps it at its last price.
  const last = plan.prices.findLast((price) => price.cycle === cycle && price.from <= since);
  const price = priceAt(plan.prices, cycle, since) ?? last;
  return { cycle, paidThrough, priceId: price?.id ?? null };
}

/** The plan that somebody had before a raise is there again; what it included more is taken back as far as it is left. */
async function lower(
  tx: Tx,
  by: AuditActor,
  sub: Subscription,
  change: PaidChange,
  undone: Undone,
  now: Date,
): Promise<void> {
  const [plan] = change.fromPlan ? await readPlans(tx, { key: change.fromPlan }) : [];
  if (!plan) return;
  const { cycle, paidThrough, priceId } = termsBefore(plan, sub, change);
  const isWaitedFor = sub.pendingPlanId === plan.id && cycleOf(sub.pendingCycle) === cycle;
  await saveSubscription(tx, sub, {
    planId: plan.id,
    planPriceId: priceId,
    planName: plan.key,
    billingCycle: cycle,
    paidThrough,
    ...(isWaitedFor ? { pendingPlanId: null, pendingCycle: null } : {}),
  });
  await noteChange(tx, sub, {
    kind: "downgrade",
    fromPlan: sub.planName,
    toPlan: plan.key,
    fromCycle: sub.billingCycle,
    toCycle: cycle,
    at: now,
    invoiceId: change.invoiceId,
    key: undone.key,
  });
  await audit(tx, by, {
    action: "subscription.downgrade",
    targetType: "subscription",
    targetId: sub.id,
    tenantId: sub.tenantId,
    before: { plan: sub.planName, cycle: sub.billingCycle },
    after: { plan: plan.key, cycle },
    reason: undone.reason,
  });
  await endAllowance(tx, sub, { key: change.invoiceId, reason: undone.reason });
}

/**
 * Nobody will pay an invoice, or its money went back: the plan that it began ends, and one that it raised is what it was
 * before. Nothing when the plan went on since, as that was paid for by itself. Behind the invoice's lock.
 * @returns whether something was undone
 */
export async function undoChange(
  tx: Tx,
  by: AuditActor,
  invoice: PlanInvoice,
  undone: Undone,
  now: Date,
): Promise<boolean> {
  if (invoice.kind !== "subscription" && invoice.kind !== "plan_change") return false;
  const sub = await lockSubscription(tx, invoice.tenantId);
  if (!sub || !hasPlan(sub)) return false;
  const change = await changeBehind(tx, invoice);
  if (!change || (await wentOn(tx, sub, change))) return false;
  if (change.kind === "upgrade") await lower(tx, by, sub, change, undone, now);
  else {
    await endPlan(tx, by, sub, { at: now, ...undone });
    await endAllowance(tx, sub, { key: null, reason: undone.reason });
  }
  return true;
}
