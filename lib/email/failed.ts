import "server-only";
import { and, desc, eq, gt, lt, type SQL, sql } from "drizzle-orm";
import { asPlatform } from "@/db/access";
import { emails } from "@/db/schema/system";
import type { PlatformScope } from "@/db/scope";
import { audit } from "@/lib/audit/record";
import { authorize } from "@/lib/auth/authorize";
import { env } from "@/lib/env";
import { AppError } from "@/lib/errors";
import { PAGE_SIZE, type Page, toPage } from "@/lib/paging";
import { dispatchMail } from "./dispatch";

/** A mail that was given up: to whom and about what, never what it says, which may hold a link that signs in. */
export type FailedMail = {
  id: string;
  recipient: string;
  subject: string;
  /** What the mail server answered to the last try. */
  error: string | null;
  createdAt: Date;
};

/** Mails that were given up within so many days are sent again all together; older ones are news to nobody. */
export const AGAIN_DAYS = 7;

const isFailed = eq(emails.status, "failed");
/** Where a mail was given up, this is about when. */
const isRecent = gt(emails.nextAttemptAt, sql`now() - make_interval(days => ${AGAIN_DAYS})`);

/** Mails that were given up, newest first, and how many of them go out when all are sent again. */
export async function listFailedMails(
  scope: PlatformScope,
  { cursor }: { cursor?: string | undefined } = {},
): Promise<Page<FailedMail> & { recent: number }> {
  authorize(scope, "mail.read");
  return asPlatform(scope, async (tx) => {
    const rows = await tx
      .select({
        id: emails.id,
        recipient: emails.recipient,
        subject: emails.subject,
        error: emails.errorMessage,
        createdAt: emails.createdAt,
      })
      .from(emails)
      .where(and(isFailed, cursor ? lt(emails.id, cursor) : undefined))
      .orderBy(desc(emails.id))
      .limit(PAGE_SIZE + 1);
    return { ...toPage(rows, PAGE_SIZE), recent: await tx.$count(emails, and(isFailed, isRecent)) };
  });
}

/** Has all six tries made anew, the first one at once. @returns how many mails */
async function queueAgain(
  scope: PlatformScope,
  which: SQL | undefined,
  mailId: string | null,
): Promise<number> {
  if (!env().SMTP_URL)
    throw new AppError("precondition", "No mail server is set: set SMTP_URL and start again.");
  const mails = await asPlatform(scope, async (tx) => {
    const { rowCount } = await tx
      .update(emails)
      .set({ status: "queued", attempt: 0, errorMessage: null, nextAttemptAt: sql`now()` })
      .where(and(isFailed, which));
    const queued = rowCount ?? 0;
    if (queued > 0)
      await audit(tx, scope, {
        action: "mail.send_again",
        targetType: "mail",
        targetId: mailId,
        after: { mails: queued },
      });
    return queued;
  });
  if (mails > 0) await dispatchMail();
  return mails;
}

/**
 * Sends a mail again that was given up: to the same address, with the same words and under the same Message-ID.
 * @throws AppError `precondition` without a mail server; `not_found` for one that was not given up, or is sent again already
 */
export async function sendMailAgain(
  scope: PlatformScope,
  { mailId }: { mailId: string },
): Promise<{ mails: number }> {
  authorize(scope, "mail.send_again");
  const mails = await queueAgain(scope, eq(emails.id, mailId), mailId);
  if (mails === 0) throw new AppError("not_found", "This mail has gone out, or is being sent again already.");
  return { mails };
}

/** The same for all that were given up in the last seven days. @throws AppError `precondition` without a mail server */
export async function sendMailsAgain(scope: PlatformScope): Promise<{ mails: number }> {
  authorize(scope, "mail.send_again");
  return { mails: await queueAgain(scope, isRecent, null) };
}
