import { and, desc, eq, gt, inArray, or } from "drizzle-orm";
import type { Tx } from "@/db/access";
import { invoices } from "@/db/schema/invoices";
import { subscriptionChanges } from "@/db/schema/plans";
import type { Subscription } from "./store";

export type PlanInvoice = Pick<
  typeof invoices.$inferSelect,
  "id" | "tenantId" | "kind" | "subscriptionId" | "periodStart"
>;

export type PaidChange = typeof subscriptionChanges.$inferSelect & { invoiceId: string };

/**
 * The start or the raise of a plan that an invoice asks for; null when there is none. One that was made void and billed
 * again asks for the same: it is told by the plan and the second from which it holds.
 */
export async function changeBehind(tx: Tx, invoice: PlanInvoice): Promise<PaidChange | null> {
  const { tenantId, subscriptionId, id } = invoice;
  if (!subscriptionId) return null;
  const isOwn = eq(subscriptionChanges.invoiceId, id);
  const [found] = await tx
    .select({ change: subscriptionChanges })
    .from(subscriptionChanges)
    .innerJoin(
      invoices,
      and(
        eq(invoices.tenantId, subscriptionChanges.tenantId),
        eq(invoices.id, subscriptionChanges.invoiceId),
      ),
    )
    .where(
      and(
        eq(subscriptionChanges.tenantId, tenantId),
        eq(subscriptionChanges.subscriptionId, subscriptionId),
        inArray(subscriptionChanges.kind, ["start", "upgrade"]),
        or(
          isOwn,
          and(
            eq(subscriptionChanges.at, invoice.periodStart),
            eq(invoices.kind, invoice.kind),
            eq(invoices.status, "void"),
          ),
        ),
      ),
    )
    .orderBy(desc(isOwn), desc(subscriptionChanges.id))
    .limit(1);
  const invoiceId = found?.change.invoiceId;
  return found && invoiceId ? { ...found.change, invoiceId } : null;
}

/** Whether a plan went on after a change: it was raised, renewed, begun again or ended since. */
export async function wentOn(tx: Tx, sub: Subscription, change: PaidChange): Promise<boolean> {
  const [later] = await tx
    .select({ id: subscriptionChanges.id })
    .from(subscriptionChanges)
    .where(
      and(
        eq(subscriptionChanges.tenantId, sub.tenantId),
        eq(subscriptionChanges.subscriptionId, sub.id),
        inArray(subscriptionChanges.kind, ["start", "upgrade", "renew", "end"]),
        gt(subscriptionChanges.id, change.id),
      ),
    )
    .limit(1);
  return later !== undefined;
}
