import "server-only";
import { and, ne, sql } from "drizzle-orm";
import { asTenant, type Tx } from "@/db/access";
import { webhookDeliveries } from "@/db/schema/notifications";
import type { TenantScope } from "@/db/scope";
import { audit } from "@/lib/audit/record";
import { authorize } from "@/lib/auth/authorize";
import { currentTime } from "@/lib/clock";
import { env } from "@/lib/env";
import { AppError } from "@/lib/errors";
import { newId } from "@/lib/ids";
import { dispatchWebhooks } from "../dispatch";
import { messageIdOf, type WebhookPayload } from "../message";
import { TEST_KIND } from "../retries";
import { deliveryIs, lockEndpoint } from "../store";

function assertOn(isActive: boolean): void {
  if (!isActive) throw new AppError("precondition", "Turn the endpoint on first.");
}

/** Sends a message that only shows whether the endpoint takes it. @throws AppError `not_found`, `precondition` */
export async function sendTestMessage(
  scope: TenantScope,
  { endpointId }: { endpointId: string },
): Promise<{ deliveryId: string }> {
  authorize(scope, "webhook_endpoint.manage");
  const id = newId();
  const messageId = messageIdOf(scope.tenantId, `${TEST_KIND}:${id}`);
  const payload: WebhookPayload = {
    id: messageId,
    type: TEST_KIND,
    createdAt: currentTime().toISOString(),
    data: { title: "A test message", href: `${env().appUrl}/app/settings/webhooks/${endpointId}` },
  };
  await asTenant(scope, async (tx) => {
    const { isActive } = await lockEndpoint(tx, scope, endpointId);
    assertOn(isActive);
    await tx
      .insert(webhookDeliveries)
      .values({ id, tenantId: scope.tenantId, endpointId, kind: TEST_KIND, messageId, payload });
    await audit(tx, scope, {
      action: "webhook_endpoint.test",
      targetType: "webhook_endpoint",
      targetId: endpointId,
    });
  });
  await dispatchWebhooks(scope);
  return { deliveryId: id };
}

/**
 * Sends a message that was delivered or given up once more, with all its tries and under the same id.
 * @throws AppError `not_found`; `precondition` while it waits already or the endpoint is off
 */
export async function resendMessage(
  scope: TenantScope,
  { deliveryId }: { deliveryId: string },
): Promise<void> {
  authorize(scope, "webhook_endpoint.manage");
  await asTenant(scope, async (tx) => {
    const endpointId = await endpointOf(tx, scope, deliveryId);
    // The endpoint before its messages, as everywhere: nobody waits for each other.
    const { isActive } = await lockEndpoint(tx, scope, endpointId);
    assertOn(isActive);
    const [queued] = await tx
      .update(webhookDeliveries)
      .set({ status: "queued", attempt: 0, nextAttemptAt: sql`now()`, deliveredAt: null })
      .where(and(deliveryIs(scope, deliveryId), ne(webhookDeliveries.status, "queued")))
      .returning({ id: webhookDeliveries.id });
    if (!queued) throw new AppError("precondition", "This message waits already.");
    await audit(tx, scope, {
      action: "webhook_message.resend",
      targetType: "webhook_endpoint",
      targetId: endpointId,
      after: { deliveryId },
    });
  });
  await dispatchWebhooks(scope);
}

async function endpointOf(tx: Tx, scope: TenantScope, deliveryId: string): Promise<string> {
  const [row] = await tx
    .select({ endpointId: webhookDeliveries.endpointId })
    .from(webhookDeliveries)
    .where(deliveryIs(scope, deliveryId));
  if (!row) throw new AppError("not_found", "This message does not exist.");
  return row.endpointId;
}
