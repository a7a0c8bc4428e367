import "server-only";
import { asSystem, type Tx } from "@/db/access";
import { subscriptions } from "@/db/schema/plans";
import type { TenantScope } from "@/db/scope";
import { audit } from "@/lib/audit/record";
import { authorize } from "@/lib/auth/authorize";
import { tryToIssue } from "@/lib/billing/commands/issue";
import { billFees } from "@/lib/billing/fees";
import { anchoredPeriod } from "@/lib/billing/period";
import { currentTime } from "@/lib/clock";
import { AppError } from "@/lib/errors";
import { newId } from "@/lib/ids";
import { chargeNow } from "@/lib/payments/commands/charge-now";
import { NO_PLAN } from "@/lib/plans/input";
import { findPlan } from "@/lib/plans/store";
import { creditWasAdded } from "@/lib/wallet/changes";
import { giveAllowance, giveMonth, paysAfterwards } from "../allowance";
import { bySecond, type Chosen, choose, isPending, requireChangeable, requirePaid } from "../choose";
import type { ChangePlanInput } from "../input";
import { renew } from "../renew";
import { findChange, lockPlan, noteChange, type Subscription, saveSubscription } from "../store";
import { totalOf } from "../total";
import { takingBack, withdrawFirst } from "../withdraw";

/** A workspace that never had a subscription gets one. */
async function lockOrMake(tx: Tx, tenantId: string): Promise<Subscription> {
  const found = await lockPlan(tx, tenantId);
  if (found) return found;
  await tx
    .insert(subscriptions)
    .values({ tenantId, planName: NO_PLAN, status: "cancelled", billingCycle: "monthly" })
    .onConflictDoNothing();
  const made = await lockPlan(tx, tenantId);
  if (!made) throw new AppError("internal");
  return made;
}

type Done = { kind: "start" | "now" | "later"; invoiceId: string | null };

const KIND_OF_NOTED: Readonly<Record<string, Done["kind"]>> = { start: "start", upgrade: "now" };

/** What the same press has done before; null when it is the first. @throws AppError `conflict` for another plan */
async function doneBefore(tx: Tx, scope: TenantScope, input: ChangePlanInput): Promise<Done | null> {
  const before = await findChange(tx, scope.tenantId, `request:${input.requestKey}`);
  if (!before) return null;
  const plan = await findPlan(tx, input.planId);
  if (before.toPlan !== plan?.key || before.toCycle !== input.cycle)
    throw new AppError("conflict", "This change was asked for before, with another plan.", {
      reason: "idempotency_key_reused",
    });
  return { kind: KIND_OF_NOTED[before.kind] ?? "later", invoiceId: before.invoiceId };
}

type Bill = Omit<Parameters<typeof billFees>[2], "tenantId" | "subscriptionId">;

/** An invoice for fees of a subscription. Its number is the last thing that is taken. */
function bill(tx: Tx, scope: TenantScope, sub: Subscription, fees: Bill, at: Date) {
  return billFees(tx, scope, { ...fees, tenantId: sub.tenantId, subscriptionId: sub.id }, at);
}

/** Begins a plan: its first month is there once the fee is paid, or at once where the workspace pays afterwards. */
async function start(
  tx: Tx,
  scope: TenantScope,
  sub: Subscription,
  chosen: Chosen,
  input: ChangePlanInput,
  at: Date,
): Promise<Done> {
  const { plan, wanted, change } = chosen;
  if (change.kind !== "start") throw new AppError("internal");
  if (sub.status === "incomplete") await withdrawFirst(tx, scope, sub, at);
  const isFree = change.fees.length === 0;
  const isActive = isFree || (await paysAfterwards(tx, sub.tenantId));
  const period = anchoredPeriod(at, at);
  const next = {
    planId: plan.id,
    planPriceId: wanted.priceId,
    planName: plan.key,
    billingCycle: wanted.cycle,
    status: isActive ? "active" : "incomplete",
    anchorAt: at,
    currentPeriodStart: period.start,
    currentPeriodEnd: period.end,
    paidThrough: change.span.end,
    cancelAtPeriodEnd: false,
    cancelledAt: null,
    pendingPlanId: null,
    pendingCycle: null,
  };
  const invoiceId = isFree ? null : newId();
  await saveSubscription(tx, sub, next);
  await noteAll(tx, scope, sub, { kind: "start", chosen, at, invoiceId, requestKey: input.requestKey });
  await giveMonth(tx, { ...sub, ...next }, plan, at);
  if (invoiceId)
    await bill(
      tx,
      scope,
      sub,
      { id: invoiceId, kind: "subscription", period: change.span, fees: change.fees },
      at,
    );
  return { kind: "start", invoiceId };
}

