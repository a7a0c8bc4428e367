import "server-only";
import { and, desc, eq, sql } from "drizzle-orm";
import { asPlatform, asTenant, type Tx } from "@/db/access";
import { creditTransactions } from "@/db/schema/wallets";
import type { PlatformScope, TenantScope } from "@/db/scope";
import { authorize } from "@/lib/auth/authorize";
import { type Micros, microsFromNumeric } from "@/lib/money";
import { everyPage, PAGE_SIZE, type Page, toPage } from "@/lib/paging";

export type TransactionView = {
  id: string;
  at: Date;
  kind: string;
  /** plan | promo | paid, or `receivable`: what is owed. */
  source: string;
  amount: Micros;
  balanceAfter: Micros;
  allowanceAfter: Micros;
  reason: string | null;
  executionId: string | null;
  invoiceId: string | null;
};

type Cursor = { cursor?: string | undefined };

function readPage(tenantId: string, { cursor }: Cursor, limit: number) {
  return async (tx: Tx): Promise<Page<TransactionView>> => {
    const t = creditTransactions;
    const rows = await tx
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
          eq(t.tenantId, tenantId),
          cursor
            ? sql`(${t.createdAt}, ${t.id}) < (select p.created_at, p.id from credit_transactions p
                where p.tenant_id = ${tenantId}::uuid and p.id = ${cursor}::uuid)`
            : undefined,
        ),
      )
      .orderBy(desc(t.createdAt), desc(t.id))
      .limit(limit + 1);
    const page = toPage(rows, limit);
    const items = page.items.map((row) => ({
      ...row,
      amount: microsFromNumeric(row.amount),
      balanceAfter: microsFromNumeric(row.balanceAfter),
      allowanceAfter: microsFromNumeric(row.allowanceAfter),
    }));
    return { ...page, items };
  };
}

/** What changed the wallet, newest first. */
export async function listTransactions(
  scope: TenantScope,
  input: Cursor,
  limit = PAGE_SIZE,
): Promise<Page<TransactionView>> {
  authorize(scope, "billing.read");
  return asTenant(scope, readPage(scope.tenantId, input, limit));
}

/** The same of any tenant, for the platform's admins. */
export async function listTenantTransactions(
  scope: PlatformScope,
  { tenantId, ...input }: Cursor & { tenantId: string },
  limit = PAGE_SIZE,
): Promise<Page<TransactionView>> {
  authorize(scope, "tenant.read");
  return asPlatform(scope, readPage(tenantId, input, limit));
}

const EXPORTED_AT_ONCE = 1000;

/** All of them, newest first, read page by page while they are taken. */
export async function* everyTransaction(
  scope: TenantScope | PlatformScope,
  tenantId: string,
): AsyncGenerator<TransactionView[]> {
  yield* everyPage((cursor) =>
    scope.kind === "tenant"
      ? listTransactions(scope, { cursor }, EXPORTED_AT_ONCE)
      : listTenantTransactions(scope, { tenantId, cursor }, EXPORTED_AT_ONCE),
  );
}
