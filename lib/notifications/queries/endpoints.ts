import "server-only";
import { and, asc, desc, eq, lt, sql } from "drizzle-orm";
import { asTenant } from "@/db/access";
import { webhookDeliveries, webhookEndpoints } from "@/db/schema/notifications";
import type { TenantScope } from "@/db/scope";
import { authorize } from "@/lib/auth/authorize";
import { isId } from "@/lib/ids";
import { PAGE_SIZE, type Page, toPage } from "@/lib/paging";
import type { DeliveriesQuery } from "../input";
import { endpointIs, endpointNotFound } from "../store";

export type EndpointItem = {
  id: string;
  url: string;
  description: string;
  kinds: string[];
  isActive: boolean;
  /** Why the product turned it off; null when a person did. */
  disabledReason: string | null;
  createdAt: Date;
  /** How its newest message went. */
  lastStatus: string | null;
  lastAt: Date | null;
};

const newest = (column: typeof webhookDeliveries.status | typeof webhookDeliveries.createdAt) =>
  sql`(select ${column} from ${webhookDeliveries} where ${webhookDeliveries.tenantId} = ${webhookEndpoints.tenantId} and ${webhookDeliveries.endpointId} = ${webhookEndpoints.id} order by ${webhookDeliveries.id} desc limit 1)`;

const COLUMNS = {
  id: webhookEndpoints.id,
  url: webhookEndpoints.url,
  description: webhookEndpoints.description,
  kinds: webhookEndpoints.kinds,
  isActive: webhookEndpoints.isActive,
  disabledReason: webhookEndpoints.disabledReason,
  createdAt: webhookEndpoints.createdAt,
  lastStatus: sql<string | null>`${newest(webhookDeliveries.status)}`,
  lastAt: sql<Date | null>`${newest(webhookDeliveries.createdAt)}`.mapWith(webhookDeliveries.createdAt),
};

/** The workspace's endpoints in the order of their making. */
export async function listEndpoints(scope: TenantScope): Promise<EndpointItem[]> {
  authorize(scope, "webhook_endpoint.read");
  return asTenant(scope, (tx) =>
    tx
      .select(COLUMNS)
      .from(webhookEndpoints)
      .where(eq(webhookEndpoints.tenantId, scope.tenantId))
      .orderBy(asc(webhookEndpoints.id)),
  );
}

/** One endpoint. @throws AppError `not_found` */
export async function getEndpoint(scope: TenantScope, endpointId: string): Promise<EndpointItem> {
  authorize(scope, "webhook_endpoint.read");
  if (!isId(endpointId)) throw endpointNotFound();
  const [row] = await asTenant(scope, (tx) =>
    tx.select(COLUMNS).from(webhookEndpoints).where(endpointIs(scope, endpointId)),
  );
  if (!row) throw endpointNotFound();
  return row;
}

export type DeliveryItem = {
  id: string;
  kind: string;
  messageId: string;
  payload: unknown;
  status: string;
  attempt: number;
  nextAttemptAt: Date;
  lastStatus: number | null;
  lastError: string | null;
  latencyMs: number | null;
  deliveredAt: Date | null;
  createdAt: Date;
};

/** The messages of an endpoint, newest first. */
export async function listDeliveries(
  scope: TenantScope,
  endpointId: string,
  query: DeliveriesQuery,
): Promise<Page<DeliveryItem>> {
  authorize(scope, "webhook_endpoint.read");
  const rows = await asTenant(scope, (tx) =>
    tx
      .select({
        id: webhookDeliveries.id,
        kind: webhookDeliveries.kind,
        messageId: webhookDeliveries.messageId,
        payload: webhookDeliveries.payload,
        status: webhookDeliveries.status,
        attempt: webhookDeliveries.attempt,
        nextAttemptAt: webhookDeliveries.nextAttemptAt,
        lastStatus: webhookDeliveries.lastStatus,
        lastError: webhookDeliveries.lastError,
        latencyMs: webhookDeliveries.latencyMs,
        deliveredAt: webhookDeliveries.deliveredAt,
        createdAt: webhookDeliveries.createdAt,
      })
      .from(webhookDeliveries)
      .where(
        and(
          eq(webhookDeliveries.tenantId, scope.tenantId),
          eq(webhookDeliveries.endpointId, endpointId),
          query.status ? eq(webhookDeliveries.status, query.status) : undefined,
          query.cursor ? lt(webhookDeliveries.id, query.cursor) : undefined,
        ),
      )
      .orderBy(desc(webhookDeliveries.id))
      .limit(PAGE_SIZE + 1),
  );
  return toPage(rows, PAGE_SIZE);
}
