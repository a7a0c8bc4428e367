import { eq, sql } from "drizzle-orm";
import { expect, it } from "vitest";
import { asTenant } from "@/db/access";
import { notifications, webhookDeliveries } from "@/db/schema/notifications";
import { withTestDatabase } from "@/lib/testing/database";
import { watchDeletions } from "@/lib/testing/deletions";
import { makeTenant } from "@/lib/testing/scopes";
import { createEndpoint } from "./commands/endpoints";
import { purgeOldNotices } from "./sweep";

withTestDatabase();

it("what was told long ago is deleted at once, in transactions of a bounded size, but no message that waits", async () => {
  const { admin, tenantId, adminId } = await makeTenant();
  const endpoint = await createEndpoint(admin, {
    url: "https://example.com/hook",
    description: "",
    kinds: ["run_failed"],
  });
  await asTenant(admin, async (tx) => {
    for (const [total, days] of [
      [6_000, 90.1],
      [1, 89.9],
    ] as const) {
      await tx.execute(
        sql`insert into ${notifications} (id, tenant_id, user_id, kind, title, body, href, dedupe_key, created_at)
            select gen_random_uuid(), ${tenantId}, ${adminId}, 'run_failed', ${`${days} days`}, '', '/app',
              ${`${days} days, `} || number, now() - ${days}::float8 * interval '1 day'
            from generate_series(1, ${total}::int) number`,
      );
    }
    for (const [total, days, status] of [
      [6_000, 30.1, "delivered"],
      [2, 31, "failed"],
      [1, 29.9, "delivered"],
      [1, 40, "queued"],
    ] as const) {
      await tx.execute(
        sql`insert into ${webhookDeliveries} (id, tenant_id, endpoint_id, kind, message_id, payload, status, created_at)
            select gen_random_uuid(), ${tenantId}, ${endpoint.id}, 'run_failed', ${`${status}, ${days} days, `} || number,
              '{}', ${status}, now() - ${days}::float8 * interval '1 day'
            from generate_series(1, ${total}::int) number`,
      );
    }
  });
  const watched = [await watchDeletions("notifications"), await watchDeletions("webhook_deliveries")];
  expect(await purgeOldNotices()).toBe(12_002);
  for (const deletions of watched) expect(Math.max(...(await deletions()))).toBe(5_000);
  const kept = await asTenant(admin, async (tx) => [
    ...(await tx.select({ about: notifications.title }).from(notifications)),
    ...(await tx
      .select({ about: webhookDeliveries.messageId })
      .from(webhookDeliveries)
      .where(eq(webhookDeliveries.tenantId, tenantId))
      .orderBy(webhookDeliveries.messageId)),
  ]);
  expect(kept.map(({ about }) => about)).toEqual([
    "89.9 days",
    "delivered, 29.9 days, 1",
    "queued, 40 days, 1",
  ]);
});
