import "server-only";
import { asSystem } from "@/db/access";
import type { TenantScope } from "@/db/scope";
import { audit } from "@/lib/audit/record";
import { authorize } from "@/lib/auth/authorize";
import { currentTime } from "@/lib/clock";
import { AppError } from "@/lib/errors";
import { bySecond } from "../choose";
import type { CancelPlanInput } from "../input";
import { endPlan, renew } from "../renew";
import { refusalOf, type Wish } from "../rules";
import { findChange, hasPlan, lockPlan, noteChange, type Subscription, saveSubscription } from "../store";
import { takingBack, withdrawFirst } from "../withdraw";

type Work = (
  sub: Subscription,
  at: Date,
  tx: Parameters<Parameters<typeof asSystem>[1]>[0],
  key: string,
) => Promise<void>;

/** Whether an earlier press has done it. */
export type Pressed = { isReplay: boolean };

/** One press on a plan that somebody has: the same again does nothing. */
async function press(
  scope: TenantScope,
  wish: Wish,
  { requestKey }: CancelPlanInput,
  now: Date,
  work: Work,
): Promise<Pressed> {
  const at = bySecond(now);
  const key = `request:${requestKey}`;
  return asSystem(`${wish}-plan`, async (tx) => {
    const found = await lockPlan(tx, scope.tenantId);
    if (await findChange(tx, scope.tenantId, key)) return { isReplay: true };
    const sub = found ? await renew(tx, found, at) : null;
    const refusal = refusalOf(
      {
        status: sub?.status ?? "cancelled",
        hasPlan: hasPlan(sub),
        isEnding: sub?.cancelAtPeriodEnd ?? false,
      },
      wish,
    );
    if (refusal || !sub)
      throw new AppError("precondition", refusal ?? "There is no plan.", { reason: "plan_fixed" });
    await work(sub, at, tx, key);
    return { isReplay: false };
  });
}

/**
 * Cancels the plan for the end of what is paid; until then everything stays. One whose first fee is not paid ends at once,
 * and its invoice is void, at Stripe too should that collect it.
 * @throws AppError `precondition` (`plan_fixed`); `conflict` while the first payment is under way
 */
export async function cancelPlan(
  scope: TenantScope,
  input: CancelPlanInput,
  now = currentTime(),
): Promise<Pressed> {
  authorize(scope, "plan.cancel");
  const cancel: Work = async (sub, at, tx, key) => {
    if (sub.status === "incomplete") {
      await withdrawFirst(tx, scope, sub, at);
      await endPlan(tx, scope, sub, { at, key, reason: "It was cancelled before it was paid." });
      return;
    }
    await saveSubscription(tx, sub, {
      cancelAtPeriodEnd: true,
      cancelledAt: at,
      pendingPlanId: null,
      pendingCycle: null,
    });
    await note(scope, sub, { kind: "cancel", at, key }, tx);
  };
  return takingBack(scope, () => press(scope, "cancel", input, now, cancel));
}

/**
 * Takes back what was asked for the end of the paid time: a cancellation, or a lower plan.
 * @throws AppError `precondition` (`plan_fixed`)
 */
export async function resumePlan(
  scope: TenantScope,
  input: CancelPlanInput,
  now = currentTime(),
): Promise<Pressed> {
  authorize(scope, "plan.change");
  return press(scope, "resume", input, now, async (sub, at, tx, key) => {
    await saveSubscription(tx, sub, {
      cancelAtPeriodEnd: false,
      cancelledAt: null,
      pendingPlanId: null,
      pendingCycle: null,
    });
    await note(scope, sub, { kind: "resume", at, key }, tx);
  });
}

async function note(
  scope: TenantScope,
  sub: Subscription,
  change: { kind: "cancel" | "resume"; at: Date; key: string },
  tx: Parameters<Parameters<typeof asSystem>[1]>[0],
): Promise<void> {
  await noteChange(tx, sub, {
    ...change,
    fromPlan: sub.planName,
    toPlan: sub.planName,
    fromCycle: sub.billingCycle,
    toCycle: sub.billingCycle,
  });
  await audit(tx, scope, {
    action: `subscription.${change.kind}`,
    targetType: "subscription",
    targetId: sub.id,
    before: { ends: sub.cancelAtPeriodEnd, pendingPlanId: sub.pendingPlanId },
    after: { ends: change.kind === "cancel", at: (sub.paidThrough ?? change.at).toISOString() },
  });
}
