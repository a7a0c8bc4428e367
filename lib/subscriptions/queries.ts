import "server-only";
import { and, desc, eq, sql } from "drizzle-orm";
import { asSystem, asTenant } from "@/db/access";
import { subscriptionChanges } from "@/db/schema/plans";
import { creditLots } from "@/db/schema/wallets";
import type { TenantScope } from "@/db/scope";
import { authorize } from "@/lib/auth/authorize";
import { currentTime } from "@/lib/clock";
import { type Micros, microsFromNumeric } from "@/lib/money";
import { type BillingCycle, cycleOf } from "@/lib/plans/cycles";
import { findPlan } from "@/lib/plans/store";
import { unpaidPlanInvoice } from "./allowance";
import { bySecond, choose, requireChangeable, requirePaid } from "./choose";
import { currentOf } from "./current";
import type { PreviewChangeInput } from "./input";
import { presentOf } from "./month-end";
import { findSubscription, termsAt } from "./store";
import { totalOf } from "./total";

export type SubscriptionView = {
  /** `none`: usage is paid from credit. `incomplete`: the first fee is not paid yet. */
  state: "none" | "trial" | "incomplete" | "active" | "past_due";
  plan: { id: string | null; key: string; name: string } | null;
  cycle: BillingCycle;
  /** What the fee was that is paid, before tax. */
  cents: bigint | null;
  trialEndsAt: Date | null;
  /** The month that runs, in UTC. */
  period: { start: Date; end: Date } | null;
  paidThrough: Date | null;
  /** What happens when what is paid is over. */
  next:
    | {
        kind: "renew" | "change";
        planId: string;
        planName: string;
        cycle: BillingCycle;
        cents: bigint;
        at: Date;
      }
    | { kind: "end"; at: Date }
    | null;
  /** What the month includes, and what is left of it. */
  allowance: { amountMicros: Micros; remainingMicros: Micros };
  unpaid: { id: string; number: string } | null;
};

/** What the workspace subscribes to, and what comes next. A month that ended a moment ago is over, also before it is renewed. */
export async function getSubscription(scope: TenantScope, now = currentTime()): Promise<SubscriptionView> {
  authorize(scope, "billing.read");
  return asTenant(scope, async (tx) => {
    const found = await findSubscription(tx, scope.tenantId);
    const sub = found && (await presentOf(tx, found, now));
    const { plan, trial } = await currentOf(tx, sub, now);
    const [lots] = await tx
      .select({
        amount: sql<string>`coalesce(sum(${creditLots.amount}), 0)::numeric(18,6)`,
        remaining: sql<string>`coalesce(sum(${creditLots.remaining}), 0)::numeric(18,6)`,
      })
      .from(creditLots)
      .where(
        and(
          eq(creditLots.tenantId, scope.tenantId),
          eq(creditLots.source, "plan"),
          sql`${creditLots.expiresAt} > ${now.toISOString()}::timestamptz`,
        ),
      );
    const cycle = cycleOf(sub?.billingCycle ?? null);
    const paidThrough = plan ? (sub?.paidThrough ?? null) : null;
    const view: SubscriptionView = {
      state: plan ? stateOf(sub?.status ?? null) : trial ? "trial" : "none",
      plan: plan
        ? { id: plan.id, key: plan.key, name: plan.name }
        : trial && { id: null, key: trial.key, name: trial.name },
      cycle,
      cents: plan?.prices.find((price) => price.id === sub?.planPriceId)?.amountCents ?? null,
      trialEndsAt: trial?.endsAt ?? null,
      period:
        plan && sub?.currentPeriodStart && sub.currentPeriodEnd
          ? { start: sub.currentPeriodStart, end: sub.currentPeriodEnd }
          : null,
      paidThrough,
      next: null,
      allowance: {
        amountMicros: microsFromNumeric(lots?.amount ?? "0"),
        remainingMicros: microsFromNumeric(lots?.remaining ?? "0"),
      },
      unpaid: await unpaidPlanInvoice(tx, scope.tenantId),
    };
    if (!plan || !sub || !paidThrough) return view;
    if (sub.cancelAtPeriodEnd) return { ...view, next: { kind: "end", at: paidThrough } };
    const pending = sub.pendingPlanId ? await findPlan(tx, sub.pendingPlanId) : null;
    const [nextPlan, nextCycle] = pending ? [pending, cycleOf(sub.pendingCycle)] : [plan, cycle];
    const cents = termsAt(nextPlan, nextCycle, paidThrough)?.cents ?? view.cents ?? 0n;
    const kind = pending ? "change" : "renew";
    return {
      ...view,
      next: { kind, planId: nextPlan.id, planName: nextPlan.name, cycle: nextCycle, cents, at: paidThrough },
    };
  });
}

