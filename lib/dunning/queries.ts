import "server-only";
import { and, asc, desc, eq, gt, inArray, sql } from "drizzle-orm";
import { asTenant } from "@/db/access";
import { invoices } from "@/db/schema/invoices";
import type { TenantScope } from "@/db/scope";
import { authorize } from "@/lib/auth/authorize";
import { dueCents } from "@/lib/billing/apply-payment";
import { OWED_STATUSES } from "@/lib/billing/state";
import { databaseTime } from "@/lib/clock";
import { DUNNING_STEPS, type DunningName, timeOfStage } from "./schedule";

export type Debt = {
  invoiceId: string;
  invoiceNumber: string;
  dueCents: bigint;
  /** How far it is. */
  step: DunningName;
  /** When new runs stop to start, and when the workspace is suspended; null once that has happened. */
  blockedAt: Date | null;
  suspendedAt: Date | null;
  /** Until when it was given time to pay: nothing is stopped before. Null where there is none, or it is over. */
  graceUntil: Date | null;
  /** How many invoices are overdue. */
  invoices: number;
};

/** What a workspace owes and is gone after for: the invoice that is furthest. Null when there is none. */
export async function findDebt(scope: TenantScope): Promise<Debt | null> {
  authorize(scope, "home.read");
  const inGrace = sql<boolean>`coalesce(${invoices.graceUntil} > ${databaseTime()}, false)`;
  const owed = await asTenant(scope, (tx) =>
    tx
      .select({
        id: invoices.id,
        invoiceNumber: invoices.invoiceNumber,
        status: invoices.status,
        subtotalCents: invoices.subtotalCents,
        taxCents: invoices.taxCents,
        paidCents: invoices.paidCents,
        creditedCents: invoices.creditedCents,
        dunningStage: invoices.dunningStage,
        dueDate: invoices.dueDate,
        nextAttemptAt: invoices.nextAttemptAt,
        graceUntil: sql<Date | null>`case when ${inGrace} then ${invoices.graceUntil} end`.mapWith(
          invoices.graceUntil,
        ),
      })
      .from(invoices)
      .where(
        and(
          eq(invoices.tenantId, scope.tenantId),
          inArray(invoices.status, [...OWED_STATUSES]),
          gt(invoices.dunningStage, 0),
        ),
      )
      // What stops something comes before what was given time.
      .orderBy(asc(inGrace), desc(invoices.dunningStage), asc(invoices.dueDate)),
  );
  const [worst] = owed;
  const step = worst && DUNNING_STEPS[worst.dunningStage - 1];
  if (!step) return null;
  return {
    invoiceId: worst.id,
    invoiceNumber: worst.invoiceNumber,
    dueCents: dueCents(worst),
    step: step.name,
    blockedAt: timeOfStage(worst, "starts_blocked"),
    graceUntil: worst.graceUntil,
    suspendedAt: timeOfStage(worst, "suspended"),
    invoices: owed.length,
  };
}
