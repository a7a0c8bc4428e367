import "server-only";
import { and, eq, gt, isNotNull, lt, or, sql } from "drizzle-orm";
import { asPlatform } from "@/db/access";
import { emails } from "@/db/schema/system";
import type { PlatformScope } from "@/db/scope";
import { authorize } from "@/lib/auth/authorize";

export type MailTrouble = {
  /** Mails that were refused and are tried again, and those whose turn came minutes ago and that nobody has tried. */
  waiting: number;
  /** Mails given up in the last 24 hours. */
  failed: number;
  /** What the mail server answered last, or how it could not be reached; null when all mail goes out. */
  lastError: string | null;
};

/** The sweep looks each minute. */
const isLate = lt(emails.nextAttemptAt, sql`now() - interval '3 minutes'`);

/** What mail does not go out. */
export async function mailTrouble(scope: PlatformScope): Promise<MailTrouble> {
  authorize(scope, "overview.read");
  const [row] = await asPlatform(scope, (tx) =>
    tx
      .select({
        waiting: sql<number>`count(*) filter (where ${emails.status} = 'queued')::int`,
        failed: sql<number>`count(*) filter (where ${emails.status} = 'failed')::int`,
        lastError: sql<
          string | null
        >`(array_agg(${emails.errorMessage} order by ${emails.nextAttemptAt} desc) filter (where ${emails.errorMessage} is not null))[1]`,
      })
      .from(emails)
      .where(
        or(
          and(eq(emails.status, "queued"), or(isNotNull(emails.errorMessage), isLate)),
          and(eq(emails.status, "failed"), gt(emails.nextAttemptAt, sql`now() - interval '24 hours'`)),
        ),
      ),
  );
  return row ?? { waiting: 0, failed: 0, lastError: null };
}
