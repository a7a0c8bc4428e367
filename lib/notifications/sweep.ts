import "server-only";
import { and, eq, inArray, lt, lte, sql } from "drizzle-orm";
import { asSystem } from "@/db/access";
import { notifications, webhookDeliveries } from "@/db/schema/notifications";
import { purgeInBatches } from "@/lib/purge";

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

/**
 * Deletes what was told long ago: notifications after 90 days, messages to endpoints that ended after 30.
 * @returns how many there were
 */
export async function purgeOldNotices(): Promise<number> {
  return (await purgeInBatches(deleteOldNotifications)) + (await purgeInBatches(deleteOldMessages));
}

function deleteOldNotifications(most: number): Promise<number> {
  return asSystem("purge-notices", async (tx) => {
    const old = tx
      .select({ id: notifications.id })
      .from(notifications)
      .where(lt(notifications.createdAt, sql`now() - interval '90 days'`))
      .limit(most);
    const rows = await tx
      .delete(notifications)
      .where(inArray(notifications.id, old))
      .returning({ id: notifications.id });
    return rows.length;
  });
}

function deleteOldMessages(most: number): Promise<number> {
  return asSystem("purge-notices", async (tx) => {
    const old = tx
      .select({ id: webhookDeliveries.id })
      .from(webhookDeliveries)
      .where(
        and(
          sql`${webhookDeliveries.status} <> 'queued'`,
          lt(webhookDeliveries.createdAt, sql`now() - interval '30 days'`),
        ),
      )
      .limit(most);
    const rows = await tx
      .delete(webhookDeliveries)
      .where(inArray(webhookDeliveries.id, old))
      .returning({ id: webhookDeliveries.id });
    return rows.length;
  });
}
