import "server-only";
import { and, asc, desc, eq, ne, sql } from "drizzle-orm";
import { asPlatform, type Tx } from "@/db/access";
import { creditNoteLines, creditNotes, invoiceLines, invoices } from "@/db/schema/invoices";
import { payments, refunds } from "@/db/schema/payments";
import type { PlatformScope } from "@/db/scope";
import { audit } from "@/lib/audit/record";
import { authorize } from "@/lib/auth/authorize";
import { liftDunning } from "@/lib/dunning/lift";
import { AppError, fieldError } from "@/lib/errors";
import { newId } from "@/lib/ids";
import { centsToMicros } from "@/lib/money";
import { requireNotCollected } from "@/lib/payments/collect/store";
import { revokePlan } from "@/lib/subscriptions/revoke-plan";
import { creditWasAdded } from "@/lib/wallet/changes";
import { dueCents } from "../apply-payment";
import { earnCommission } from "../commission";
import { type NotePlan, planNote } from "../credit-note";
import type { IssueCreditNoteInput } from "../input";
import { LEAST_CENTS } from "../least";
import { giveNoteCredit } from "../note-credit";
import { takeNumber } from "../number";
import { isOwed } from "../state";
import { tryToSendNote } from "./send-note";

type Invoice = typeof invoices.$inferSelect;

export type IssuedNote = {
  creditNoteId: string;
  number: string;
  /** A refund to be sent the way the invoice was paid. */
  refundId: string | null;
};

/**
 * Takes back part of a final invoice, which itself stays as it is. Of one that is not paid yet less is due; of a paid one
 * the money becomes credit, or a refund is due, and the partner's commission goes back in proportion. The plan
 * that it paid for ends when all of it is taken back, unless that is to go on. The same `requestKey` is one credit note.
 *
 * @throws AppError `not_found`; `conflict` for a void one, while Stripe collects it unpaid, when nothing would be left to
 *   pay (make it void instead), or (`request_changed`) for the key of another credit note; `invalid` for more than is left of the
 *   invoice or of a line
 */
