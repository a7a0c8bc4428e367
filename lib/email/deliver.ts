import "server-only";
import { and, asc, eq, gte, lt, lte, sql } from "drizzle-orm";
import { createTransport, type Transporter } from "nodemailer";
import { asSystem } from "@/db/access";
import { emails } from "@/db/schema/system";
import { env } from "@/lib/env";
import { log } from "@/lib/log";
import { html, plainText } from "./render";

/** Minutes from the first, second, … try to the next; the last is how long the last one is waited for. */
const WAIT_MINUTES = [1, 4, 15, 40, 180, 10] as const;
const TRIES = WAIT_MINUTES.length;
export const MAIL_BATCH = 20;

const isDue = and(eq(emails.status, "queued"), lte(emails.nextAttemptAt, sql`now()`));
const waitMinutes = sql`(array[${sql.raw(WAIT_MINUTES.join(","))}])[${emails.attempt} + 1]`;

/** Gives up the mails whose last try nobody came back from. */
async function giveUpLost(): Promise<void> {
  const errorMessage = "The process that made the last try was lost.";
  await asSystem("mail", (tx) =>
    tx
      .update(emails)
      .set({ status: "failed", errorMessage })
      .where(and(isDue, gte(emails.attempt, TRIES))),
  );
}

/** The ids of mails whose turn has come, the longest due first. */
export async function listDueMails(): Promise<string[]> {
  await giveUpLost();
  const rows = await asSystem("mail", (tx) =>
    tx
      .select({ id: emails.id })
      .from(emails)
      .where(isDue)
      .orderBy(asc(emails.nextAttemptAt), asc(emails.id))
      .limit(MAIL_BATCH),
  );
  return rows.map((row) => row.id);
}

/** Counts the try before it is made: a mail that kills the process is not tried for ever. Null when not due any more. */
async function claim(mailId: string) {
  const [mail] = await asSystem("mail", (tx) =>
    tx
      .update(emails)
      .set({
        attempt: sql`${emails.attempt} + 1`,
        nextAttemptAt: sql`now() + make_interval(mins => ${waitMinutes})`,
      })
      .where(and(eq(emails.id, mailId), isDue, lt(emails.attempt, TRIES)))
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
  const isLast = attempt >= TRIES;
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
