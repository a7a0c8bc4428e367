import "server-only";
import { and, eq, inArray, ne, sql } from "drizzle-orm";
import { asPlatform, type Tx } from "@/db/access";
import { invoiceEntryLinks, invoiceLines, invoices } from "@/db/schema/invoices";
import { payments } from "@/db/schema/payments";
import type { PlatformScope } from "@/db/scope";
import { audit } from "@/lib/audit/record";
import { authorize } from "@/lib/auth/authorize";
import { liftDunning } from "@/lib/dunning/lift";
import { AppError } from "@/lib/errors";
import { newId } from "@/lib/ids";
import { microsFromNumeric } from "@/lib/money";
import { creditWasAdded } from "@/lib/wallet/changes";
import { postCredit } from "@/lib/wallet/credit";
import { finalizeInvoice } from "../finalize";
import type { VoidInvoiceInput } from "../input";
import { isUnpaid } from "../state";
import { tryToIssue } from "./issue";

type Invoice = typeof invoices.$inferSelect;

const LINKS_AT_ONCE = 50_000;
/** Moving many links and summing them takes as long as it needs, and less than the driver waits. */
const STATEMENT_MS = 28_000;

async function requireVoidable(tx: Tx, invoice: Invoice | undefined): Promise<Invoice> {
  if (!invoice || invoice.status === "draft") throw new AppError("not_found", "This invoice does not exist.");
  if (!isUnpaid(invoice.status ?? "pending"))
    throw new AppError(
      "conflict",
      "Only an unpaid invoice can be made void. Of a paid one, issue a credit note.",
      {
        reason: "not_unpaid",
      },
    );
  if (invoice.paidCents > 0n)
    throw new AppError("conflict", "Part of this invoice is paid: issue a credit note for the rest.", {
      reason: "partly_paid",
    });
  const [live] = await tx
    .select({ id: payments.id })
    .from(payments)
    .where(
      and(
        eq(payments.invoiceId, invoice.id),
        inArray(payments.status, ["pending", "requires_action", "processing"]),
      ),
    );
  if (live)
    throw new AppError("conflict", "A payment of this invoice is under way. Wait for what comes of it.", {
      reason: "payment_under_way",
    });
  return invoice;
}

/**
 * Makes an unpaid invoice void. It keeps its number, its lines and its total. What it asked for is written off; or with
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
      const [row] = await tx.select().from(invoices).where(eq(invoices.id, input.invoiceId)).for("update");
      const invoice = await requireVoidable(tx, row);
      await tx
        .update(invoices)
        .set({ status: "void", voidedAt: now, nextAttemptAt: null, note: input.reason })
        .where(eq(invoices.id, invoice.id));
      await audit(tx, scope, {
        action: "invoice.void",
        targetType: "invoice",
        targetId: invoice.id,
        tenantId: invoice.tenantId,
        partnerId: invoice.partnerId,
        before: { status: invoice.status },
        after: { status: "void", rebill: input.rebill, invoiceNumber: invoice.invoiceNumber },
        reason: input.reason,
      });
      await liftDunning(tx, scope, invoice.tenantId);
      if (!input.rebill) {
        await writeOff(tx, scope, invoice, input.reason);
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

async function writeOff(tx: Tx, { actor }: PlatformScope, invoice: Invoice, reason: string): Promise<void> {
  const owed = microsFromNumeric(invoice.receivable);
  if (owed === 0n) return;
  await postCredit(tx, {
    tenantId: invoice.tenantId,
    kind: "adjustment",
    amount: owed,
    key: `void:${invoice.id}`,
    facts: { invoiceId: invoice.id, reason, by: actor.kind === "user" ? actor.userId : null },
  });
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
