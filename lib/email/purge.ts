import "server-only";
import { and, inArray, lt, sql } from "drizzle-orm";
import { asSystem } from "@/db/access";
import { emails } from "@/db/schema/system";
import { purgeInBatches } from "@/lib/purge";

/**
 * Deletes mails after 90 days, sent or given up: what they say, and the links in them, are of no use by then. One that
 * waits to go out stays. As long as a notification, so that none is mailed again under its key while it is shown.
 * @returns how many there were
 */
export function purgeOldMails(): Promise<number> {
  return purgeInBatches((most) =>
    asSystem("purge-mails", async (tx) => {
      const old = tx
        .select({ id: emails.id })
        .from(emails)
        .where(and(sql`${emails.status} <> 'queued'`, lt(emails.createdAt, sql`now() - interval '90 days'`)))
        .limit(most);
      const rows = await tx.delete(emails).where(inArray(emails.id, old)).returning({ id: emails.id });
      return rows.length;
    }),
  );
}
