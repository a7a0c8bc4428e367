import { and, eq, gt, inArray, isNull, lte, or, sql } from "drizzle-orm";
import { invoices } from "@/db/schema/invoices";
import { LEAST_CENTS } from "@/lib/billing/least";
import { OWED_STATUSES } from "@/lib/billing/state";
import { databaseTime } from "@/lib/clock";

/** So much is left of an invoice that it is gone after. */
export const isWorthIt = sql`${invoices.subtotalCents} + ${invoices.taxCents} - ${invoices.paidCents} - ${invoices.creditedCents} >= ${LEAST_CENTS}::bigint`;

/** Invoices that a workspace owes and that it was reminded of. One of which less is left than anybody is gone after for is none. */
export const isReminded = (tenantId: string) =>
  and(
    eq(invoices.tenantId, tenantId),
    inArray(invoices.status, [...OWED_STATUSES]),
    gt(invoices.dunningStage, 0),
    isWorthIt,
  );

/** Invoices that nobody gave a workspace time for, or that time is over. */
export const notInGrace = () =>
  or(isNull(invoices.graceUntil), lte(invoices.graceUntil, sql`${databaseTime()}`));
