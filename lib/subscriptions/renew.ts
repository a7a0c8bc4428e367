import "server-only";
import { and, asc, eq, isNotNull, isNull, lte, or } from "drizzle-orm";
import { asSystem, type Tx } from "@/db/access";
import { subscriptions } from "@/db/schema/plans";
import { type AuditActor, audit } from "@/lib/audit/record";
import { jobScope } from "@/lib/auth/scope";
import { addFees, billFees } from "@/lib/billing/fees";
import type { Fee } from "@/lib/billing/invoice";
import { periodAt } from "@/lib/billing/period";
import { newId } from "@/lib/ids";
import { log } from "@/lib/log";
import { findPlan } from "@/lib/plans/store";
import { cutsOf } from "@/lib/tenants/holder";
import { creditWasAdded } from "@/lib/wallet/changes";
import { giveMonth } from "./allowance";
import { isTrialOver, type MonthEnd, monthEndOf, throughMonths } from "./month-end";
import { feeSpan, planFees } from "./rules";
import { lockPlan, noteChange, type Subscription, saveSubscription, TRIAL_END, WITHOUT_PLAN } from "./store";
import { takingBack, withdrawFirst } from "./withdraw";

type FeeDue = Extract<MonthEnd, { kind: "fee_due" }>;

const JOB: AuditActor = { actor: { kind: "job", name: "renew-plans" } };

type Ended = { at: Date; key: string; reason: string };

/** Ends a plan or a trial: from then on usage is paid from credit. */
export async function endPlan(
  tx: Tx,
  by: AuditActor,
  sub: Subscription,
  ended: Ended,
): Promise<Subscription> {
  await saveSubscription(tx, sub, WITHOUT_PLAN);
  await noteChange(tx, sub, {
    kind: "end",
    fromPlan: sub.planName,
    fromCycle: sub.billingCycle,
    at: ended.at,
    key: ended.key,
  });
  await audit(tx, by, {
    action: "subscription.end",
    targetType: "subscription",
    targetId: sub.id,
    tenantId: sub.tenantId,
    before: { plan: sub.planName },
    after: { plan: WITHOUT_PLAN.planName },
    reason: ended.reason,
  });
  return { ...sub, ...WITHOUT_PLAN };
}

/**
 * Asks for the next fee, on the document of the month that ends there.
 * @returns false where that was made already: the fee has to have an invoice of its own
 */
async function askFee(tx: Tx, sub: Subscription, boundary: Date, { terms, next }: FeeDue, fees: Fee[]) {
  const ending = periodAt(sub.anchorAt, new Date(boundary.getTime() - 1), await cutsOf(tx, sub.tenantId));
  const isAdded = fees.length === 0 || (await addFees(tx, sub.tenantId, ending, fees));
  await saveSubscription(tx, sub, next);
  await noteChange(tx, sub, {
    kind: "renew",
    fromPlan: sub.planName,
    toPlan: terms.plan.key,
    fromCycle: sub.billingCycle,
    toCycle: terms.cycle,
    at: boundary,
    key: `renew:${boundary.toISOString()}`,
  });
  await audit(tx, JOB, {
    action: "subscription.renew",
    targetType: "subscription",
    targetId: sub.id,
    tenantId: sub.tenantId,
    before: { plan: sub.planName, cycle: sub.billingCycle },
    after: { plan: terms.plan.key, cycle: terms.cycle, from: boundary.toISOString() },
  });
  return isAdded;
}

async function advance(tx: Tx, sub: Subscription, boundary: Date, now: Date): Promise<Subscription> {
  const end = await monthEndOf(tx, sub, boundary);
  if (end.kind === "end") {
    if (sub.status === "incomplete") await withdrawFirst(tx, JOB, sub, now);
    const { reason } = end;
    return endPlan(tx, JOB, sub, { at: boundary, key: `end:${boundary.toISOString()}`, reason });
  }
  const moved = { ...sub, ...end.next };
  if (end.kind === "runs_on") {
    await saveSubscription(tx, sub, end.next);
    const plan = sub.planId ? await findPlan(tx, sub.planId) : null;
    if (plan) await giveMonth(tx, moved, plan, now);
    return moved;
  }
  const period = feeSpan(sub.anchorAt, boundary, end.terms.cycle);
  const fees = planFees(end.terms, period);
  const isAsked = await askFee(tx, sub, boundary, end, fees);
  await giveMonth(tx, moved, end.terms.plan, now);
  // Its number is the last thing that is taken.
  if (!isAsked) {
    const bill = {
      id: newId(),
      tenantId: sub.tenantId,
      kind: "subscription",
      subscriptionId: sub.id,
    } as const;
    await billFees(tx, JOB, { ...bill, period, fees }, now);
  }
  return moved;
}

/**
 * Brings a locked subscription up to the present: each month that has ended begins the next one, asks for the fee where it
 * is due, and gives what the plan includes; what was asked for the end of the paid time happens then. A trial that is
 * over ends. Doing it twice changes nothing.
 */
export async function renew(tx: Tx, sub: Subscription, now: Date): Promise<Subscription> {
  if (isTrialOver(sub, now)) {
    const at = sub.trialEndsAt ?? now;
    return endPlan(tx, JOB, sub, { at, key: TRIAL_END, reason: "The trial is over." });
  }
  return throughMonths(sub, now, (current, boundary) => advance(tx, current, boundary, now));
}

const PAGE = 500;

const isDue = (now: Date) =>
  and(
    isNull(subscriptions.endedAt),
    or(
      and(isNotNull(subscriptions.planId), lte(subscriptions.currentPeriodEnd, now)),
      and(eq(subscriptions.status, "trialing"), lte(subscriptions.trialEndsAt, now)),
    ),
  );

/**
 * Renews every subscription whose month has ended, each in a transaction of its own: one that fails holds up nobody else,
 * and is tried again with the next call. @returns how many were renewed
 */
export async function renewDue(now: Date): Promise<number> {
  const due = await asSystem("renew-plans", (tx) =>
    tx
      .select({ tenantId: subscriptions.tenantId })
      .from(subscriptions)
      .where(isDue(now))
      .orderBy(asc(subscriptions.id))
      .limit(PAGE),
  );
  let done = 0;
  for (const { tenantId } of due) {
    try {
      await takingBack(await jobScope(tenantId, "renew-plans"), () =>
        asSystem("renew-plans", async (tx) => {
          const sub = await lockPlan(tx, tenantId);
          if (sub) await renew(tx, sub, now);
        }),
      );
      await creditWasAdded(tenantId);
      done += 1;
    } catch (error) {
      log.error({ err: error, tenantId }, "a plan could not be renewed and is tried again");
    }
  }
  return done;
}
