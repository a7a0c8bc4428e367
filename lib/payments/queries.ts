import "server-only";
import { and, desc, eq, sql } from "drizzle-orm";
import { asTenant } from "@/db/access";
import { paymentMethods } from "@/db/schema/payments";
import type { TenantScope } from "@/db/scope";
import { authorize } from "@/lib/auth/authorize";
import { stripeSettings } from "@/lib/stripe/settings";

/** Whether cards are accepted at all; without keys bills are paid by bank transfer. */
export async function acceptsCards(scope: TenantScope): Promise<boolean> {
  authorize(scope, "billing.read");
  const { secretKey, publishableKey } = await stripeSettings();
  return secretKey !== null && publishableKey !== null;
}

export type MethodItem = {
  id: string;
  brand: string | null;
  last4: string | null;
  /** Month and year after which the bank refuses it. */
  expiry: { month: number; year: number } | null;
  isDefault: boolean;
  addedAt: Date;
};

/** The saved cards, the one that is charged first. */
export async function listMethods(scope: TenantScope): Promise<MethodItem[]> {
  authorize(scope, "billing.read");
  const rows = await asTenant(scope, (tx) =>
    tx
      .select({
        id: paymentMethods.id,
        brand: paymentMethods.brand,
        last4: paymentMethods.last4,
        month: paymentMethods.expMonth,
        year: paymentMethods.expYear,
        isDefault: sql<boolean>`coalesce(${paymentMethods.isDefault}, false)`,
        addedAt: paymentMethods.createdAt,
      })
      .from(paymentMethods)
      .where(and(eq(paymentMethods.tenantId, scope.tenantId), eq(paymentMethods.status, "active")))
      .orderBy(sql`${paymentMethods.isDefault} is true desc`, desc(paymentMethods.id)),
  );
  return rows.map(({ month, year, ...row }) => ({
    ...row,
    expiry: month !== null && year !== null ? { month, year } : null,
  }));
}
