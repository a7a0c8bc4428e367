import { and, eq, inArray } from "drizzle-orm";
import type { Tx } from "@/db/access";
import { invoices } from "@/db/schema/invoices";
import type { AuditActor } from "@/lib/audit/record";
import { UNPAID_STATUSES } from "@/lib/billing/state";
import { makeVoid, writeOff } from "@/lib/billing/void";
import type { Subscription } from "./store";

/**
 * Takes back the first invoice of a plan that never began, since it was not paid.
 * @throws AppError `conflict` while a payment of it is under way
 */
export async function withdrawFirst(tx: Tx, by: AuditActor, sub: Subscription, now: Date): Promise<void> {
  const open = await tx
    .select({ id: invoices.id })
    .from(invoices)
    .where(
      and(
        eq(invoices.tenantId, sub.tenantId),
        eq(invoices.subscriptionId, sub.id),
        eq(invoices.kind, "subscription"),
        // A later fee that has an invoice of its own is owed.
        eq(invoices.periodStart, sub.anchorAt),
        inArray(invoices.status, [...UNPAID_STATUSES]),
      ),
    );
  const reason = "The plan was not begun.";
  for (const { id } of open) {
    const invoice = await makeVoid(tx, by, { invoiceId: id, reason, outcome: "write_off" }, now);
    await writeOff(tx, by, invoice, reason);
  }
}
