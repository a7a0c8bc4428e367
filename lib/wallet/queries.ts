import "server-only";
import { and, asc, eq, isNull, sql } from "drizzle-orm";
import { asPartner, asPlatform, asTenant, type Tx } from "@/db/access";
import { creditLots, wallets } from "@/db/schema/wallets";
import type { PartnerScope, PlatformScope, TenantScope } from "@/db/scope";
import { authorize } from "@/lib/auth/authorize";
import { AppError } from "@/lib/errors";
import { isId } from "@/lib/ids";
import { type Micros, microsFromNumeric } from "@/lib/money";
import { requireCustomer } from "@/lib/partners/store";
import { availableOf } from "./available";

export type LotView = {
  id: string;
  /** plan | promo | paid */
  source: string;
  remaining: Micros;
  amount: Micros;
  expiresAt: Date | null;
  isFrozen: boolean;
  /** Who bears a promotion: platform | partner */
  paidBy: string;
  reason: string | null;
};

export type WalletView = {
  /** prepaid | postpaid */
  mode: string;
  /** What is left of the plan's allowance. */
  allowance: Micros;
  promo: Micros;
  paid: Micros;
  /** Usage that no credit covered, and that no payment has paid yet. */
  owed: Micros;
  /** `promo + paid − owed`: less than nothing is a debt. */
  balance: Micros;
  /** Set aside for steps under way. */
  held: Micros;
  /** Under dispute: not to be spent. */
  frozen: Micros;
  creditLimit: Micros;
  /** What new work can be started on. */
  available: Micros;
  /** Below which the admins are told, in the workspace's own view; null: never. */
  lowWater: Micros | null;
  /** What is not used up, in the order in which it is spent. */
  lots: LotView[];
};

const sumOf = (lots: readonly LotView[], counts: (lot: LotView) => boolean): Micros =>
  lots.reduce((sum, lot) => (counts(lot) ? sum + lot.remaining : sum), 0n);

/**
 * One statement, so that balance and credit are those of one moment, whatever is spent meanwhile.
 * @param isOwn whether the workspace looks at it itself
 */
async function readView(tx: Tx, tenantId: string, isOwn = false): Promise<WalletView> {
  const rows = await tx
    .select({
      mode: wallets.mode,
      allowance: wallets.allowance,
      balance: wallets.balance,
      held: wallets.held,
      creditLimit: wallets.creditLimit,
      lowWater: isOwn ? wallets.lowWater : sql<string | null>`null`,
      lot: {
        id: creditLots.id,
        source: creditLots.source,
        remaining: creditLots.remaining,
        amount: creditLots.amount,
        expiresAt: creditLots.expiresAt,
        isFrozen: creditLots.isFrozen,
        paidBy: creditLots.paidBy,
        reason: creditLots.reason,
      },
    })
    .from(wallets)
    .leftJoin(creditLots, and(eq(creditLots.tenantId, wallets.tenantId), isNull(creditLots.closedAt)))
    .where(eq(wallets.tenantId, tenantId))
    .orderBy(
      sql`array_position(array['plan', 'promo', 'paid'], ${creditLots.source}::text)`,
      sql`${creditLots.expiresAt} nulls last`,
      asc(creditLots.id),
    );
  const [row] = rows;
  if (!row) throw new AppError("not_found", "This workspace has no wallet.");
  const lots = rows.flatMap(({ lot }) =>
    lot
      ? [{ ...lot, remaining: microsFromNumeric(lot.remaining), amount: microsFromNumeric(lot.amount) }]
      : [],
  );
  const figures = {
    allowance: microsFromNumeric(row.allowance),
    balance: microsFromNumeric(row.balance),
    held: microsFromNumeric(row.held),
    frozen: sumOf(lots, (lot) => lot.isFrozen),
    creditLimit: microsFromNumeric(row.creditLimit),
  };
  const promo = sumOf(lots, (lot) => lot.source === "promo");
  const paid = sumOf(lots, (lot) => lot.source === "paid");
  return {
    ...figures,
    mode: row.mode,
    promo,
    paid,
    owed: promo + paid - figures.balance,
    available: availableOf(figures),
    lowWater: row.lowWater === null ? null : microsFromNumeric(row.lowWater),
    lots,
  };
}

/** What the workspace can spend, and from what. @throws AppError `not_found` without a wallet */
export async function getWallet(scope: TenantScope): Promise<WalletView> {
  authorize(scope, "billing.read");
  return asTenant(scope, (tx) => readView(tx, scope.tenantId, true));
}

/** The same of any tenant, for the platform's admins. @throws AppError `not_found` */
export async function getTenantWallet(scope: PlatformScope, tenantId: string): Promise<WalletView> {
  authorize(scope, "tenant.read");
  if (!isId(tenantId)) throw new AppError("not_found", "This workspace does not exist.");
  return asPlatform(scope, (tx) => readView(tx, tenantId));
}

/** The same of a partner's customer. @throws AppError `not_found`, also for another partner's */
export async function getCustomerWallet(scope: PartnerScope, tenantId: string): Promise<WalletView> {
  authorize(scope, "customer.read");
  if (!isId(tenantId)) throw new AppError("not_found", "This customer does not exist.");
  return asPartner(scope, async (tx) => {
    await requireCustomer(tx, scope, tenantId);
    return readView(tx, tenantId);
  });
}
