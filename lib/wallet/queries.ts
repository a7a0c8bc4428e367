import "server-only";
import { and, asc, desc, eq, isNull, lt, or, sql } from "drizzle-orm";
import { asTenant } from "@/db/access";
import { agents } from "@/db/schema/ai";
import { capWindows, spendCaps } from "@/db/schema/caps";
import { creditLots, creditTransactions, wallets } from "@/db/schema/wallets";
import type { TenantScope } from "@/db/scope";
import { authorize } from "@/lib/auth/authorize";
import { databaseTime } from "@/lib/clock";
import { AppError } from "@/lib/errors";
import { type Micros, microsFromNumeric } from "@/lib/money";
import { availableOf } from "./available";

export type WalletView = {
  mode: string;
  allowance: Micros;
  balance: Micros;
  held: Micros;
  creditLimit: Micros;
  available: Micros;
  lots: {
    id: string;
    source: string;
    remaining: Micros;
    amount: Micros;
    expiresAt: Date | null;
    isFrozen: boolean;
  }[];
};

/** What the workspace can spend, and from what. @throws AppError `not_found` without a wallet */
export async function getWallet(scope: TenantScope): Promise<WalletView> {
  authorize(scope, "billing.read");
  return asTenant(scope, async (tx) => {
    const [row] = await tx.select().from(wallets).where(eq(wallets.tenantId, scope.tenantId));
    if (!row) throw new AppError("not_found", "This workspace has no wallet.");
    const lots = await tx
      .select({
        id: creditLots.id,
        source: creditLots.source,
        remaining: creditLots.remaining,
        amount: creditLots.amount,
        expiresAt: creditLots.expiresAt,
        isFrozen: creditLots.isFrozen,
      })
      .from(creditLots)
      .where(and(eq(creditLots.tenantId, scope.tenantId), isNull(creditLots.closedAt)))
      .orderBy(
        sql`array_position(array['plan', 'promo', 'paid'], ${creditLots.source}::text)`,
        asc(creditLots.id),
      );
    const figures = {
      allowance: microsFromNumeric(row.allowance),
      balance: microsFromNumeric(row.balance),
      held: microsFromNumeric(row.held),
      frozen: microsFromNumeric(row.frozen),
      creditLimit: microsFromNumeric(row.creditLimit),
    };
    const { frozen: _, ...shown } = figures;
    return {
      ...shown,
      mode: row.mode,
      available: availableOf(figures),
      lots: lots.map((lot) => ({
        ...lot,
        remaining: microsFromNumeric(lot.remaining),
        amount: microsFromNumeric(lot.amount),
      })),
    };
  });
}

export type TransactionView = {
  id: string;
  at: Date;
  kind: string;
  source: string;
  amount: Micros;
  balanceAfter: Micros;
  allowanceAfter: Micros;
  reason: string | null;
  executionId: string | null;
  invoiceId: string | null;
};

/** What changed the wallet, newest first. @param before the last one of the page before */
export async function listTransactions(
  scope: TenantScope,
  { before, limit }: { before?: { at: Date; id: string } | undefined; limit: number },
): Promise<TransactionView[]> {
  authorize(scope, "billing.read");
  const t = creditTransactions;
  const rows = await asTenant(scope, (tx) =>
    tx
      .select({
        id: t.id,
        at: t.createdAt,
        kind: t.kind,
        source: t.source,
        amount: t.amount,
        balanceAfter: t.balanceAfter,
        allowanceAfter: t.allowanceAfter,
        reason: t.reason,
        executionId: t.executionId,
        invoiceId: t.invoiceId,
      })
      .from(t)
      .where(
        and(
          eq(t.tenantId, scope.tenantId),
          before
            ? or(lt(t.createdAt, before.at), and(eq(t.createdAt, before.at), lt(t.id, before.id)))
            : undefined,
        ),
      )
      .orderBy(desc(t.createdAt), desc(t.id))
      .limit(limit),
  );
  return rows.map((row) => ({
    ...row,
    amount: microsFromNumeric(row.amount),
    balanceAfter: microsFromNumeric(row.balanceAfter),
    allowanceAfter: microsFromNumeric(row.allowanceAfter),
  }));
}

export type CapView = {
  id: string;
  scope: string;
  agentId: string | null;
  agentName: string | null;
  period: string;
  amount: Micros;
  isActive: boolean;
  /** In the window of now; zero for caps of runs. */
  spent: Micros;
  held: Micros;
};

/** The caps of the workspace with how far they are used today and this month. */
export async function listCaps(scope: TenantScope): Promise<CapView[]> {
  authorize(scope, "billing.read");
  const now = sql`(${databaseTime()} at time zone 'UTC')`;
  const rows = await asTenant(scope, (tx) =>
    tx
      .select({
        id: spendCaps.id,
        scope: spendCaps.scope,
        agentId: spendCaps.agentId,
        agentName: agents.name,
        period: spendCaps.period,
        amount: spendCaps.amount,
        isActive: spendCaps.isActive,
        spent: sql<string>`coalesce(${capWindows.spent}, 0)::numeric(18,6)`,
        held: sql<string>`coalesce(${capWindows.held}, 0)::numeric(18,6)`,
      })
      .from(spendCaps)
      .leftJoin(agents, and(eq(agents.tenantId, spendCaps.tenantId), eq(agents.id, spendCaps.agentId)))
      .leftJoin(
        capWindows,
        and(
          eq(capWindows.tenantId, spendCaps.tenantId),
          eq(capWindows.capId, spendCaps.id),
          eq(
            capWindows.windowKey,
            sql`case ${spendCaps.period} when 'day' then to_char(${now}, 'YYYY-MM-DD') else to_char(${now}, 'YYYY-MM') end`,
          ),
        ),
      )
      .where(eq(spendCaps.tenantId, scope.tenantId))
      .orderBy(asc(spendCaps.scope), asc(spendCaps.period), asc(spendCaps.id)),
  );
  return rows.map((row) => ({
    ...row,
    amount: microsFromNumeric(row.amount),
    spent: microsFromNumeric(row.spent),
    held: microsFromNumeric(row.held),
  }));
}
