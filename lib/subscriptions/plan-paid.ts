import type { Tx } from "@/db/access";
import { type AuditActor, audit } from "@/lib/audit/record";
import { findPlan, readPlans } from "@/lib/plans/store";
import { giveAllowance, giveMonth } from "./allowance";
import { changeBehind, type PlanInvoice } from "./change-behind";
import { remainingPart } from "./rules";
import { lockSubscription, type Subscription, saveSubscription } from "./store";

/** What a plan that was raised includes more, for what was left of the month then; nothing once that is over. */
async function giveRise(tx: Tx, sub: Subscription, invoice: PlanInvoice, now: Date): Promise<void> {
  const { currentPeriodStart: start, currentPeriodEnd: end } = sub;
  const change = await changeBehind(tx, invoice);
  if (!change?.fromPlan || !change.toPlan || !start || !end || change.at < start || end <= now) return;
  const [from] = await readPlans(tx, { key: change.fromPlan });
  const [to] = await readPlans(tx, { key: change.toPlan });
  if (!from || !to) return;
  await giveAllowance(tx, sub, {
    amount: remainingPart(to.allowanceMicros - from.allowanceMicros, { start, end }, change.at),
    expiresAt: end,
    // Whatever it was billed by in the end: it is given once.
    key: change.invoiceId,
    reason: `Included in ${to.name}`,
  });
}

/**
 * An invoice is paid: the plan it began is active, and what was kept back of the month that runs is given. In the
 * transaction of the payment, before it locks the wallet for itself.
 */
export async function planPaid(tx: Tx, by: AuditActor, invoice: PlanInvoice, now: Date): Promise<void> {
  const found = await lockSubscription(tx, invoice.tenantId);
  if (!found?.planId) return;
  const isFirst =
    found.status === "incomplete" &&
    invoice.kind === "subscription" &&
    invoice.subscriptionId === found.id &&
    invoice.periodStart.getTime() === found.anchorAt.getTime();
  const sub = isFirst ? { ...found, status: "active" } : found;
  if (isFirst) {
    await saveSubscription(tx, sub, { status: "active" });
    await audit(tx, by, {
      action: "subscription.activate",
      targetType: "subscription",
      targetId: sub.id,
      tenantId: sub.tenantId,
      before: { status: "incomplete" },
      after: { status: "active", plan: sub.planName },
    });
  }
  if (invoice.kind === "plan_change" && sub.status === "active") await giveRise(tx, sub, invoice, now);
  await giveKeptBack(tx, sub, now);
}

/** Gives what was kept back of the month that runs, as far as nothing is owed for the plan any more. */
async function giveKeptBack(tx: Tx, sub: Subscription, now: Date): Promise<void> {
  const plan = sub.planId ? await findPlan(tx, sub.planId) : null;
  if (plan) await giveMonth(tx, sub, plan, now);
}

/** Nobody is asked for an invoice any more: a plan that goes on all the same has what was kept back for it. */
export async function planForgiven(tx: Tx, tenantId: string, now: Date): Promise<void> {
  const sub = await lockSubscription(tx, tenantId);
  if (sub) await giveKeptBack(tx, sub, now);
}
