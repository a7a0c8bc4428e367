import { and, eq, isNull, sql } from "drizzle-orm";
import type Stripe from "stripe";
import type { Tx } from "@/db/access";
import { tenants } from "@/db/schema/auth";
import { paymentMethods } from "@/db/schema/payments";
import { subscriptions } from "@/db/schema/plans";
import type { AuditActor } from "@/lib/audit/record";
import { isId } from "@/lib/ids";

/** Whoever acts when an event of Stripe's is applied. */
export const STRIPE: AuditActor = { actor: { kind: "job", name: "stripe" } };

/** Our own ids on objects of Stripe's: how they are found again. */
export type OurMetadata = { tenant_id: string; payment_id?: string; topup_id?: string; invoice_id?: string };

/** The live subscription of a tenant, locked: one change of how it pays at a time. */
export async function lockPayer(
  tx: Tx,
  tenantId: string,
): Promise<{ stripeCustomerId: string | null } | null> {
  const [row] = await tx
    .select({ stripeCustomerId: subscriptions.stripeCustomerId })
    .from(subscriptions)
    .where(and(eq(subscriptions.tenantId, tenantId), isNull(subscriptions.endedAt)))
    .for("no key update");
  return row ?? null;
}

/** Notes the customer at Stripe, where none is noted yet. */
export async function linkCustomer(tx: Tx, tenantId: string, customerId: string): Promise<void> {
  await tx
    .update(subscriptions)
    .set({ stripeCustomerId: customerId, updatedAt: sql`now()` })
    .where(
      and(
        eq(subscriptions.tenantId, tenantId),
        isNull(subscriptions.endedAt),
        isNull(subscriptions.stripeCustomerId),
      ),
    );
}

/** The customer is gone at Stripe. */
export async function unlinkCustomer(tx: Tx, customerId: string): Promise<boolean> {
  const rows = await tx
    .update(subscriptions)
    .set({ stripeCustomerId: null, updatedAt: sql`now()` })
    .where(and(eq(subscriptions.stripeCustomerId, customerId), isNull(subscriptions.endedAt)))
    .returning({ id: subscriptions.id });
  return rows.length > 0;
}

/** Whose customer this is: noted here, or by our own id in its metadata; null for strangers. */
export async function tenantOfCustomer(
  tx: Tx,
  customer: Stripe.Customer | Stripe.DeletedCustomer,
): Promise<string | null> {
  const [linked] = await tx
    .select({ tenantId: subscriptions.tenantId })
    .from(subscriptions)
    .where(and(eq(subscriptions.stripeCustomerId, customer.id), isNull(subscriptions.endedAt)));
  if (linked) return linked.tenantId;
  const claimed = customer.deleted ? undefined : customer.metadata.tenant_id;
  if (!isId(claimed)) return null;
  const [tenant] = await tx.select({ id: tenants.id }).from(tenants).where(eq(tenants.id, claimed));
  if (!tenant) return null;
  await linkCustomer(tx, tenant.id, customer.id);
  return tenant.id;
}

/** Makes a saved method the one that is charged, or none. The caller holds the payer. */
export async function setDefault(tx: Tx, tenantId: string, methodId: string | null): Promise<void> {
  await tx
    .update(paymentMethods)
    .set({ isDefault: false, updatedAt: sql`now()` })
    .where(and(eq(paymentMethods.tenantId, tenantId), eq(paymentMethods.isDefault, true)));
  if (methodId === null) return;
  await tx
    .update(paymentMethods)
    .set({ isDefault: true, updatedAt: sql`now()` })
    .where(and(eq(paymentMethods.tenantId, tenantId), eq(paymentMethods.id, methodId)));
}

export async function findDefault(tx: Tx, tenantId: string): Promise<string | null> {
  const [row] = await tx
    .select({ id: paymentMethods.id })
    .from(paymentMethods)
    .where(
      and(
        eq(paymentMethods.tenantId, tenantId),
        eq(paymentMethods.isDefault, true),
        eq(paymentMethods.status, "active"),
      ),
    );
  return row?.id ?? null;
}
