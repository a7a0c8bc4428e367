import { and, eq, inArray } from "drizzle-orm";
import type { Tx } from "@/db/access";
import { invoices } from "@/db/schema/invoices";
import { payments } from "@/db/schema/payments";
import type { PlatformScope } from "@/db/scope";
import { type AuditActor, audit } from "@/lib/audit/record";
import { liftDunning } from "@/lib/dunning/lift";
import { AppError } from "@/lib/errors";
import { microsFromNumeric } from "@/lib/money";
import { requireNotCollected } from "@/lib/payments/collect/store";
import { postCredit } from "@/lib/wallet/credit";
import { isOwed } from "./state";
import type { VoidOutcome } from "./void-choices";

type Invoice = typeof invoices.$inferSelect;

async function requireVoidable(tx: Tx, invoice: Invoice | undefined): Promise<Invoice> {
  if (!invoice || invoice.status === "draft") throw new AppError("not_found", "This invoice does not exist.");
  if (!isOwed(invoice.status ?? "pending"))
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
  await requireNotCollected(tx, invoice.id);
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
 * Makes an unpaid invoice void, also one that was given up, in the caller's transaction: it keeps its number, its lines and its total. What it asked
 * for is still owed; see `writeOff`.
 *
 * @throws AppError `not_found`; `conflict` when it is paid, in part too, or being paid, here or at Stripe
 */
export async function makeVoid(
  tx: Tx,
  by: PlatformScope | AuditActor,
  { invoiceId, reason, outcome }: { invoiceId: string; reason: string; outcome: VoidOutcome },
  now: Date,
): Promise<Invoice> {
  const [row] = await tx.select().from(invoices).where(eq(invoices.id, invoiceId)).for("update");
  const invoice = await requireVoidable(tx, row);
  await tx
    .update(invoices)
    .set({ status: "void", voidedAt: now, nextAttemptAt: null, note: reason })
    .where(eq(invoices.id, invoice.id));
  await audit(tx, by, {
    action: "invoice.void",
    targetType: "invoice",
    targetId: invoice.id,
    tenantId: invoice.tenantId,
    partnerId: invoice.partnerId,
    before: { status: invoice.status },
    after: { status: "void", outcome, invoiceNumber: invoice.invoiceNumber },
    reason,
  });
  await liftDunning(tx, by, invoice.tenantId);
  return invoice;
}

/** Nobody is asked for the usage of a void invoice any more. */
export async function writeOff(
  tx: Tx,
  { actor }: PlatformScope | AuditActor,
  invoice: Invoice,
  reason: string,
): Promise<void> {
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
