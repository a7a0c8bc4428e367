import "server-only";
import { count, eq } from "drizzle-orm";
import { asTenant } from "@/db/access";
import { advisoryLock } from "@/db/advisory-lock";
import { webhookEndpoints } from "@/db/schema/notifications";
import type { TenantScope } from "@/db/scope";
import { audit } from "@/lib/audit/record";
import { authorize } from "@/lib/auth/authorize";
import { assertMember } from "@/lib/auth/visitor";
import { AppError, fieldError } from "@/lib/errors";
import { operatorHosts } from "@/lib/http/operator-hosts";
import { checkUrl } from "@/lib/http/url-policy";
import { newId } from "@/lib/ids";
import { presentTime } from "@/lib/present-time";
import { firstSecret, nextSecret } from "../endpoint-secret";
import type { CreateEndpointInput, SetEndpointActiveInput, UpdateEndpointInput } from "../input";
import { endpointIs, lockEndpoint } from "../store";
import { giveUpQueued } from "../turn-off";

const MAX_ENDPOINTS = 20;

/** The address as it is called. @throws AppError `invalid` on the field `url` for one that cannot be reached from here */
function allowedUrl(text: string): string {
  try {
    return checkUrl(text, { trustedHosts: operatorHosts() }).href;
  } catch (error) {
    throw error instanceof AppError ? fieldError("url", error.message) : error;
  }
}

/** What the record may say of an address: a query often holds a token. */
function recordedUrl(url: string): string {
  const { origin, pathname } = new URL(url);
  return origin + pathname;
}

/**
 * Adds an endpoint. Its secret is in the result and never shown again.
 * @throws AppError `invalid` for an address that is not public, `limit_exceeded`
 */
export async function createEndpoint(
  scope: TenantScope,
  input: CreateEndpointInput,
): Promise<{ id: string; secret: string }> {
  authorize(scope, "webhook_endpoint.manage");
  assertMember(scope);
  const url = allowedUrl(input.url);
  const id = newId();
  const { secret, sealed } = firstSecret({ tenantId: scope.tenantId, endpointId: id });
  await asTenant(scope, async (tx) => {
    // Two at once would not see each other.
    await advisoryLock(tx, `webhook-endpoints:${scope.tenantId}`).execute();
    const [{ total } = { total: 0 }] = await tx
      .select({ total: count() })
      .from(webhookEndpoints)
      .where(eq(webhookEndpoints.tenantId, scope.tenantId));
    if (total >= MAX_ENDPOINTS) {
      throw new AppError("limit_exceeded", `A workspace has at most ${MAX_ENDPOINTS} endpoints.`);
    }
    await tx.insert(webhookEndpoints).values({
      id,
      tenantId: scope.tenantId,
      url,
      description: input.description,
      kinds: input.kinds,
      sealedSecret: sealed,
      createdBy: scope.actor.kind === "user" ? scope.actor.userId : null,
    });
    await audit(tx, scope, {
      action: "webhook_endpoint.create",
      targetType: "webhook_endpoint",
      targetId: id,
      after: { url: recordedUrl(url), kinds: input.kinds },
    });
  });
  return { id, secret };
}

/** Changes where an endpoint is and what it is told. @throws AppError `not_found`, `invalid` */
export async function updateEndpoint(scope: TenantScope, input: UpdateEndpointInput): Promise<void> {
  authorize(scope, "webhook_endpoint.manage");
  const url = allowedUrl(input.url);
  const { endpointId, description, kinds } = input;
  await asTenant(scope, async (tx) => {
    const before = await lockEndpoint(tx, scope, endpointId);
    await tx.update(webhookEndpoints).set({ url, description, kinds }).where(endpointIs(scope, endpointId));
    await audit(tx, scope, {
      action: "webhook_endpoint.update",
      targetType: "webhook_endpoint",
      targetId: endpointId,
      before: { url: recordedUrl(before.url), description: before.description, kinds: before.kinds },
      after: { url: recordedUrl(url), description, kinds },
    });
  });
}

/** Turns an endpoint on or off. Off, what waits for it is given up. @throws AppError `not_found` */
export async function setEndpointActive(scope: TenantScope, input: SetEndpointActiveInput): Promise<void> {
  authorize(scope, "webhook_endpoint.manage");
  const { endpointId, isActive } = input;
  await asTenant(scope, async (tx) => {
    const before = await lockEndpoint(tx, scope, endpointId);
    await tx
      .update(webhookEndpoints)
      .set({ isActive, disabledReason: null })
      .where(endpointIs(scope, endpointId));
    if (!isActive) await giveUpQueued(tx, scope);
    await audit(tx, scope, {
      action: isActive ? "webhook_endpoint.turn_on" : "webhook_endpoint.turn_off",
      targetType: "webhook_endpoint",
      targetId: endpointId,
      before: { isActive: before.isActive },
      after: { isActive },
    });
  });
}

/**
 * Makes a new secret, in the result and never shown again. For a day messages are signed with the one before as well.
 * @throws AppError `not_found`
 */
export async function rotateEndpointSecret(
  scope: TenantScope,
  { endpointId }: { endpointId: string },
): Promise<{ secret: string }> {
  authorize(scope, "webhook_endpoint.manage");
  assertMember(scope);
  return asTenant(scope, async (tx) => {
    const { sealedSecret } = await lockEndpoint(tx, scope, endpointId);
    const key = { tenantId: scope.tenantId, endpointId };
    const { secret, sealed } = nextSecret(key, sealedSecret, await presentTime(tx));
    await tx.update(webhookEndpoints).set({ sealedSecret: sealed }).where(endpointIs(scope, endpointId));
    await audit(tx, scope, {
      action: "webhook_endpoint.rotate_secret",
      targetType: "webhook_endpoint",
      targetId: endpointId,
    });
    return { secret };
  });
}

/** Removes an endpoint and its log. @throws AppError `not_found` */
export async function deleteEndpoint(
  scope: TenantScope,
  { endpointId }: { endpointId: string },
): Promise<void> {
  authorize(scope, "webhook_endpoint.manage");
  await asTenant(scope, async (tx) => {
    const before = await lockEndpoint(tx, scope, endpointId);
    await tx.delete(webhookEndpoints).where(endpointIs(scope, endpointId));
    await audit(tx, scope, {
      action: "webhook_endpoint.delete",
      targetType: "webhook_endpoint",
      targetId: endpointId,
      before: { url: recordedUrl(before.url), kinds: before.kinds },
    });
  });
}