/** Raises a plan at once. What it includes more is there once the difference is paid. */
async function raise(
  tx: Tx,
  scope: TenantScope,
  sub: Subscription,
  chosen: Chosen,
  input: ChangePlanInput,
  at: Date,
): Promise<Done> {
  const { plan, wanted, change } = chosen;
  if (change.kind !== "now") throw new AppError("internal");
  await requirePaid(tx, sub.tenantId);
  const invoiceId = change.fees.length === 0 ? null : newId();
  await saveSubscription(tx, sub, {
    planId: plan.id,
    planPriceId: wanted.priceId,
    planName: plan.key,
    billingCycle: wanted.cycle,
    paidThrough: change.span.end,
    cancelAtPeriodEnd: false,
    cancelledAt: null,
    pendingPlanId: null,
    pendingCycle: null,
  });
  await noteAll(tx, scope, sub, { kind: "upgrade", chosen, at, invoiceId, requestKey: input.requestKey });
  if (sub.currentPeriodEnd && (invoiceId === null || (await paysAfterwards(tx, sub.tenantId))))
    await giveAllowance(tx, sub, {
      amount: change.allowanceMicros,
      expiresAt: sub.currentPeriodEnd,
      key: invoiceId ?? input.requestKey,
      reason: `Included in ${plan.name}`,
    });
  if (invoiceId) {
    const period = { start: at, end: change.span.end };
    await bill(tx, scope, sub, { id: invoiceId, kind: "plan_change", period, fees: change.fees }, at);
  }
  return { kind: "now", invoiceId };
}

/** Notes a plan for the end of what is paid. */
async function postpone(
  tx: Tx,
  scope: TenantScope,
  sub: Subscription,
  chosen: Chosen,
  input: ChangePlanInput,
  at: Date,
): Promise<Done> {
  await saveSubscription(tx, sub, {
    pendingPlanId: chosen.plan.id,
    pendingCycle: chosen.wanted.cycle,
    cancelAtPeriodEnd: false,
    cancelledAt: null,
  });
  await noteAll(tx, scope, sub, {
    kind: "downgrade",
    chosen,
    at,
    invoiceId: null,
    requestKey: input.requestKey,
  });
  return { kind: "later", invoiceId: null };
}

type Noted = {
  kind: "start" | "upgrade" | "downgrade";
  chosen: Chosen;
  at: Date;
  invoiceId: string | null;
  requestKey: string;
};

async function noteAll(tx: Tx, scope: TenantScope, sub: Subscription, noted: Noted): Promise<void> {
  const { plan, wanted } = noted.chosen;
  await noteChange(tx, sub, {
    kind: noted.kind,
    fromPlan: sub.planName,
    toPlan: plan.key,
    fromCycle: sub.billingCycle,
    toCycle: wanted.cycle,
    at: noted.at,
    invoiceId: noted.invoiceId,
    key: `request:${noted.requestKey}`,
  });
  await audit(tx, scope, {
    action: `subscription.${noted.kind}`,
    targetType: "subscription",
    targetId: sub.id,
    before: { plan: sub.planName, cycle: sub.billingCycle },
    after: { plan: plan.key, cycle: wanted.cycle, amountCents: String(wanted.cents) },
  });
}

async function change(
  tx: Tx,
  scope: TenantScope,
  input: ChangePlanInput,
  at: Date,
): Promise<Done & { isReplay: boolean }> {
  const found = await lockOrMake(tx, scope.tenantId);
  const before = await doneBefore(tx, scope, input);
  if (before) return { ...before, isReplay: true };
  return { ...(await changeFirst(tx, scope, found, input, at)), isReplay: false };
}

async function changeFirst(
  tx: Tx,
  scope: TenantScope,
  found: Subscription,
  input: ChangePlanInput,
  at: Date,
): Promise<Done> {
  requireChangeable(found);
  const sub = await renew(tx, found, at);
  const chosen = await choose(tx, sub, input, at);
  if (chosen.change.kind === "same")
    throw new AppError("conflict", "This is the plan that you have.", { reason: "same_plan" });
  if (chosen.change.kind === "later" && isPending(sub, chosen))
    throw new AppError("conflict", "Your plan becomes this one already, when what you have paid is over.", {
      reason: "same_plan",
    });
  if (chosen.change.kind === "later") return postpone(tx, scope, sub, chosen, input, at);
  const total = await totalOf(tx, scope.tenantId, chosen.change.fees, at);
  if (total.totalCents > input.shownCents)
    throw new AppError("conflict", "The price has changed since you looked: look at it again.", {
      reason: "price_changed",
    });
  return chosen.change.kind === "start"
    ? start(tx, scope, sub, chosen, input, at)
    : raise(tx, scope, sub, chosen, input, at);
}

export type ChangedPlan = {
  kind: Done["kind"];
  /** What is to be paid; null when nothing is, now. */
  invoiceId: string | null;
  /** `transfer`: cards are not accepted here. `to_pay`: by card, on the invoice's page. */
  payment: "none" | "paid" | "processing" | "to_pay" | "transfer";
  /** Whether an earlier press has done it. */
  isReplay: boolean;
};

/**
 * Chooses a plan: begins it, raises it at once for the difference, or notes a lower one for the end of what is paid. One
 * invoice a press, however often it comes; it is charged to the saved card when there is one. The first invoice of a plan
 * that was not paid is void then, here and at Stripe, should that collect it.
 *
 * @throws AppError `not_found`; `invalid` on `cycle`; `conflict` (`same_plan`, `price_changed`,
 * `idempotency_key_reused`); `precondition`
 * (`plan_fixed`, `unpaid_plan`)
 */
export async function changePlan(
  scope: TenantScope,
  input: ChangePlanInput,
  now = currentTime(),
): Promise<ChangedPlan> {
  authorize(scope, "plan.change");
  const at = bySecond(now);
  const done = await takingBack(scope, () => asSystem("change-plan", (tx) => change(tx, scope, input, at)));
  await creditWasAdded(scope.tenantId);
  if (!done.invoiceId) return { ...done, payment: "none" };
  await tryToIssue(done.invoiceId);
  return { ...done, payment: await chargeNow(scope, { invoiceId: done.invoiceId }) };
}
