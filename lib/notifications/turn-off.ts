import "server-only";
import { and, desc, eq, gte, inArray, ne, or } from "drizzle-orm";
import type { Tx } from "@/db/access";
import { webhookDeliveries, webhookEndpoints } from "@/db/schema/notifications";
import type { TenantScope } from "@/db/scope";
import { audit } from "@/lib/audit/record";
import { newId } from "@/lib/ids";
import { notify } from "./notify";
import { MAX_TRIES, TEST_KIND } from "./retries";

/** So many messages in a row that were given up, each after a day: nobody is there any more. */
const HOPELESS_IN_A_ROW = 20;

/**
 * Ends what waits for endpoints that are turned off, also what was written while they were. It can be sent again once
 * the endpoint is on.
 */
export async function giveUpQueued(tx: Tx, scope: TenantScope): Promise<void> {
  const turnedOff = tx
    .select({ id: webhookEndpoints.id })
    .from(webhookEndpoints)
    .where(and(eq(webhookEndpoints.tenantId, scope.tenantId), eq(webhookEndpoints.isActive, false)));
  await tx
    .update(webhookDeliveries)
    .set({ status: "failed", lastError: "The endpoint was turned off." })
    .where(
      and(
        eq(webhookDeliveries.tenantId, scope.tenantId),
        inArray(webhookDeliveries.endpointId, turnedOff),
        eq(webhookDeliveries.status, "queued"),
      ),
    );
}

/** Of what the endpoint answered for itself: a message that ended because it was turned off says nothing of it. */
async function hasOnlyFailures(tx: Tx, scope: TenantScope, endpointId: string): Promise<boolean> {
  const latest = await tx
    .select({ status: webhookDeliveries.status })
    .from(webhookDeliveries)
    .where(
      and(
        eq(webhookDeliveries.tenantId, scope.tenantId),
        eq(webhookDeliveries.endpointId, endpointId),
        or(
          eq(webhookDeliveries.status, "delivered"),
          and(eq(webhookDeliveries.status, "failed"), gte(webhookDeliveries.attempt, MAX_TRIES)),
        ),
        ne(webhookDeliveries.kind, TEST_KIND),
      ),
    )
    .orderBy(desc(webhookDeliveries.id))
    .limit(HOPELESS_IN_A_ROW);
  return latest.length === HOPELESS_IN_A_ROW && latest.every(({ status }) => status === "failed");
}

/** Turns an endpoint off when it wants no more messages or has taken none for long, and tells the admins. */
export async function turnOffWhenHopeless(
  tx: Tx,
  scope: TenantScope,
  endpointId: string,
  isGone: boolean,
): Promise<void> {
  if (!isGone && !(await hasOnlyFailures(tx, scope, endpointId))) return;
  const reason = isGone
    ? "It answered 410: it wants no more messages."
    : `It took none of the last ${HOPELESS_IN_A_ROW} messages, each tried for a day.`;
  const [endpoint] = await tx
    .update(webhookEndpoints)
    .set({ isActive: false, disabledReason: reason })
    .where(
      and(
        eq(webhookEndpoints.tenantId, scope.tenantId),
        eq(webhookEndpoints.id, endpointId),
        eq(webhookEndpoints.isActive, true),
      ),
    )
    .returning({ url: webhookEndpoints.url });
  if (!endpoint) return;
  await giveUpQueued(tx, scope);
  await audit(tx, scope, {
    action: "webhook_endpoint.turn_off",
    targetType: "webhook_endpoint",
    targetId: endpointId,
    before: { isActive: true },
    after: { isActive: false },
    reason,
  });
  const { host } = new URL(endpoint.url);
  await notify(tx, scope, {
    kind: "limit_reached",
    title: `The webhook endpoint at ${host} was turned off`,
    body: `${reason}\n\nPut it right, turn it on again, and send the messages it missed from its page.`,
    href: `/app/settings/webhooks/${endpointId}`,
    dedupeKey: `webhook_off:${endpointId}:${newId()}`,
    to: { admins: true },
    ids: { endpointId },
  });
}
