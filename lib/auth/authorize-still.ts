import "server-only";
import type { TenantScope } from "@/db/scope";
import { AppError } from "@/lib/errors";
import { newId } from "@/lib/ids";
import { authorize } from "./authorize";
import type { TenantPermission } from "./permissions";
import { keyScope, tenantScopeOf } from "./scope";
import { findSession } from "./session";

/**
 * For what goes on long after it was asked for, such as a stream: whether whoever asked would be let in now.
 * @throws AppError `unauthenticated` once their session is over or looks elsewhere, or their key does not work any more;
 * `forbidden` once their role does not hold the permission
 */
export async function authorizeStill(scope: TenantScope, permission: TenantPermission): Promise<void> {
  authorize(await scopeNow(scope), permission);
}

async function scopeNow(scope: TenantScope): Promise<TenantScope> {
  const { actor, tenantId } = scope;
  if (actor.kind === "api_key") return keyScope(tenantId, actor.keyId);
  if (actor.kind !== "user") return scope;
  const session = await findSession(actor.userId, actor.sessionId);
  const now = session?.isVerified ? tenantScopeOf(session, { requestId: newId() }) : null;
  if (now?.tenantId !== tenantId) throw new AppError("unauthenticated");
  return now;
}