export async function issueCreditNote(
  scope: PlatformScope,
  input: IssueCreditNoteInput,
  now = new Date(),
): Promise<IssuedNote> {
  authorize(scope, "invoice.credit");
  const { tenantId, ...issued } = await asPlatform(scope, async (tx) => {
    const [invoice] = await tx.select().from(invoices).where(eq(invoices.id, input.invoiceId)).for("update");
    if (!invoice || invoice.status === "draft")
      throw new AppError("not_found", "This invoice does not exist.");
    const known = await findIssued(tx, invoice, input);
    if (known) return { ...known, tenantId: invoice.tenantId };
    if (invoice.kind === "topup")
      throw new AppError("conflict", "This is credit that was bought: refund it under payments.", {
        reason: "not_creditable",
      });
    const wasPaid = invoice.status === "paid" || invoice.status === "partially_refunded";
    if (!wasPaid && !isOwed(invoice.status ?? "pending"))
      throw new AppError("conflict", "Nothing is left of this invoice to take back.", {
        reason: "not_creditable",
      });
    if (!wasPaid) await requireNotCollected(tx, invoice.id);
    await requireLines(tx, invoice, input.lines);
    const plan = await planFor(tx, invoice, input.lines);
    if (!wasPaid && plan.totalCents >= dueCents(invoice))
      throw new AppError("conflict", "Nothing would be left to pay: make the invoice void instead.", {
        reason: "void_instead",
      });
    const creditNoteId = await insertNote(tx, scope, invoice, input, plan, wasPaid);
    const refundId =
      wasPaid && input.refund === "money"
        ? await insertRefund(tx, scope, invoice, input, plan, creditNoteId)
        : null;
    const creditedCents = invoice.creditedCents + plan.totalCents;
    const isWhole = creditedCents >= invoice.subtotalCents + invoice.taxCents;
    await tx
      .update(invoices)
      .set({
        creditedCents,
        ...(wasPaid
          ? {
              status: isWhole ? "refunded" : "partially_refunded",
            }
          : {}),
      })
      .where(eq(invoices.id, invoice.id));
    const isPlanEnded =
      wasPaid &&
      isWhole &&
      input.plan !== "keep" &&
      (await revokePlan(
        tx,
        scope,
        invoice,
        { reason: input.reason, key: `credit_note:${creditNoteId}` },
        now,
      ));
    await audit(tx, scope, {
      action: "invoice.credit",
      targetType: "invoice",
      targetId: invoice.id,
      tenantId: invoice.tenantId,
      partnerId: invoice.partnerId,
      after: {
        creditNoteId,
        totalCents: plan.totalCents.toString(),
        refund: wasPaid ? input.refund : "none",
        isPlanEnded,
      },
      reason: input.reason,
    });
    const leftCents = invoice.subtotalCents + invoice.taxCents - invoice.paidCents - creditedCents;
    if (!wasPaid && leftCents < LEAST_CENTS) await liftDunning(tx, scope, invoice.tenantId);
    if (wasPaid && input.refund === "credit")
      await giveNoteCredit(tx, {
        tenantId: invoice.tenantId,
        invoiceId: invoice.id,
        creditNoteId,
        amount: centsToMicros(plan.totalCents),
        key: `credit_note:${creditNoteId}`,
        reason: input.reason,
        at: now,
      });
    if (wasPaid)
      await earnCommission(tx, {
        tenantId: invoice.tenantId,
        invoiceId: invoice.id,
        partCents: -plan.totalCents,
        wholeCents: invoice.subtotalCents + invoice.taxCents,
        kind: "invoice_refunded",
        key: `invoice_refunded:${creditNoteId}`,
        creditNoteId,
        at: now,
      });
    const number = await takeNumber(tx, "CN", "credit_notes", creditNoteId, now);
    return { tenantId: invoice.tenantId, creditNoteId, number, refundId };
  });
  await creditWasAdded(tenantId);
  await tryToSendNote(issued.creditNoteId);
  return issued;
}

/** The credit note that this click has issued; null when it is new. Behind the invoice's lock. */
async function findIssued(
  tx: Tx,
  invoice: Invoice,
  { requestKey, refund, lines }: IssueCreditNoteInput,
): Promise<IssuedNote | null> {
  const [row] = await tx
    .select({
      creditNoteId: creditNotes.id,
      invoiceId: creditNotes.invoiceId,
      number: creditNotes.number,
      subtotalCents: creditNotes.subtotalCents,
      settledAs: creditNotes.settledAs,
      refundId: refunds.id,
    })
    .from(creditNotes)
    .leftJoin(
      refunds,
      and(eq(refunds.tenantId, creditNotes.tenantId), eq(refunds.creditNoteId, creditNotes.id)),
    )
    .where(and(eq(creditNotes.tenantId, invoice.tenantId), eq(creditNotes.requestKey, requestKey)));
  if (!row) return null;
  const { invoiceId, subtotalCents, settledAs, ...issued } = row;
  const changed = (message: string) => new AppError("conflict", message, { reason: "request_changed" });
  if (invoiceId !== invoice.id)
    throw changed("This credit note was issued for another invoice. Load the page again.");
  const isSame =
    subtotalCents === lines.reduce((total, line) => total + line.amount, 0n) &&
    (settledAs === "due" || settledAs === refund);
  if (!isSame)
    throw changed(`This credit note was issued already, as ${issued.number}. Load the page again.`);
  return issued;
}

