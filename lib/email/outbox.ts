import "server-only";
import { desc, eq } from "drizzle-orm";
import { asSystem } from "@/db/access";
import { emails } from "@/db/schema/system";
import { env } from "@/lib/env";
import { AppError } from "@/lib/errors";

/** Whether mails can be read on this installation's own outbox page: embedded, and no mail server is set. */
export function hasOutboxPage(): boolean {
  const settings = env();
  return settings.isEmbeddedDatabase && !settings.SMTP_URL;
}

export type OutboxMail = {
  id: string;
  recipient: string;
  subject: string;
  body: string;
  actionUrl: string | null;
  actionLabel: string | null;
  createdAt: Date;
};

/** The latest mails of an installation without a mail server. @throws AppError `not_found` everywhere else */
export async function listOutbox(): Promise<OutboxMail[]> {
  if (!hasOutboxPage()) throw new AppError("not_found");
  return asSystem("outbox", (tx) =>
    tx
      .select({
        id: emails.id,
        recipient: emails.recipient,
        subject: emails.subject,
        body: emails.body,
        actionUrl: emails.actionUrl,
        actionLabel: emails.actionLabel,
        createdAt: emails.createdAt,
      })
      .from(emails)
      .where(eq(emails.status, "outbox"))
      .orderBy(desc(emails.id))
      .limit(50),
  );
}