function stateOf(status: string | null): SubscriptionView["state"] {
  return status === "incomplete" || status === "past_due" ? status : "active";
}

export type ChangeView = {
  id: string;
  kind: string;
  /** Keys of plans. */
  fromPlan: string | null;
  toPlan: string | null;
  fromCycle: string | null;
  toCycle: string | null;
  at: Date;
  invoiceId: string | null;
};

/** What was done with the plan, the newest first, twenty at most. */
export async function listChanges(scope: TenantScope): Promise<ChangeView[]> {
  authorize(scope, "billing.read");
  return asTenant(scope, (tx) =>
    tx
      .select({
        id: subscriptionChanges.id,
        kind: subscriptionChanges.kind,
        fromPlan: subscriptionChanges.fromPlan,
        toPlan: subscriptionChanges.toPlan,
        fromCycle: subscriptionChanges.fromCycle,
        toCycle: subscriptionChanges.toCycle,
        at: subscriptionChanges.at,
        invoiceId: subscriptionChanges.invoiceId,
      })
      .from(subscriptionChanges)
      .where(eq(subscriptionChanges.tenantId, scope.tenantId))
      .orderBy(desc(subscriptionChanges.at), desc(subscriptionChanges.id))
      .limit(20),
  );
}

export type PreviewLine = {
  kind: string;
  description: string;
  cents: string;
  serviceStart: Date;
  serviceEnd: Date;
};

/** What choosing a plan would do now. Cents are text: it goes to a browser. */
export type Preview = {
  kind: "start" | "now" | "later" | "same";
  planName: string;
  cycle: BillingCycle;
  /** The invoice of the plan that was chosen before and is not paid: it is void then. */
  voids: string | null;
  /** When it holds: now, or when what is paid is over. */
  at: Date;
  lines: PreviewLine[];
  taxCents: string;
  taxNote: string | null;
  totalCents: string;
  /** The fee from then on, each month or year, before tax. */
  feeCents: string;
  /** What the month that runs includes more, once it is paid. Micros. */
  allowanceMicros: string;
  /** What each whole month includes. Micros. */
  monthlyMicros: string;
  /** Up to when it is paid then. */
  paidThrough: Date | null;
};

/**
 * What would be invoiced if the plan was chosen now: the very lines, with the tax. Nothing is changed. What choosing it
 * would refuse is refused here.
 * @throws AppError `not_found`; `invalid` on `cycle`; `precondition` (`plan_fixed`, `unpaid_plan`)
 */
export async function previewChange(
  scope: TenantScope,
  input: PreviewChangeInput,
  now = currentTime(),
): Promise<Preview> {
  authorize(scope, "billing.read");
  const at = bySecond(now);
  return asSystem("preview-plan", async (tx) => {
    const sub = await findSubscription(tx, scope.tenantId);
    requireChangeable(sub);
    // A month that ended a moment ago is renewed before anything is chosen.
    const present = sub && (await presentOf(tx, sub, at));
    const { plan, wanted, change } = await choose(tx, present, input, at);
    if (change.kind === "now") await requirePaid(tx, scope.tenantId);
    const fees = "fees" in change ? change.fees : [];
    const total = await totalOf(tx, scope.tenantId, fees, at);
    const isInstead = change.kind === "start" && sub?.status === "incomplete";
    const unpaid = isInstead ? await unpaidPlanInvoice(tx, scope.tenantId) : null;
    return {
      kind: change.kind,
      planName: plan.name,
      cycle: wanted.cycle,
      voids: unpaid?.number ?? null,
      at: change.kind === "later" ? change.at : at,
      lines: total.lines.map(({ kind, description, amountCents, serviceStart, serviceEnd }) => ({
        kind,
        description,
        cents: String(amountCents),
        serviceStart,
        serviceEnd,
      })),
      taxCents: String(total.taxCents),
      taxNote: total.taxNote,
      totalCents: String(total.totalCents),
      feeCents: String(wanted.cents),
      allowanceMicros: String("fees" in change ? change.allowanceMicros : 0n),
      monthlyMicros: String(wanted.allowanceMicros),
      paidThrough: "span" in change ? change.span.end : null,
    };
  });
}
