import "server-only";
import { and, desc, eq, lt, sql } from "drizzle-orm";
import { asPlatform } from "@/db/access";
import { partners, tenants } from "@/db/schema/auth";
import { ledgerEntries } from "@/db/schema/billing";
import { invoiceEntryLinks, invoices } from "@/db/schema/invoices";
import { ledgerFunding } from "@/db/schema/wallets";
import type { PlatformScope } from "@/db/scope";
import { authorize } from "@/lib/auth/authorize";
import { AppError } from "@/lib/errors";
import { isId } from "@/lib/ids";
import { type Micros, microsFromNumeric } from "@/lib/money";
import { PAGE_SIZE, type Page, toPage } from "@/lib/paging";
import { correctionsOf } from "./corrections";

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

const ROW = {
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
} as const;

/** The ledger as it is, newest first, for the operator. */
export async function listLedger(scope: PlatformScope, filter: LedgerFilter): Promise<Page<LedgerRow>> {
  authorize(scope, "ledger.read");
  const rows = await asPlatform(scope, (tx) =>
    tx
      .select(ROW)
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

export type LedgerEntryView = LedgerRow & {
  createdAt: Date;
  partnerName: string | null;
  note: string | null;
  /** The entry that this one corrects. */
  reversesId: string | null;
  /** What can still be taken back of it: nothing for a correction. */
  leftMicros: Micros;
  corrections: {
    id: string;
    entryType: string;
    tenantCost: string;
    createdAt: Date;
    note: string | null;
  }[];
  funding: { source: string; amount: string; commissionShare: string }[];
  invoice: { id: string; invoiceNumber: string; isDraft: boolean } | null;
};

const noteOf = (metadata: string | null): string | null => {
  if (!metadata) return null;
  const note: unknown = JSON.parse(metadata).note;
  return typeof note === "string" ? note : null;
};

/** One entry with what paid for it, the document it is on, and what was taken back of it. @throws AppError `not_found` */
export async function getLedgerEntry(scope: PlatformScope, entryId: string): Promise<LedgerEntryView> {
  authorize(scope, "ledger.read");
  const unknown = () => new AppError("not_found", "This ledger entry does not exist.");
  if (!isId(entryId)) throw unknown();
  return asPlatform(scope, async (tx) => {
    const [row] = await tx
      .select({
        ...ROW,
        createdAt: ledgerEntries.createdAt,
        partnerName: partners.name,
        metadata: ledgerEntries.entryMetadata,
        reversesId: ledgerEntries.reversesId,
      })
      .from(ledgerEntries)
      .leftJoin(tenants, eq(tenants.id, ledgerEntries.tenantId))
      .leftJoin(partners, eq(partners.id, ledgerEntries.partnerId))
      .where(eq(ledgerEntries.id, entryId));
    if (!row) throw unknown();
    const corrections = await tx
      .select({
        id: ledgerEntries.id,
        entryType: ledgerEntries.entryType,
        tenantCost: ledgerEntries.tenantCost,
        createdAt: ledgerEntries.createdAt,
        metadata: ledgerEntries.entryMetadata,
      })
      .from(ledgerEntries)
      .where(correctionsOf(row))
      .orderBy(ledgerEntries.id);
    const funding = await tx
      .select({
        source: ledgerFunding.source,
        amount: sql<string>`sum(${ledgerFunding.amount})::numeric(18,6)`,
        commissionShare: sql<string>`sum(${ledgerFunding.commissionShare})::numeric(18,6)`,
      })
      .from(ledgerFunding)
      .where(and(eq(ledgerFunding.tenantId, row.tenantId), eq(ledgerFunding.ledgerEntryId, entryId)))
      .groupBy(ledgerFunding.source)
      .orderBy(ledgerFunding.source);
    const [invoice] = await tx
      .select({
        id: invoices.id,
        invoiceNumber: invoices.invoiceNumber,
        isDraft: sql<boolean>`${invoices.finalizedAt} is null`,
      })
      .from(invoiceEntryLinks)
      .innerJoin(
        invoices,
        and(eq(invoices.tenantId, invoiceEntryLinks.tenantId), eq(invoices.id, invoiceEntryLinks.invoiceId)),
      )
      .where(eq(invoiceEntryLinks.ledgerEntryId, entryId));
    const { metadata, ...shown } = row;
    const taken = corrections.reduce((sum, one) => sum - microsFromNumeric(one.tenantCost), 0n);
    const isReversed = corrections.some((one) => one.entryType === "reversal");
    return {
      ...shown,
      note: noteOf(metadata),
      leftMicros: row.entryType === "usage" && !isReversed ? microsFromNumeric(row.tenantCost) - taken : 0n,
      corrections: corrections.map(({ metadata: why, ...one }) => ({ ...one, note: noteOf(why) })),
      funding,
      invoice: invoice ?? null,
    };
  });
}