/** Each line that is named is one of the invoice's, and no more is taken back of it than it came to. */
async function requireLines(tx: Tx, invoice: Invoice, lines: IssueCreditNoteInput["lines"]): Promise<void> {
  const { rows: known } = await tx.execute<{ id: string; cents: string; credited: string }>(sql`
    select line.id, line.amount_cents as cents, coalesce(sum(l.amount_cents) filter (where n.status <> 'failed'), 0) as credited
    from ${invoiceLines} line
    left join ${creditNoteLines} l on l.tenant_id = line.tenant_id and l.line_id = line.id
    left join ${creditNotes} n on n.tenant_id = l.tenant_id and n.id = l.credit_note_id
    where line.tenant_id = ${invoice.tenantId}::uuid and line.invoice_id = ${invoice.id}::uuid
    group by line.id, line.amount_cents`);
  for (const line of lines) {
    if (!line.lineId) continue;
    const found = known.find((one) => one.id === line.lineId);
    if (!found) throw new AppError("not_found", "This line does not exist.");
    const asked = lines
      .filter((one) => one.lineId === line.lineId)
      .reduce((total, one) => total + one.amount, BigInt(found.credited));
    if (asked > BigInt(found.cents)) throw fieldError("amount", "This is more than is left of the line.");
  }
}

async function planFor(tx: Tx, invoice: Invoice, lines: IssueCreditNoteInput["lines"]): Promise<NotePlan> {
  const earlier = await tx
    .select({ subtotalCents: creditNotes.subtotalCents, taxCents: creditNotes.taxCents })
    .from(creditNotes)
    .where(
      and(
        eq(creditNotes.tenantId, invoice.tenantId),
        eq(creditNotes.invoiceId, invoice.id),
        ne(creditNotes.status, "failed"),
      ),
    )
    .orderBy(asc(creditNotes.id));
  const plan = planNote(
    invoice,
    earlier,
    lines.reduce((total, line) => total + line.amount, 0n),
  );
  if (!plan) throw fieldError("amount", "This is more than is left of the invoice.");
  return plan;
}

const personOf = ({ actor }: PlatformScope) => (actor.kind === "user" ? actor.userId : null);

async function insertNote(
  tx: Tx,
  scope: PlatformScope,
  invoice: Invoice,
  { reason, refund, lines, requestKey }: IssueCreditNoteInput,
  plan: NotePlan,
  wasPaid: boolean,
): Promise<string> {
  const id = newId();
  await tx.insert(creditNotes).values({
    ...plan,
    id,
    tenantId: invoice.tenantId,
    partnerId: invoice.partnerId,
    invoiceId: invoice.id,
    number: `draft-${id}`,
    kind: wasPaid ? "refund" : "goodwill",
    settledAs: wasPaid ? refund : "due",
    reason,
    requestKey,
    createdBy: personOf(scope),
  });
  await tx.insert(creditNoteLines).values(
    lines.map((line) => ({
      tenantId: invoice.tenantId,
      creditNoteId: id,
      lineId: line.lineId ?? null,
      description: line.description,
      amountCents: line.amount,
    })),
  );
  return id;
}

/** The refund that is to be sent, of the last payment that can bear it. */
async function insertRefund(
  tx: Tx,
  scope: PlatformScope,
  invoice: Invoice,
  { reason }: IssueCreditNoteInput,
  plan: NotePlan,
  creditNoteId: string,
): Promise<string> {
  const [payment] = await tx
    .select({ id: payments.id })
    .from(payments)
    .where(
      and(
        eq(payments.tenantId, invoice.tenantId),
        eq(payments.invoiceId, invoice.id),
        eq(payments.status, "succeeded"),
        sql`${payments.amountCents} >= ${plan.totalCents} + coalesce((select sum(r.amount_cents) from ${refunds} r
          where r.tenant_id = ${payments.tenantId} and r.payment_id = ${payments.id} and r.status <> 'failed'), 0)`,
      ),
    )
    .orderBy(desc(payments.id))
    .limit(1);
  if (!payment)
    throw new AppError("conflict", "No payment of this invoice can bear the refund: give it as credit.", {
      reason: "no_payment",
    });
  const id = newId();
  await tx.insert(refunds).values({
    id,
    tenantId: invoice.tenantId,
    paymentId: payment.id,
    creditNoteId,
    amountCents: plan.totalCents,
    reason,
    createdBy: personOf(scope),
  });
  return id;
}
