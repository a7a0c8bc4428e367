import { eq } from "drizzle-orm";
import type { Tx } from "@/db/access";
import { plans } from "@/db/schema/plans";
import { findPlan, type Plan } from "@/lib/plans/store";
import { hasPlan, type Subscription } from "./store";

export type Current = {
  /** The plan that there is; null for none, and while one is tried. */
  plan: Plan | null;
  /** The plan that is tried, and until when. */
  trial: { key: string; name: string; endsAt: Date | null } | null;
};

/** What a workspace has of its subscription by now: a plan, a trial that is not over, or neither. */
export async function currentOf(tx: Tx, sub: Subscription | null, now: Date): Promise<Current> {
  if (sub?.planId && hasPlan(sub)) return { plan: await findPlan(tx, sub.planId), trial: null };
  const { status, trialEndsAt: endsAt = null, planName: key = "" } = sub ?? {};
  if (status !== "trialing" || (endsAt && endsAt <= now)) return { plan: null, trial: null };
  const [tried] = await tx.select({ name: plans.name }).from(plans).where(eq(plans.key, key));
  return { plan: null, trial: { key, name: tried?.name ?? "Trial", endsAt } };
}
