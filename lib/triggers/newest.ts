import "server-only";
import { and, desc, eq, isNotNull, notLike, sql } from "drizzle-orm";
import type { Tx } from "@/db/access";
import { triggerDeliveries, workflowTriggers } from "@/db/schema/triggers";
import type { TenantScope } from "@/db/scope";
import { TIE_PREFIX } from "./delivery-key";
import type { DeliveryStatus } from "./input";
import { deliveriesOf } from "./store";

export const DELIVERY_COLUMNS = {
  status: sql<DeliveryStatus>`${triggerDeliveries.status}`.as("delivery_status"),
  reason: triggerDeliveries.reason,
  executionId: triggerDeliveries.executionId,
  createdAt: triggerDeliveries.createdAt,
} as const;

/** Not the rows that only tie a signed call to its name. */
export const isDelivery = notLike(triggerDeliveries.deliveryKey, `${TIE_PREFIX}%`);

/** Of rows of triggers the newest delivery, for a lateral join: one probe of an index for each. */
export function newestDelivery(tx: Tx) {
  return tx
    .select(DELIVERY_COLUMNS)
    .from(triggerDeliveries)
    .where(
      and(
        eq(triggerDeliveries.tenantId, workflowTriggers.tenantId),
        eq(triggerDeliveries.triggerId, workflowTriggers.id),
        isDelivery,
      ),
    )
    .orderBy(desc(triggerDeliveries.id))
    .limit(1)
    .as("newest_delivery");
}

/** How many calls are looked at for one that was kept whole: of a sender of large ones none is. */
const MOST_LOOKED_AT = 200;

/** The newest call that was kept whole, of the latest samples or of the latest calls of every kind. */
export function newestCall(tx: Tx, scope: TenantScope, triggerId: string, of: "samples" | "all") {
  const calls = tx
    .select({ id: triggerDeliveries.id, payload: triggerDeliveries.payload })
    .from(triggerDeliveries)
    .where(
      and(
        deliveriesOf(scope, triggerId),
        // Written out, so that the partial index answers whatever the plan is prepared for.
        of === "samples" ? sql`${triggerDeliveries.status} = 'captured'` : undefined,
        isNotNull(triggerDeliveries.payload),
      ),
    )
    .orderBy(desc(triggerDeliveries.id))
    .limit(MOST_LOOKED_AT)
    .as("calls");
  return tx
    .select({ payload: calls.payload })
    .from(calls)
    .where(sql`${calls.payload} ? 'body'`)
    .orderBy(desc(calls.id))
    .limit(1);
}
