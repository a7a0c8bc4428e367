import "server-only";
import { and, desc, eq, sql } from "drizzle-orm";
import { asSystem, asTenant } from "@/db/access";
import { autoTopups } from "@/db/schema/caps";
import { invoices } from "@/db/schema/invoices";
import { paymentMethods } from "@/db/schema/payments";
import type { TenantScope } from "@/db/scope";
import { authorize } from "@/lib/auth/authorize";
import { dueCents } from "@/lib/billing/apply-payment";
import { partiesOf, taxOf } from "@/lib/billing/parties";
import type { Tax } from "@/lib/billing/tax";
import { currentTime } from "@/lib/clock";
import { AppError } from "@/lib/errors";
import { isId } from "@/lib/ids";
import type { Micros } from "@/lib/money";
import { cardsAreOn } from "@/lib/stripe/settings";
import { boughtAlone } from "./auto-topup-month";
import { triedAgainAt } from "./auto-topup-rules";

/** Whether cards are accepted at all; without keys bills are paid by bank transfer. */
export async function acceptsCards(scope: TenantScope): Promise<boolean> {
  authorize(scope, "billing.read");
  return cardsAreOn();
}

/** The tax that is added to credit which the workspace buys now; null when there is none to speak of. */
export async function creditTax(scope: TenantScope): Promise<Tax | null> {
  authorize(scope, "billing.read");
  return asSystem("topup", async (tx) => {
    const now = currentTime();
    const { customer } = await partiesOf(tx, scope.tenantId, now);
    return taxOf(tx, customer, now);
  });
}

/**
 * What is still to be paid of an invoice, in cents.
 * @throws AppError `not_found`
 */
export async function getDue(scope: TenantScope, invoiceId: string): Promise<bigint> {
  authorize(scope, "billing.read");
  if (!isId(invoiceId)) throw new AppError("not_found");
  const [invoice] = await asTenant(scope, (tx) =>
    tx
      .select({
        status: invoices.status,
        subtotalCents: invoices.subtotalCents,
        taxCents: invoices.taxCents,
        paidCents: invoices.paidCents,
        creditedCents: invoices.creditedCents,
      })
      .from(invoices)
      .where(and(eq(invoices.tenantId, scope.tenantId), eq(invoices.id, invoiceId))),
  );
  if (!invoice) throw new AppError("not_found", "This invoice does not exist.");
  return dueCents(invoice);
}

export type AutoTopupView = {
  isOn: boolean;
  threshold: string;
  amount: string;
  monthlyMax: string;
  disabledReason: string | null;
  /** When a card that was just declined is tried again; null where it was not, or where it is off. */
  triedAgainAt: Date | null;
  /** What was bought so in this UTC month. */
  boughtMicros: Micros;
};

/** When credit is bought by itself; null where that was never set. Dollars. */
export async function findAutoTopup(scope: TenantScope): Promise<AutoTopupView | null> {
  authorize(scope, "billing.read");
  return asTenant(scope, async (tx) => {
    const [row] = await tx
      .select({
        isOn: autoTopups.isOn,
        threshold: autoTopups.threshold,
        amount: autoTopups.amount,
        monthlyMax: autoTopups.monthlyMax,
        disabledReason: autoTopups.disabledReason,
        failures: autoTopups.failures,
        updatedAt: autoTopups.updatedAt,
      })
      .from(autoTopups)
      .where(eq(autoTopups.tenantId, scope.tenantId));
    if (!row) return null;
    const { failures, updatedAt, ...auto } = row;
    const again = triedAgainAt({ failures, updatedAt });
    const isResting = auto.isOn && again !== null && again > currentTime();
    return {
      ...auto,
      triedAgainAt: isResting ? again : null,
      boughtMicros: await boughtAlone(tx, scope.tenantId),
    };
  });
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
