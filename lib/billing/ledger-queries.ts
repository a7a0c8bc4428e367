import "server-only";
import { and, desc, eq, lt } from "drizzle-orm";
import { asPlatform } from "@/db/access";
import { tenants } from "@/db/schema/auth";
import { ledgerEntries } from "@/db/schema/billing";
import type { PlatformScope } from "@/db/scope";
import { authorize } from "@/lib/auth/authorize";
import { PAGE_SIZE, type Page, toPage } from "@/lib/paging";

export type LedgerFilter = {
  tenantId?: string | undefined;
  executionId?: string | undefined;
  resourceType?: string | undefined;
  cursor?: string | undefined;
};

export type LedgerRow = {
  id: string;
  tenantId: string;
  tenantName: string | null;
  executionId: string | null;
  entryType: string;
  resourceType: string;
  modelKey: string | null;
  quantity: string;
  unit: string;
  systemRate: string;
  tenantRate: string;
  platformCost: string;
  tenantCost: string;
  partnerCommission: string;
  occurredAt: Date;
};

/** The ledger as it is, newest first, for the operator. */
export async function listLedger(scope: PlatformScope, filter: LedgerFilter): Promise<Page<LedgerRow>> {
  authorize(scope, "ledger.read");
  const rows = await asPlatform(scope, (tx) =>
    tx
      .select({
        id: ledgerEntries.id,
        tenantId: ledgerEntries.tenantId,
        tenantName: tenants.name,
        executionId: ledgerEntries.executionId,
        entryType: ledgerEntries.entryType,
        resourceType: ledgerEntries.resourceType,
        modelKey: ledgerEntries.modelKey,
        quantity: ledgerEntries.quantity,
        unit: ledgerEntries.unit,
        systemRate: ledgerEntries.systemRate,
        tenantRate: ledgerEntries.tenantRate,
        platformCost: ledgerEntries.platformCost,
        tenantCost: ledgerEntries.tenantCost,
        partnerCommission: ledgerEntries.partnerCommission,
        occurredAt: ledgerEntries.occurredAt,
      })
      .from(ledgerEntries)
      .leftJoin(tenants, eq(tenants.id, ledgerEntries.tenantId))
      .where(
        and(
          filter.tenantId ? eq(ledgerEntries.tenantId, filter.tenantId) : undefined,
          filter.executionId ? eq(ledgerEntries.executionId, filter.executionId) : undefined,
          filter.resourceType ? eq(ledgerEntries.resourceType, filter.resourceType) : undefined,
          filter.cursor ? lt(ledgerEntries.id, filter.cursor) : undefined,
        ),
      )
      .orderBy(desc(ledgerEntries.id))
      .limit(PAGE_SIZE + 1),
  );
  return toPage(rows, PAGE_SIZE);
}
