import type { Tx } from "@/db/access";
import type { Fee } from "@/lib/billing/invoice";
import type { BillingCycle } from "@/lib/plans/cycles";
import { cycleOf } from "@/lib/plans/cycles";
import { findPlan } from "@/lib/plans/store";
import { feeSpan, planFees } from "./rules";
import { hasPlan, type Subscription, termsAt } from "./store";

/** What holds from a boundary on: the plan that was asked for, or the same, at the price of that day. */
export async function nextTerms(tx: Tx, sub: Subscription, boundary: Date) {
  const wanted = sub.pendingPlanId ? await findPlan(tx, sub.pendingPlanId) : null;
  const pending = wanted && termsAt(wanted, cycleOf(sub.pendingCycle), boundary);
  if (wanted && pending) return { plan: wanted, ...pending };
  const plan = sub.planId ? await findPlan(tx, sub.planId) : null;
  if (!plan) return null;
  const cycle = cycleOf(sub.billingCycle);
  const now = termsAt(plan, cycle, boundary);
  if (now) return { plan, ...now };
  // Not sold any more: who has it keeps it at its price.
  const kept = plan.prices.find((price) => price.id === sub.planPriceId);
  return kept ? { plan, name: plan.name, cycle, cents: kept.amountCents, priceId: kept.id } : null;
}

export type Coming = {
  /** What is asked for at the boundary, as its invoice will say it. */
  fees: Fee[];
  /** What becomes of the plan when what is paid is over. `renew` may have another price. */
  next: {
    kind: "renew" | "change" | "end";
    planName: string;
    cycle: BillingCycle;
    /** What it costs a cycle from then on, before tax; nothing where the plan ends. */
    cents: bigint;
    at: Date;
  } | null;
};

const NOTHING: Coming = { fees: [], next: null };

/** What a subscription asks for at the end of a period, and what it becomes: as renewing it at that boundary does. */
export async function comingOf(tx: Tx, sub: Subscription | null, boundary: Date): Promise<Coming> {
  if (!sub || !hasPlan(sub) || sub.status === "incomplete") return NOTHING;
  const paidThrough = sub.paidThrough ?? boundary;
  const plan = sub.planId ? await findPlan(tx, sub.planId) : null;
  if (!plan) return NOTHING;
  const cycle = cycleOf(sub.billingCycle);
  if (sub.cancelAtPeriodEnd)
    return { fees: [], next: { kind: "end", planName: plan.name, cycle, cents: 0n, at: paidThrough } };
  const at = paidThrough > boundary ? paidThrough : boundary;
  const terms = await nextTerms(tx, sub, at);
  if (!terms) return { fees: [], next: { kind: "end", planName: plan.name, cycle, cents: 0n, at } };
  const isChange = terms.plan.id !== plan.id || terms.cycle !== cycle;
  return {
    fees: paidThrough > boundary ? [] : planFees(terms, feeSpan(sub.anchorAt, boundary, terms.cycle)),
    next: {
      kind: isChange ? "change" : "renew",
      planName: terms.plan.name,
      cycle: terms.cycle,
      cents: terms.cents,
      at,
    },
  };
}
