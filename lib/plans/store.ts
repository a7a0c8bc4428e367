import { and, asc, eq, inArray, isNull } from "drizzle-orm";
import type { Tx } from "@/db/access";
import { planPrices, plans } from "@/db/schema/plans";
import { type Micros, microsFromNumeric } from "@/lib/money";
import { cycleOf } from "./cycles";
import type { PlanPrice } from "./prices";

export type Plan = {
  id: string;
  key: string;
  name: string;
  description: string | null;
  /** Usage that a month includes. */
  allowanceMicros: Micros;
  trialDays: number;
  trialMicros: Micros;
  isPublic: boolean;
  isActive: boolean;
  position: number;
  updatedAt: Date;
  /** All of them: over, in force and scheduled, oldest first. */
  prices: PlanPrice[];
};

type Filter = { id?: string; key?: string; isActive?: true; isPublic?: true };

/** Plans with their prices, in the order in which they are offered. */
export async function readPlans(tx: Tx, { id, key, isActive, isPublic }: Filter = {}): Promise<Plan[]> {
  const rows = await tx
    .select()
    .from(plans)
    .where(
      and(
        id ? eq(plans.id, id) : undefined,
        key ? eq(plans.key, key) : undefined,
        isActive ? eq(plans.isActive, true) : undefined,
        isPublic ? eq(plans.isPublic, true) : undefined,
      ),
    )
    .orderBy(asc(plans.position), asc(plans.key));
  if (rows.length === 0) return [];
  const prices = await tx
    .select()
    .from(planPrices)
    .where(
      and(
        isNull(planPrices.withdrawnAt),
        inArray(
          planPrices.planId,
          rows.map((row) => row.id),
        ),
      ),
    )
    .orderBy(asc(planPrices.effectiveFrom));
  return rows.map((row) => ({
    id: row.id,
    key: row.key,
    name: row.name,
    description: row.description,
    allowanceMicros: microsFromNumeric(row.allowance),
    trialDays: row.trialDays,
    trialMicros: microsFromNumeric(row.trialAllowance),
    isPublic: row.isPublic,
    isActive: row.isActive,
    position: row.position,
    updatedAt: row.updatedAt,
    prices: prices
      .filter((price) => price.planId === row.id)
      .map((price) => ({
        id: price.id,
        cycle: cycleOf(price.billingCycle),
        amountCents: price.amountCents,
        from: price.effectiveFrom,
        to: price.effectiveTo,
      })),
  }));
}

/** One plan by its id; null when there is none. */
export async function findPlan(tx: Tx, id: string): Promise<Plan | null> {
  const [plan] = await readPlans(tx, { id });
  return plan ?? null;
}
