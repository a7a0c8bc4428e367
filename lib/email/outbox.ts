import "server-only";
import { and, desc, eq, sql } from "drizzle-orm";
import { asSystem } from "@/db/access";
import { emails } from "@/db/schema/system";
import { env } from "@/lib/env";
import { AppError } from "@/lib/errors";
import type { ListOutboxInput } from "./input";

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

/** The latest mails of an installation without a mail server, or those to somebody. @throws AppError `not_found` everywhere else */
export async function listOutbox({ to }: ListOutboxInput = {}): Promise<OutboxMail[]> {
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
      .where(
        and(
          eq(emails.status, "outbox"),
          to ? sql`strpos(lower(${emails.recipient}), ${to.toLowerCase()}) > 0` : undefined,
        ),
      )
      .orderBy(desc(emails.id))
      .limit(50),
  );
}
