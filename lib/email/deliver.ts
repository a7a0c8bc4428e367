import "server-only";
import { and, asc, eq, lte, sql } from "drizzle-orm";
import { createTransport, type Transporter } from "nodemailer";
import { asSystem } from "@/db/access";
import { emails } from "@/db/schema/system";
import { env } from "@/lib/env";
import { log } from "@/lib/log";
import { html, plainText } from "./render";

/** Minutes after its writing at which a mail may be tried for the first, second, … time. */
const TRY_AT_MINUTES = [0, 1, 5, 20, 60, 240] as const;
const BATCH = 20;

const dueAt = sql`${emails.createdAt} + make_interval(mins => (array[${sql.raw(TRY_AT_MINUTES.join(","))}])[${emails.attempt} + 1])`;

/** The ids of mails whose turn has come, oldest first. */
export async function listDueMails(): Promise<string[]> {
  const rows = await asSystem("mail", (tx) =>
    tx
      .select({ id: emails.id })
      .from(emails)
      .where(and(eq(emails.status, "queued"), lte(dueAt, sql`now()`)))
      .orderBy(asc(emails.id))
      .limit(BATCH),
  );
  return rows.map((row) => row.id);
}

/** Counts the try before it is made: a mail that kills the process is not tried for ever. Null when not due any more. */
async function claim(mailId: string) {
  const [mail] = await asSystem("mail", (tx) =>
    tx
      .update(emails)
      .set({ attempt: sql`${emails.attempt} + 1` })
      .where(and(eq(emails.id, mailId), eq(emails.status, "queued"), lte(dueAt, sql`now()`)))
      .returning({
        id: emails.id,
        recipient: emails.recipient,
        subject: emails.subject,
        body: emails.body,
        actionUrl: emails.actionUrl,
        actionLabel: emails.actionLabel,
        attempt: emails.attempt,
      }),
  );
  return mail ?? null;
}

async function settle(mailId: string, attempt: number, error: unknown): Promise<void> {
  const isLast = attempt >= TRY_AT_MINUTES.length;
  const failure = error instanceof Error ? error.message.slice(0, 500) : error ? String(error) : null;
  await asSystem("mail", (tx) =>
    tx
      .update(emails)
      .set(
        failure === null
          ? { status: "sent", sentAt: sql`now()`, errorMessage: null }
          : { status: isLast ? "failed" : "queued", errorMessage: failure },
      )
      .where(eq(emails.id, mailId)),
  );
}

let transport: { url: string; transporter: Transporter } | undefined;

function transporter(url: string): Transporter {
  if (transport?.url !== url) {
    transport = {
      url,
      transporter: createTransport({
        url,
        connectionTimeout: 10_000,
        greetingTimeout: 10_000,
        socketTimeout: 30_000,
      }),
    };
  }
  return transport.transporter;
}

/**
 * Sends one mail if its turn has come. A crash between sending and recording sends it again, under the same Message-ID.
 * Never throws for a mail server that refuses: the row says what it answered and when it is tried again.
 */
export async function deliverMail(mailId: string): Promise<"sent" | "failed" | "skipped"> {
  const { SMTP_URL, MAIL_FROM, appUrl } = env();
  if (!SMTP_URL) return "skipped";
  const mail = await claim(mailId);
  if (!mail) return "skipped";
  try {
    await transporter(SMTP_URL).sendMail({
      from: MAIL_FROM,
      to: mail.recipient,
      subject: mail.subject,
      text: plainText(mail),
      html: html(mail),
      messageId: `<${mail.id}@${new URL(appUrl).hostname}>`,
    });
  } catch (error) {
    log.warn({ err: error, mailId, attempt: mail.attempt }, "a mail could not be sent");
    await settle(mailId, mail.attempt, error);
    return "failed";
  }
  await settle(mailId, mail.attempt, null);
  return "sent";
}
