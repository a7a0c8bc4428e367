import "server-only";
import { createHmac } from "node:crypto";
import { and, eq, inArray } from "drizzle-orm";
import { asSystem, type Tx } from "@/db/access";
import { invoices } from "@/db/schema/invoices";
import { env } from "@/lib/env";
import { AppError } from "@/lib/errors";
import { appKeys } from "@/lib/secrets/app-keys";
import { hashToken } from "@/lib/secrets/tokens";
import { noteAt } from "./credit-note-queries";
import type { CreditNoteView } from "./credit-note-read";
import { type InvoiceView, readInvoice } from "./read";

const TOKEN = /^[A-Za-z0-9_-]{43}$/;

/**
 * The secret of an invoice's address. Made of this installation's own secret, so that a reminder leads to the same address
 * as the first mail; what is kept of it is its hash.
 */
export function hostedToken(invoiceId: string): string {
  return createHmac("sha256", appKeys().authSecret).update(`hosted-invoice:${invoiceId}`).digest("base64url");
}

/** The address at which whoever was sent the mail reads the invoice, without an account. */
export function hostedAddress(token: string): string {
  return `${env().appUrl}/i/${token}`;
}

/**
 * Whose invoice is behind a secret address.
 * @throws AppError `not_found`
 */
export async function findHosted(token: string): Promise<{ invoiceId: string; tenantId: string }> {
  const unknown = () => new AppError("not_found", "This invoice does not exist.");
  if (!TOKEN.test(token)) throw unknown();
  const [row] = await asSystem("hosted-invoice", (tx) =>
    tx
      .select({ invoiceId: invoices.id, tenantId: invoices.tenantId })
      .from(invoices)
      .where(eq(invoices.hostedTokenHash, hashToken(token))),
  );
  if (!row) throw unknown();
  return row;
}

export type HostedInvoice = InvoiceView & {
  /**
   * The secrets of the invoices that it replaces and that replace it, by their ids; without those that were mailed under
   * another secret of this installation: what is kept of their addresses does not say what they are.
   */
  otherTokens: ReadonlyMap<string, string>;
};

/**
 * The invoice behind a secret address.
 * @throws AppError `not_found`
 */
export async function getHostedInvoice(token: string): Promise<HostedInvoice> {
  const unknown = () => new AppError("not_found", "This invoice does not exist.");
  if (!TOKEN.test(token)) throw unknown();
  return asSystem("hosted-invoice", async (tx) => {
    const isIt = eq(invoices.hostedTokenHash, hashToken(token));
    const [row] = await tx.select({ id: invoices.id }).from(invoices).where(isIt);
    if (!row) throw unknown();
    const invoice = await readInvoice(tx, row.id, and(isIt));
    const others = [invoice.replaces, invoice.replacedBy].flatMap((other) => (other ? [other.id] : []));
    return { ...invoice, otherTokens: await readTokens(tx, others) };
  });
}

/** The secrets that open these invoices, of those that today's open. */
async function readTokens(tx: Tx, invoiceIds: readonly string[]): Promise<ReadonlyMap<string, string>> {
  const tokens = new Map(invoiceIds.map((id) => [id, hostedToken(id)]));
  const hashes = [...tokens.values()].map(hashToken);
  const rows = await tx
    .select({ id: invoices.id })
    .from(invoices)
    .where(inArray(invoices.hostedTokenHash, hashes));
  return new Map(rows.map(({ id }) => [id, tokens.get(id) ?? ""]));
}

/**
 * A credit note of the invoice behind a secret address.
 * @throws AppError `not_found`, also for a credit note of another invoice
 */
export async function getHostedCreditNote(token: string, creditNoteId: string): Promise<CreditNoteView> {
  const { invoiceId } = await findHosted(token);
  return asSystem("hosted-invoice", noteAt({ creditNoteId, invoiceId }));
}
