import { sql } from "drizzle-orm";
import { afterAll, beforeAll, it, vi } from "vitest";
import { asSystem } from "@/db/access";
import { database } from "@/db/pool";
import { emails } from "@/db/schema/system";
import { embedded, startEmbedded } from "@/inngest/embedded";
import { until } from "@/inngest/engine/testing";
import { handler } from "@/inngest/serve";
import { MAIL_BATCH } from "@/lib/email/deliver";
import { dispatchMail } from "@/lib/email/dispatch";
import { queueMail } from "@/lib/email/queue";
import { withTestDatabase } from "@/lib/testing/database";

// Nothing listens there: each try ends at once.
vi.hoisted(() => vi.stubEnv("SMTP_URL", "smtp://127.0.0.1:1"));

withTestDatabase();
beforeAll(() => startEmbedded(handler));
afterAll(() => embedded().engine.stop(2_000));

it("mail that has gathered is tried to its end, not a batch a minute", async () => {
  // Told once, and not by the clock.
  const { pool } = await database();
  await pool.query("DELETE FROM engine.cron");
  const mail = { to: "ada@example.test", subject: "Hello", body: "Hello." };
  const count = 2 * MAIL_BATCH + 5;
  await asSystem("test", async (tx) => {
    for (let n = 0; n < count; n += 1) await queueMail(tx, { ...mail, idempotencyKey: `gathered-${n}` });
  });
  await dispatchMail();
  await until("every mail to be tried", async () => {
    const tried = sql<number>`count(*) filter (where ${emails.attempt} = 1)::int`;
    const [row] = await asSystem("test", (tx) => tx.select({ tried }).from(emails));
    return row?.tried === count;
  });
});
