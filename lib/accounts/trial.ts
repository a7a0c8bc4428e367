import "server-only";
import { and, asc, eq, gt } from "drizzle-orm";
import { asSystem, type Tx } from "@/db/access";
import { plans } from "@/db/schema/plans";
import { type Micros, microsFromNumeric } from "@/lib/money";

/** What a new workspace may try: for how long, with the limits of which plan, and what it may spend. */
export type Trial = { planName: string; days: number; creditMicros: Micros };

const WITHOUT_PLANS: Trial = { planName: "trial", days: 14, creditMicros: 25_000_000n };

/** The trial of the first plan that has one; fourteen days and 25 dollars where none has. */
export async function findTrial(tx: Tx): Promise<Trial> {
  const [plan] = await tx
    .select({ planName: plans.key, days: plans.trialDays, credit: plans.trialAllowance })
    .from(plans)
    .where(and(eq(plans.isActive, true), gt(plans.trialDays, 0)))
    .orderBy(asc(plans.position), asc(plans.key))
    .limit(1);
  if (!plan) return WITHOUT_PLANS;
  return { planName: plan.planName, days: plan.days, creditMicros: microsFromNumeric(plan.credit) };
}

/** For how many days a workspace that is made now can try the product. */
export async function trialDays(): Promise<number> {
  return (await asSystem("trial", findTrial)).days;
}
