import "server-only";
import { and, eq, lt, lte, sql } from "drizzle-orm";
import { asSystem } from "@/db/access";
import { notifications, webhookDeliveries } from "@/db/schema/notifications";

const BATCH = 200;

/** Tenants with messages to endpoints that are due. */
export async function tenantsWithDueMessages(): Promise<string[]> {
  const rows = await asSystem("sweep-webhooks", (tx) =>
    tx
      .selectDistinct({ tenantId: webhookDeliveries.tenantId })
      .from(webhookDeliveries)
      .where(and(eq(webhookDeliveries.status, "queued"), lte(webhookDeliveries.nextAttemptAt, sql`now()`)))
      .limit(BATCH),
  );
  return rows.map((row) => row.tenantId);
}

/** Deletes what was told long ago: notifications after 90 days, messages to endpoints that ended after 30. */
export async function purgeOldNotices(): Promise<void> {
  await asSystem("purge-notices", async (tx) => {
    await tx.delete(notifications).where(lt(notifications.createdAt, sql`now() - interval '90 days'`));
    await tx
      .delete(webhookDeliveries)
      .where(
        and(
          sql`${webhookDeliveries.status} <> 'queued'`,
          lt(webhookDeliveries.createdAt, sql`now() - interval '30 days'`),
        ),
      );
  });
}
