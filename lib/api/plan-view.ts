import "server-only";
import type { TenantScope } from "@/db/scope";
import { denial } from "@/lib/auth/authorize";
import { currentTime } from "@/lib/clock";
import { env } from "@/lib/env";
import type { BillingCycle } from "@/lib/plans/cycles";
import { priceAt } from "@/lib/plans/prices";
import type { OfferedPlan } from "@/lib/plans/queries";
import type { ChangedPlan } from "@/lib/subscriptions/commands/change";
import { getSubscription, type Preview } from "@/lib/subscriptions/queries";
import type { PlanOut } from "./operations/plans";
import type { ChangedPlanOut, PreviewOut, SubscriptionOut } from "./operations/subscription";

const digits = (amount: bigint | null | undefined) =>
  amount === null || amount === undefined ? null : String(amount);

/** A plan as it is offered, at the prices of now. */
export function planView(plan: OfferedPlan, now = currentTime()): PlanOut {
  const price = (cycle: BillingCycle) => digits(priceAt(plan.prices, cycle, now)?.amountCents);
  return {
    ...plan,
    allowance: String(plan.allowanceMicros),
    monthly: price("monthly"),
    annual: price("annual"),
    runsAtOnce: plan.maxRunning,
  };
}

/** What the workspace subscribes to. */
export async function subscriptionView(scope: TenantScope): Promise<SubscriptionOut> {
  const sub = await getSubscription(scope);
  const { next } = sub;
  return {
    ...sub,
    cycle: sub.plan?.id ? sub.cycle : null,
    fee: digits(sub.cents),
    cancelsAtEnd: next?.kind === "end",
    next: next && {
      kind: next.kind,
      at: next.at,
      ...(next.kind === "end"
        ? { planName: null, cycle: null, fee: null }
        : { planName: next.planName, cycle: next.cycle, fee: String(next.cents) }),
    },
    allowance: {
      amount: String(sub.allowance.amountMicros),
      remaining: String(sub.allowance.remainingMicros),
    },
    unpaidInvoice: sub.unpaid,
  };
}

export function previewView({ lines, ...preview }: Preview): PreviewOut {
  return {
    ...preview,
    lines: lines.map(({ cents, ...line }) => ({ ...line, amount: cents })),
    tax: preview.taxCents,
    total: preview.totalCents,
    fee: preview.feeCents,
    addedAllowance: preview.allowanceMicros,
    monthlyAllowance: preview.monthlyMicros,
  };
}

/** The subscription as a change has left it; null for a key that may change it but not read it. */
export async function subscriptionAfter(scope: TenantScope): Promise<SubscriptionOut | null> {
  return denial(scope, "billing.read") ? null : subscriptionView(scope);
}

/** What became of a change, with where what is open is paid. */
export async function changedPlanView(
  scope: TenantScope,
  { kind, invoiceId, payment }: ChangedPlan,
): Promise<ChangedPlanOut> {
  const isOpen = invoiceId !== null && (payment === "to_pay" || payment === "transfer");
  const payUrl = isOpen ? `${env().appUrl}/app/billing/${invoiceId}/pay` : null;
  return { kind, payment, invoiceId, payUrl, subscription: await subscriptionAfter(scope) };
}
