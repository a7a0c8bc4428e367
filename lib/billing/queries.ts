import "server-only";
import { and, desc, eq, inArray, lt, type SQL, sql } from "drizzle-orm";
import { asPartner, asPlatform, asTenant, type Tx } from "@/db/access";
import { agents, workflows } from "@/db/schema/ai";
import { ledgerEntries } from "@/db/schema/billing";
import { invoiceEntryLinks, invoices } from "@/db/schema/invoices";
import { documents } from "@/db/schema/knowledge";
import type { PartnerScope, PlatformScope, TenantScope } from "@/db/scope";
import { authorize } from "@/lib/auth/authorize";
import { databaseTime } from "@/lib/clock";
import { AppError } from "@/lib/errors";
import { isId } from "@/lib/ids";
import { PAGE_SIZE, type Page, toPage } from "@/lib/paging";
import type { ListInvoicesInput } from "./input";
import {
  type InvoiceLineView,
  type InvoiceSummary,
  type InvoiceView,
  isDocument,
  readInvoice,
  SUMMARY,
} from "./read";
import { UNPAID_STATUSES } from "./state";

/** `pending` is everything unpaid, `overdue` what of it is past its due date. */
function hasStatus(status: ListInvoicesInput["status"]): SQL | undefined {
  if (status !== "pending" && status !== "overdue") return status && eq(invoices.status, status);
  const isLate = status === "overdue" ? lt(invoices.dueDate, databaseTime()) : undefined;
  return and(inArray(invoices.status, [...UNPAID_STATUSES]), isLate);
}

function listIn(input: ListInvoicesInput, mine?: SQL, limit = PAGE_SIZE) {
  return async (tx: Tx): Promise<Page<InvoiceSummary>> => {
    const rows = await tx
      .select(SUMMARY)
      .from(invoices)
      .where(
        and(
          mine,
          isDocument,
          hasStatus(input.status),
          input.tenantId ? eq(invoices.tenantId, input.tenantId) : undefined,
          input.cursor ? lt(invoices.id, input.cursor) : undefined,
        ),
      )
      .orderBy(desc(invoices.id))
      .limit(limit + 1);
    return toPage(rows, limit);
  };
}

function requireId(invoiceId: string): void {
  if (!isId(invoiceId)) throw new AppError("not_found", "This invoice does not exist.");
}

/** The workspace's invoices, newest first. */
export async function listInvoices(
  scope: TenantScope,
  { limit, ...input }: Omit<ListInvoicesInput, "tenantId"> & { limit?: number },
): Promise<Page<InvoiceSummary>> {
  authorize(scope, "billing.read");
  return asTenant(scope, listIn(input, eq(invoices.tenantId, scope.tenantId), limit));
}

/** @throws AppError `not_found`, also for another workspace's invoice */
export async function getInvoice(scope: TenantScope, invoiceId: string): Promise<InvoiceView> {
  authorize(scope, "billing.read");
  requireId(invoiceId);
  return asTenant(scope, (tx) => readInvoice(tx, invoiceId, eq(invoices.tenantId, scope.tenantId)));
}

/** The invoices of a partner's customers, newest first. */
export async function listCustomerInvoices(
  scope: PartnerScope,
  input: ListInvoicesInput,
): Promise<Page<InvoiceSummary>> {
  authorize(scope, "invoice.read");
  return asPartner(scope, listIn(input));
}

/** @throws AppError `not_found`, also for another partner's customer */
export async function getCustomerInvoice(scope: PartnerScope, invoiceId: string): Promise<InvoiceView> {
  authorize(scope, "invoice.read");
  requireId(invoiceId);
  return asPartner(scope, (tx) => readInvoice(tx, invoiceId));
}

/** Every invoice of the platform, newest first. */
export async function listAllInvoices(
  scope: PlatformScope,
  input: ListInvoicesInput,
): Promise<Page<InvoiceSummary>> {
  authorize(scope, "invoice.read");
  return asPlatform(scope, listIn(input));
}

export async function getAnyInvoice(scope: PlatformScope, invoiceId: string): Promise<InvoiceView> {
  authorize(scope, "invoice.read");
  requireId(invoiceId);
  return asPlatform(scope, (tx) => readInvoice(tx, invoiceId));
}

export type LineRun = {
  /** Null for usage outside of a run, such as reading a document. */
  executionId: string | null;
  documentId: string | null;
  /** Of the workflow, the agent or the document. */
  name: string | null;
  entries: number;
  quantity: string;
  cost: string;
  occurredAt: Date;
};

/**
 * The runs behind one line, dearest first: their costs add up to the line's exact amount. `total` counts them all.
 * @throws AppError `not_found`
 */
export async function listLineRuns(
  scope: TenantScope,
  invoiceId: string,
  lineId: string,
): Promise<{ invoice: InvoiceSummary; line: InvoiceLineView; runs: LineRun[]; total: number }> {
  const invoice = await getInvoice(scope, invoiceId);
  const line = invoice.lines.find((candidate) => candidate.id === lineId);
  if (!line) throw new AppError("not_found", "This line does not exist.");
  const rows = await asTenant(scope, (tx) =>
    tx
      .select({
        executionId: ledgerEntries.executionId,
        documentId: ledgerEntries.documentId,
        name: sql<
          string | null
        >`coalesce(max(${workflows.name}), max(${agents.name}), max(${documents.filename}))`,
        entries: sql<number>`count(*)::int`,
        quantity: sql<string>`sum(${ledgerEntries.quantity})::numeric(18,6)`,
        cost: sql<string>`sum(${ledgerEntries.tenantCost})::numeric(18,6)`,
        occurredAt: sql<Date>`min(${ledgerEntries.occurredAt})`.mapWith(ledgerEntries.occurredAt),
        total: sql<number>`count(*) over ()::int`,
      })
      .from(invoiceEntryLinks)
      .innerJoin(
        ledgerEntries,
        and(
          eq(ledgerEntries.tenantId, scope.tenantId),
          eq(ledgerEntries.id, invoiceEntryLinks.ledgerEntryId),
        ),
      )
      .leftJoin(workflows, eq(workflows.id, ledgerEntries.workflowId))
      .leftJoin(agents, eq(agents.id, ledgerEntries.agentId))
      .leftJoin(documents, eq(documents.id, ledgerEntries.documentId))
      .where(and(eq(invoiceEntryLinks.tenantId, scope.tenantId), eq(invoiceEntryLinks.lineId, lineId)))
      .groupBy(ledgerEntries.executionId, ledgerEntries.documentId)
      .orderBy(desc(sql`sum(${ledgerEntries.tenantCost})`))
      .limit(LINE_RUNS_SHOWN),
  );
  return { invoice, line, runs: rows.map(({ total: _total, ...run }) => run), total: rows[0]?.total ?? 0 };
}

const LINE_RUNS_SHOWN = 500;
