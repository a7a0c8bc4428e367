import { and, eq } from "drizzle-orm";
import type { Tx } from "@/db/access";
import { webhookDeliveries, webhookEndpoints } from "@/db/schema/notifications";
import type { TenantScope } from "@/db/scope";
import { AppError } from "@/lib/errors";
import { isId } from "@/lib/ids";

export function endpointIs({ tenantId }: TenantScope, endpointId: string) {
  return and(eq(webhookEndpoints.tenantId, tenantId), eq(webhookEndpoints.id, endpointId));
}

export function deliveryIs({ tenantId }: TenantScope, deliveryId: string) {
  return and(eq(webhookDeliveries.tenantId, tenantId), eq(webhookDeliveries.id, deliveryId));
}

export function endpointNotFound(): AppError {
  return new AppError("not_found", "This endpoint does not exist.");
}

/** An endpoint, locked; messages for it can be written meanwhile. Null when there is none any more. */
export async function findAndLockEndpoint(tx: Tx, scope: TenantScope, endpointId: string) {
  if (!isId(endpointId)) return null;
  const [row] = await tx
    .select({
      url: webhookEndpoints.url,
      description: webhookEndpoints.description,
      kinds: webhookEndpoints.kinds,
      isActive: webhookEndpoints.isActive,
      sealedSecret: webhookEndpoints.sealedSecret,
    })
    .from(webhookEndpoints)
    .where(endpointIs(scope, endpointId))
    .for("no key update");
  return row ?? null;
}

/** As `findAndLockEndpoint`. @throws AppError `not_found` */
export async function lockEndpoint(tx: Tx, scope: TenantScope, endpointId: string) {
  const endpoint = await findAndLockEndpoint(tx, scope, endpointId);
  if (!endpoint) throw endpointNotFound();
  return endpoint;
}
