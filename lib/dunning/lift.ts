import { and, eq, gt, inArray, isNull, sql } from "drizzle-orm";
import type { Tx } from "@/db/access";
import { tenants } from "@/db/schema/auth";
import { invoices } from "@/db/schema/invoices";
import { subscriptions } from "@/db/schema/plans";
import type { PlatformScope } from "@/db/scope";
import { type AuditActor, audit } from "@/lib/audit/record";
import { UNPAID_STATUSES } from "@/lib/billing/state";

/**
 * Takes back what a debt has stopped, once no dunned invoice is left: new runs start again, and a workspace that was
 * suspended for it works again. One that an admin or a partner suspended stays so.
 */
export async function liftDunning(tx: Tx, by: PlatformScope | AuditActor, tenantId: string): Promise<void> {
  const [owed] = await tx
    .select({ id: invoices.id })
    .from(invoices)
    .where(
      and(
        eq(invoices.tenantId, tenantId),
        inArray(invoices.status, [...UNPAID_STATUSES]),
        gt(invoices.dunningStage, 0),
      ),
    )
    .limit(1);
  if (owed) return;
  await tx
    .update(subscriptions)
    .set({
      startsBlockedAt: null,
      startsBlockedReason: null,
      status: sql`case when ${subscriptions.status} = 'past_due' then 'active' else ${subscriptions.status} end`,
    })
    .where(
      and(
        eq(subscriptions.tenantId, tenantId),
        isNull(subscriptions.endedAt),
        sql`(${subscriptions.startsBlockedAt} is not null or ${subscriptions.status} = 'past_due')`,
      ),
    );
  const [lifted] = await tx
    .update(tenants)
    .set({ status: "active", suspendedBy: null, suspendedReason: null })
    .where(and(eq(tenants.id, tenantId), eq(tenants.suspendedBy, "dunning")))
    .returning({ partnerId: tenants.partnerId });
  if (lifted)
    await audit(tx, by, {
      action: "tenant.unsuspend",
      targetType: "tenant",
      targetId: tenantId,
      tenantId,
      partnerId: lifted.partnerId,
      reason: "What was owed is paid.",
    });
}
