import { sql } from "drizzle-orm";
import { expect, it } from "vitest";
import { asSystem } from "@/db/access";
import { emails } from "@/db/schema/system";
import { withTestDatabase } from "@/lib/testing/database";
import { watchDeletions } from "@/lib/testing/deletions";
import { purgeOldMails } from "./purge";

withTestDatabase();

it("mails of long ago are deleted at once, in transactions of a bounded size, but none that waits to go out", async () => {
  await asSystem("test", async (tx) => {
    for (const [total, days, status] of [
      [6_000, 90.1, "sent"],
      [2, 91, "failed"],
      [2, 91, "outbox"],
      [1, 89.9, "sent"],
      [1, 100, "queued"],
    ] as const) {
      await tx.execute(
        sql`insert into ${emails} (id, recipient, subject, body, idempotency_key, status, created_at)
            select gen_random_uuid(), 'ada@example.test', ${`${status}, ${days} days`}, '',
              ${`${status}, ${days} days, `} || number, ${status}, now() - ${days}::float8 * interval '1 day'
            from generate_series(1, ${total}::int) number`,
      );
    }
  });
  const deletions = await watchDeletions("emails");
  expect(await purgeOldMails()).toBe(6_004);
  expect(Math.max(...(await deletions()))).toBe(5_000);
  const kept = await asSystem("test", (tx) =>
    tx.select({ subject: emails.subject }).from(emails).orderBy(emails.subject),
  );
  expect(kept.map(({ subject }) => subject)).toEqual(["queued, 100 days", "sent, 89.9 days"]);
});
