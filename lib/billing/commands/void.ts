import "server-only";
import { and, eq, ne, sql } from "drizzle-orm";
import { asPlatform, type Tx } from "@/db/access";
import { invoiceEntryLinks, invoiceLines, invoices } from "@/db/schema/invoices";
import type { PlatformScope } from "@/db/scope";
import { authorize } from "@/lib/auth/authorize";
import { AppError } from "@/lib/errors";
import { newId } from "@/lib/ids";
import { undoChange } from "@/lib/subscriptions/undo-change";
import { creditWasAdded } from "@/lib/wallet/changes";
import { finalizeInvoice } from "../finalize";
import type { VoidInvoiceInput } from "../input";
import { makeVoid, writeOff } from "../void";
import { tryToIssue } from "./issue";

type Invoice = typeof invoices.$inferSelect;

const LINKS_AT_ONCE = 50_000;
/** Moving many links and summing them takes as long as it needs, and less than the driver waits. */
const STATEMENT_MS = 28_000;

/**
 * Makes an unpaid invoice void. It keeps its number, its lines and its total. What it asked for is written off,
 * and the plan that it began or raised is what it was before; or with
 * `rebill` a new invoice, with a number of its own, asks for the same with the details of today, all in one transaction.
 *
 * @throws AppError `not_found`; `conflict` when it is paid, in part too, or being paid
 */
export async function voidInvoice(
  scope: PlatformScope,
  input: VoidInvoiceInput,
  now = new Date(),
): Promise<{ invoiceId: string; replacedBy: string | null }> {
  authorize(scope, "invoice.void");
  const { tenantId, replacedBy } = await asPlatform(
    scope,
    async (tx) => {
      const invoice = await makeVoid(tx, scope, input, now);
      if (!input.rebill) {
        await writeOff(tx, scope, invoice, input.reason);
        await undoChange(tx, scope, invoice, { reason: input.reason, key: `void:${invoice.id}` }, now);
        return { tenantId: invoice.tenantId, replacedBy: null };
      }
      return { tenantId: invoice.tenantId, replacedBy: await billAgain(tx, scope, invoice, now) };
    },
    { statementMs: STATEMENT_MS },
  );
  if (replacedBy) await tryToIssue(replacedBy);
  else await creditWasAdded(tenantId);
  return { invoiceId: input.invoiceId, replacedBy };
}

/** A new invoice of the same usage and fees. */
async function billAgain(tx: Tx, scope: PlatformScope, old: Invoice, now: Date): Promise<string> {
  const id = newId();
  await tx.insert(invoices).values({
    id,
    tenantId: old.tenantId,
    invoiceNumber: `draft-${id}`,
    status: "draft",
    kind: old.kind,
    totalAmount: "0",
    periodStart: old.periodStart,
    periodEnd: old.periodEnd,
    dueDate: old.periodEnd,
    sellerName: "",
    customerName: "",
    collection: old.collection,
    topupId: old.topupId,
    subscriptionId: old.subscriptionId,
  });
  const lines = await tx
    .select()
    .from(invoiceLines)
    .where(
      and(
        eq(invoiceLines.tenantId, old.tenantId),
        eq(invoiceLines.invoiceId, old.id),
        ne(invoiceLines.kind, "covered"),
      ),
    );
  for (const line of lines) {
    const lineId = newId();
    await tx.insert(invoiceLines).values({ ...line, id: lineId, invoiceId: id, position: null });
    if (line.kind === "usage") await moveLinks(tx, old.tenantId, line.id, { invoiceId: id, lineId });
  }
  const made = await finalizeInvoice(tx, scope, id, now);
  if (!made) throw new AppError("conflict", "There is nothing to bill again.", { reason: "nothing_to_bill" });
  return made.invoiceId;
}

async function moveLinks(
  tx: Tx,
  tenantId: string,
  lineId: string,
  to: { invoiceId: string; lineId: string },
): Promise<void> {
  for (;;) {
    const { rowCount } = await tx.execute(sql`
      update ${invoiceEntryLinks} set invoice_id = ${to.invoiceId}::uuid, line_id = ${to.lineId}::uuid
      where ledger_entry_id in (select ledger_entry_id from ${invoiceEntryLinks}
        where tenant_id = ${tenantId}::uuid and line_id = ${lineId}::uuid limit ${LINKS_AT_ONCE})`);
    if ((rowCount ?? 0) < LINKS_AT_ONCE) return;
  }
}
