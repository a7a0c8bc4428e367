import type { Tx } from "@/db/access";
import { AppError, fieldError } from "@/lib/errors";
import { findPlan, type Plan } from "@/lib/plans/store";
import { paysAfterwards, unpaidPlanInvoice } from "./allowance";
import type { PreviewChangeInput } from "./input";
import { type Change, changeOf, type Held, refusalOf } from "./rules";
import { hasPlan, heldOf, type Subscription, termsAt } from "./store";

type Wanted = NonNullable<ReturnType<typeof termsAt>>;

export type Chosen = {
  plan: Plan;
  wanted: Wanted;
  held: (Held & { plan: Plan }) | null;
  change: Change;
};

/** The instant without its milliseconds: plans go by the second. */
export const bySecond = (instant: Date) => new Date(Math.floor(instant.getTime() / 1_000) * 1_000);

/**
 * What choosing a plan would do now.
 * @throws AppError `not_found` for a plan that is not offered; `invalid` on `cycle` where it is not sold so
 */
export async function choose(
  tx: Tx,
  sub: Subscription | null,
  { planId, cycle }: PreviewChangeInput,
  at: Date,
): Promise<Chosen> {
  const plan = await findPlan(tx, planId);
  const held = sub ? await heldOf(tx, sub, at) : null;
  const isOffered = plan?.isActive === true && (plan.isPublic || plan.id === held?.planId);
  if (!plan || !isOffered) throw new AppError("not_found", "This plan does not exist.");
  const wanted = termsAt(plan, cycle, at);
  if (!wanted)
    throw fieldError(
      "cycle",
      `${plan.name} is not sold ${cycle === "annual" ? "by the year" : "by the month"}.`,
    );
  return { plan, wanted, held, change: changeOf(held, wanted, at) };
}

/** Whether this plan is the one that comes when what is paid is over. */
export function isPending(sub: Subscription, { plan, wanted }: Chosen): boolean {
  return !sub.cancelAtPeriodEnd && sub.pendingPlanId === plan.id && sub.pendingCycle === wanted.cycle;
}

/** @throws AppError `precondition`, reason `plan_fixed` */
export function requireChangeable(sub: Subscription | null): void {
  const refusal = sub
    ? refusalOf(
        {
          status: sub.status ?? "active",
          hasPlan: hasPlan(sub),
          isEnding: sub.cancelAtPeriodEnd,
        },
        "change",
      )
    : null;
  if (refusal) throw new AppError("precondition", refusal, { reason: "plan_fixed" });
}

/**
 * A plan is raised again once the last raise is paid, unless its workspace pays afterwards.
 * @throws AppError `precondition`, reason `unpaid_plan`
 */
export async function requirePaid(tx: Tx, tenantId: string): Promise<void> {
  const unpaid = (await paysAfterwards(tx, tenantId)) ? null : await unpaidPlanInvoice(tx, tenantId);
  if (unpaid)
    throw new AppError("precondition", `Pay invoice ${unpaid.number} first: then the plan can be changed.`, {
      reason: "unpaid_plan",
    });
}
