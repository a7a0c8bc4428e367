import type { Tx } from "@/db/access";
import { anchoredPeriod } from "@/lib/billing/period";
import { nextTerms } from "./coming";
import { feeSpan } from "./rules";
import { type Subscription, WITHOUT_PLAN } from "./store";

type NextTerms = NonNullable<Awaited<ReturnType<typeof nextTerms>>>;

/** What the end of a month does to a plan. */
export type MonthEnd =
  | { kind: "end"; reason: string }
  /** Another month of what is paid. */
  | { kind: "runs_on"; next: Partial<Subscription> }
  /** What is paid is over too: the next fee is due. */
  | { kind: "fee_due"; next: Partial<Subscription>; terms: NextTerms };

/** What becomes of a plan where its month ends. Nothing is changed. */
export async function monthEndOf(tx: Tx, sub: Subscription, boundary: Date): Promise<MonthEnd> {
  const isFeeDue = (sub.paidThrough ?? boundary) <= boundary;
  if (sub.status === "incomplete") return { kind: "end", reason: "Its first fee was not paid." };
  if (sub.status === "cancelled" || (isFeeDue && sub.cancelAtPeriodEnd))
    return { kind: "end", reason: "It was cancelled." };
  const period = anchoredPeriod(sub.anchorAt, boundary);
  const moved = { currentPeriodStart: period.start, currentPeriodEnd: period.end };
  if (!isFeeDue) return { kind: "runs_on", next: moved };
  const terms = await nextTerms(tx, sub, boundary);
  if (!terms) return { kind: "end", reason: "The plan has no price." };
  const next = {
    ...moved,
    planId: terms.plan.id,
    planName: terms.plan.key,
    planPriceId: terms.priceId,
    billingCycle: terms.cycle,
    pendingPlanId: null,
    pendingCycle: null,
    paidThrough: feeSpan(sub.anchorAt, boundary, terms.cycle).end,
  };
  return { kind: "fee_due", next, terms };
}

/** Whether a trial is over at an instant. */
export const isTrialOver = ({ status, trialEndsAt }: Subscription, now: Date): boolean =>
  status === "trialing" && trialEndsAt !== null && trialEndsAt <= now;

const MOST_MONTHS = 120;

/** Goes through the ends of months of a plan that lie before an instant, one after another. */
export async function throughMonths(
  sub: Subscription,
  now: Date,
  advance: (sub: Subscription, boundary: Date) => Promise<Subscription>,
): Promise<Subscription> {
  let current = sub;
  for (let months = 0; months < MOST_MONTHS; months += 1) {
    const { planId, currentPeriodEnd: end } = current;
    if (!planId || !end || end > now) break;
    current = await advance(current, end);
  }
  return current;
}

/** A subscription as it is once it is brought up to the present: its month may have ended a moment ago. Nothing is changed. */
export async function presentOf(tx: Tx, sub: Subscription, now: Date): Promise<Subscription> {
  if (isTrialOver(sub, now)) return { ...sub, ...WITHOUT_PLAN };
  return throughMonths(sub, now, async (current, boundary) => {
    const end = await monthEndOf(tx, current, boundary);
    return { ...current, ...(end.kind === "end" ? WITHOUT_PLAN : end.next) };
  });
}
