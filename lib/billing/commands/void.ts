import "server-only";
import { and, eq, ne, sql } from "drizzle-orm";
import { asPlatform, type Tx } from "@/db/access";
import { invoiceEntryLinks, invoiceLines, invoices } from "@/db/schema/invoices";
import type { PlatformScope } from "@/db/scope";
import { authorize } from "@/lib/auth/authorize";
import { AppError, fieldError } from "@/lib/errors";
import { newId } from "@/lib/ids";
import { collectHereAgain } from "@/lib/payments/collect/take-back";
import { planForgiven } from "@/lib/subscriptions/plan-paid";
import { revokePlan } from "@/lib/subscriptions/revoke-plan";
import { creditWasAdded } from "@/lib/wallet/changes";
import { carryNotes, type Replacement } from "../carry-notes";
import { finalizeInvoice } from "../finalize";
import type { VoidInvoiceInput } from "../input";
import { makeVoid, writeOff } from "../void";
import { voidChoices } from "../void-choices";
import { voidFactsOf } from "../void-facts";
import { tryToIssue } from "./issue";
import { tryToSendNote } from "./send-note";

type Invoice = typeof invoices.$inferSelect;

const LINKS_AT_ONCE = 50_000;
/** Moving many links and summing them takes as long as it needs, and less than the driver waits. */
const STATEMENT_MS = 28_000;

/**
 * Makes an unpaid invoice void, also one that was given up. It keeps its number, its lines and its total. What it asked for is billed again by a new
 * invoice, with a number of its own and the details of today: all of it, less what credit notes took off, or its usage alone. Or nobody is asked for it any
 * more: usage that is written off stays on the void invoice, and no later one takes it up. What is not billed again of a
 * plan is not given either: one that began or was raised is what it was before, one that was renewed ends, unless it is
 * a `gift`. All in one transaction, after Stripe's own invoice of it was made void where it is out there.
 *
 * @throws AppError `not_found`; `conflict` when it is paid, in part too, or being paid, or billed again would leave nothing to pay; `invalid` for an outcome that such
 *   an invoice cannot have
 */
export async function voidInvoice(
  scope: PlatformScope,
  input: VoidInvoiceInput,
  now = new Date(),
): Promise<{ invoiceId: string; replacedBy: string | null }> {
  authorize(scope, "invoice.void");
  // First nobody can pay it at Stripe any more.
  await collectHereAgain(scope, input.invoiceId);
  const { tenantId, replacedBy, notes } = await asPlatform(
    scope,
    async (tx) => {
      const { outcome, reason } = input;
      const invoice = await makeVoid(tx, scope, input, now);
      const choices = voidChoices(await voidFactsOf(tx, invoice));
      if (!choices.some((choice) => choice.outcome === outcome))
        throw fieldError("outcome", "This cannot become of this invoice.");
      // Before the wallet is locked, as everywhere.
      if (outcome === "usage" || outcome === "write_off")
        await revokePlan(tx, scope, invoice, { reason, key: `void:${invoice.id}` }, now);
      const isBilled = outcome === "again" || outcome === "usage";
      if (!isBilled) {
        await writeOff(tx, scope, invoice, reason);
        await planForgiven(tx, invoice.tenantId, now);
      }
      const again = isBilled ? await billAgain(tx, scope, invoice, outcome, now) : null;
      const notes = again ? await carryNotes(tx, scope, invoice, again, now) : [];
      return { tenantId: invoice.tenantId, replacedBy: again?.invoiceId ?? null, notes };
    },
    { statementMs: STATEMENT_MS },
  );
  if (replacedBy) await tryToIssue(replacedBy);
  else await creditWasAdded(tenantId);
  for (const creditNoteId of notes) await tryToSendNote(creditNoteId);
  return { invoiceId: input.invoiceId, replacedBy };
}

/** A new invoice of the same usage and fees, or of the usage alone. */
async function billAgain(
  tx: Tx,
  scope: PlatformScope,
  old: Invoice,
  what: "again" | "usage",
  now: Date,
): Promise<Replacement> {
  const id = newId();
  const lineIds = new Map<string, string>();
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
    replacesId: old.id,
  });
  const lines = await tx
    .select()
    .from(invoiceLines)
    .where(
      and(
        eq(invoiceLines.tenantId, old.tenantId),
        eq(invoiceLines.invoiceId, old.id),
        what === "usage" ? eq(invoiceLines.kind, "usage") : ne(invoiceLines.kind, "covered"),
      ),
    );
  for (const line of lines) {
    const lineId = newId();
    lineIds.set(line.id, lineId);
    await tx.insert(invoiceLines).values({ ...line, id: lineId, invoiceId: id, position: null });
    if (line.kind === "usage") await moveLinks(tx, old.tenantId, line.id, { invoiceId: id, lineId });
  }
  const made = await finalizeInvoice(tx, scope, id, now);
  if (!made) throw new AppError("conflict", "There is nothing to bill again.", { reason: "nothing_to_bill" });
  return { invoiceId: made.invoiceId, lineIds };
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
