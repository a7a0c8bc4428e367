import { and, eq, isNull, or, sql } from "drizzle-orm";
import type { Tx } from "@/db/access";
import { advisoryLock } from "@/db/advisory-lock";
import { systemRates } from "@/db/schema/billing";
import { AppError, fieldError } from "@/lib/errors";
import type { RatePlan } from "./schedule";

export type Thing = { resourceType: string; unit: string; modelKey: string | null };

/** One writer of one price at a time: the ranges are read and written under this lock. */
export async function lockThing(tx: Tx, list: string, thing: Thing): Promise<void> {
  const key = `rate:${list}:${thing.resourceType}:${thing.unit}:${thing.modelKey ?? ""}`;
  await advisoryLock(tx, key).execute();
}

/** The base price of a thing at an instant; the model's own before the general one. Null when there is none. */
export async function basePriceAt(
  tx: Tx,
  thing: Thing,
  at: Date,
): Promise<{ id: string; rate: string } | null> {
  const [row] = await tx
    .select({ id: systemRates.id, rate: systemRates.rate })
    .from(systemRates)
    .where(
      and(
        eq(systemRates.resourceType, thing.resourceType),
        eq(systemRates.unit, thing.unit),
        eq(systemRates.isActive, true),
        thing.modelKey
          ? or(eq(systemRates.modelKey, thing.modelKey), isNull(systemRates.modelKey))
          : isNull(systemRates.modelKey),
        sql`${systemRates.effectiveFrom} <= ${at.toISOString()}::timestamptz`,
        sql`(${systemRates.effectiveTo} is null or ${systemRates.effectiveTo} > ${at.toISOString()}::timestamptz)`,
      ),
    )
    .orderBy(sql`${systemRates.modelKey} nulls last`)
    .limit(1);
  return row ?? null;
}

/** @throws AppError `invalid` on `effectiveFrom` */
export function requirePlan(plan: RatePlan): Extract<RatePlan, { ok: true }> {
  if (plan.ok) return plan;
  if (plan.reason === "taken") {
    throw new AppError("conflict", "Another price begins at exactly this moment.", {
      fields: { effectiveFrom: ["Another price begins at exactly this moment."] },
    });
  }
  throw fieldError("effectiveFrom", "A price cannot begin in the past: what was used is already rated.");
}
