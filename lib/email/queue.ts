import "server-only";
import type { Tx } from "@/db/access";
import { emails } from "@/db/schema/system";
import { env } from "@/lib/env";

export type Mail = {
  to: string;
  subject: string;
  /** Paragraphs of plain text, separated by empty lines. */
  body: string;
  /** The one link the mail is about. */
  action?: { label: string; url: string };
  /** The same key never makes a second mail. */
  idempotencyKey: string;
};

/**
 * Writes a mail in the transaction that wants it sent: both happen or neither. Without an SMTP server it stays in the
 * outbox, where the embedded mode shows it.
 */
export async function queueMail(tx: Tx, mail: Mail): Promise<void> {
  await tx
    .insert(emails)
    .values({
      recipient: mail.to,
      subject: mail.subject,
      body: mail.body,
      actionUrl: mail.action?.url ?? null,
      actionLabel: mail.action?.label ?? null,
      idempotencyKey: mail.idempotencyKey,
      status: env().SMTP_URL ? "queued" : "outbox",
    })
    // No conflict target: naming one would need the right to read the table, which the consoles do not have.
    .onConflictDoNothing();
}
