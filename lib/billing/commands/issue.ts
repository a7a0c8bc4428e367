import "server-only";
import { and, eq, isNotNull, isNull, sql } from "drizzle-orm";
import { asSystem, asWorker } from "@/db/access";
import { invoices } from "@/db/schema/invoices";
import { IN_ANY_ORDER } from "@/lib/any-order";
import { jobScope } from "@/lib/auth/scope";
import { databaseTime } from "@/lib/clock";
import { queueMail } from "@/lib/email/queue";
import { log } from "@/lib/log";
import { notify } from "@/lib/notifications/notify";
import { hashToken } from "@/lib/secrets/tokens";
import { dueCents } from "../apply-payment";
import { hostedAddress, hostedToken } from "../hosted";
import { invoiceMessage } from "../message";
import { recipientsOf } from "../recipients";

/** Tells the workspace's admins in the console, once. */
async function tellAdmins(invoiceId: string): Promise<void> {
  const [invoice] = await asSystem("issue-invoice", (tx) =>
    tx
      .select()
      .from(invoices)
      .where(and(eq(invoices.id, invoiceId), isNotNull(invoices.finalizedAt), isNull(invoices.sentAt))),
  );
  if (!invoice || invoice.status === "void") return;
  const scope = await jobScope(invoice.tenantId, "issue-invoice");
  const { subject, body } = invoiceMessage({ ...invoice, dueCents: dueCents(invoice) }, "");
  await asWorker(scope, (tx) =>
    notify(tx, scope, {
      kind: "invoice_issued",
      title: subject,
      body,
      href: `/app/billing/${invoiceId}`,
      dedupeKey: `invoice:${invoiceId}`,
      to: { admins: true },
      ids: { invoiceId },
    }),
  );
}

/** Tells the customer of a final invoice: its admins in the console, and by mail, with an address of its own, once. */
export async function issueInvoice(invoiceId: string): Promise<void> {
  // Before it is marked: whoever ends in between is followed by one who finds them told.
  await tellAdmins(invoiceId);
  await asSystem("issue-invoice", async (tx) => {
    const [invoice] = await tx
      .select()
      .from(invoices)
      .where(and(eq(invoices.id, invoiceId), isNotNull(invoices.finalizedAt), isNull(invoices.sentAt)))
      .for("update");
    if (!invoice) return;
    const token = hostedToken(invoiceId);
    await tx
      .update(invoices)
      .set({ sentAt: sql`${databaseTime()}`, hostedTokenHash: hashToken(token) })
      .where(eq(invoices.id, invoiceId));
    if (invoice.status === "void") return;
    const message = invoiceMessage({ ...invoice, dueCents: dueCents(invoice) }, hostedAddress(token));
    for (const to of await recipientsOf(tx, invoice))
      await queueMail(tx, { ...message, to, idempotencyKey: `invoice:${invoiceId}:${to}` });
  });
}

/** The same after a commit, where a failure is nobody's business: `issueDue` makes up for it. */
export async function tryToIssue(invoiceId: string): Promise<void> {
  try {
    await issueInvoice(invoiceId);
  } catch (error) {
    log.warn({ err: error, invoiceId }, "an invoice could not be sent yet");
  }
}

/** Sends those that were made and not sent, however long ago: whoever made them ended before. @returns how many */
export async function issueDue(): Promise<number> {
  const due = await asSystem("issue-invoices", (tx) =>
    tx
      .select({ id: invoices.id })
      .from(invoices)
      .where(and(isNull(invoices.sentAt), isNotNull(invoices.finalizedAt)))
      .orderBy(IN_ANY_ORDER)
      .limit(500),
  );
  for (const { id } of due) await tryToIssue(id);
  return due.length;
}
