import "server-only";
import { and, asc, eq, ne } from "drizzle-orm";
import { asPlatform, asTenant } from "@/db/access";
import { tenants } from "@/db/schema/auth";
import { payments, topups } from "@/db/schema/payments";
import type { PlatformScope, TenantScope } from "@/db/scope";
import { authorize } from "@/lib/auth/authorize";
import { creditReference } from "./credit-reference";

/** Credit that is ordered and waits for its money. */
export type CreditOrder = {
  topupId: string;
  /** What the transfer says. */
  reference: string;
  /** The credit in dollars, and what is to be paid with its tax. */
  amount: string;
  taxCents: bigint;
  taxNote: string | null;
  totalCents: bigint;
  orderedAt: Date;
};

const ORDER = {
  topupId: topups.id,
  amount: topups.amount,
  taxCents: topups.taxCents,
  taxNote: topups.taxNote,
  totalCents: topups.totalCents,
  orderedAt: topups.createdAt,
} as const;

const ofPayment = and(eq(payments.tenantId, topups.tenantId), eq(payments.topupId, topups.id));
const waits = and(eq(topups.status, "pending"), eq(payments.status, "pending"), ne(payments.method, "card"));

const named = <T extends { topupId: string }>(row: T) => ({
  ...row,
  reference: creditReference(row.topupId),
});

/** What the workspace ordered to pay by bank transfer and has not paid, the oldest first. */
export async function listCreditOrders(scope: TenantScope): Promise<CreditOrder[]> {
  authorize(scope, "billing.read");
  const rows = await asTenant(scope, (tx) =>
    tx
      .select(ORDER)
      .from(topups)
      .innerJoin(payments, ofPayment)
      .where(and(eq(topups.tenantId, scope.tenantId), waits))
      .orderBy(asc(topups.id)),
  );
  return rows.map(named);
}

/** The same of all tenants, with whose it is; at most 200. */
export async function listAwaitedTransfers(
  scope: PlatformScope,
): Promise<(CreditOrder & { tenantId: string; tenantName: string })[]> {
  authorize(scope, "payment.read");
  const rows = await asPlatform(scope, (tx) =>
    tx
      .select({ ...ORDER, tenantId: topups.tenantId, tenantName: tenants.name })
      .from(topups)
      .innerJoin(payments, ofPayment)
      .innerJoin(tenants, eq(tenants.id, topups.tenantId))
      .where(waits)
      .orderBy(asc(topups.id))
      .limit(200),
  );
  return rows.map(named);
}
