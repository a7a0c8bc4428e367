import "server-only";
import { and, eq, isNotNull, isNull, type SQL, sql } from "drizzle-orm";
import { asSystem, asWorker, type Tx } from "@/db/access";
import { creditNotes, invoices } from "@/db/schema/invoices";
import { IN_ANY_ORDER } from "@/lib/any-order";
import { jobScope } from "@/lib/auth/scope";
import { databaseTime } from "@/lib/clock";
import { queueMail } from "@/lib/email/queue";
import { log } from "@/lib/log";
import { notify } from "@/lib/notifications/notify";
import { hashToken } from "@/lib/secrets/tokens";
import { selectNotes } from "../credit-note-read";
import { hostedAddress, hostedToken } from "../hosted";
import { creditNoteMessage } from "../message";
import { recipientsOf } from "../recipients";

const isUnsent = isNull(creditNotes.sentAt);

async function findUnsent(tx: Tx, creditNoteId: string) {
  const [note] = await selectNotes(tx, and(eq(creditNotes.id, creditNoteId), isUnsent));
  return note ?? null;
}

/** Tells the workspace's admins in the console, once. */
async function tellAdmins(creditNoteId: string): Promise<void> {
  const note = await asSystem("send-credit-note", (tx) => findUnsent(tx, creditNoteId));
  if (!note) return;
  const scope = await jobScope(note.tenantId, "send-credit-note");
  const { subject, body } = creditNoteMessage(note, "");
  await asWorker(scope, (tx) =>
    notify(tx, scope, {
      kind: "credit_note_issued",
      title: subject,
      body,
      href: `/app/billing/${note.invoiceId}`,
      dedupeKey: `credit_note:${creditNoteId}`,
      to: { admins: true },
      ids: { creditNoteId, invoiceId: note.invoiceId },
    }),
  );
}

/**
 * Tells the customer of an issued credit note, once: its admins in the console, and by mail, with the address of the
 * invoice that it corrects, where both are shown.
 */
export async function sendNote(creditNoteId: string): Promise<void> {
  // Before it is marked: whoever ends in between is followed by one who finds them told.
  await tellAdmins(creditNoteId);
  await asSystem("send-credit-note", async (tx) => {
    const [locked] = await tx
      .update(creditNotes)
      .set({ sentAt: sql`${databaseTime()}` })
      .where(and(eq(creditNotes.id, creditNoteId), sql`${creditNotes.issuedAt} is not null`, isUnsent))
      .returning({ invoiceId: creditNotes.invoiceId });
    if (!locked) return;
    const isIts = eq(invoices.id, locked.invoiceId);
    const [invoice] = await tx.select().from(invoices).where(isIts);
    const [note] = await selectNotes(tx, eq(creditNotes.id, creditNoteId));
    if (!invoice || !note) throw new Error(`credit note ${creditNoteId} has no invoice`);
    const token = hostedToken(invoice.id);
    await tx
      .update(invoices)
      .set({ hostedTokenHash: hashToken(token) })
      .where(isIts);
    const message = creditNoteMessage(note, hostedAddress(token));
    for (const to of await recipientsOf(tx, invoice))
      await queueMail(tx, { ...message, to, idempotencyKey: `credit_note:${creditNoteId}:${to}` });
  });
}

/** The same after a commit, where a failure is nobody's business: `sendNotesDue` makes up for it. */
export async function tryToSendNote(creditNoteId: string): Promise<void> {
  try {
    await sendNote(creditNoteId);
  } catch (error) {
    log.warn({ err: error, creditNoteId }, "a credit note could not be sent yet");
  }
}

async function sendThose(which?: SQL): Promise<number> {
  const due = await asSystem("send-credit-notes", (tx) =>
    tx
      .select({ id: creditNotes.id })
      .from(creditNotes)
      .where(and(isUnsent, isNotNull(creditNotes.issuedAt), which))
      .orderBy(IN_ANY_ORDER)
      .limit(500),
  );
  for (const { id } of due) await tryToSendNote(id);
  return due.length;
}

/** Sends what was issued to a tenant in the transaction that has just been committed. Never throws. */
export async function tryToSendNotes(tenantId: string): Promise<void> {
  try {
    await sendThose(eq(creditNotes.tenantId, tenantId));
  } catch (error) {
    log.warn({ err: error, tenantId }, "credit notes could not be sent yet");
  }
}

/** Sends those that were issued and not sent, however long ago: whoever issued them ended before. @returns how many */
export async function sendNotesDue(): Promise<number> {
  return sendThose();
}
