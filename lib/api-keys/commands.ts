import "server-only";
import { and, eq, isNull, sql } from "drizzle-orm";
import { asTenant } from "@/db/access";
import { apiKeys } from "@/db/schema/auth";
import type { TenantScope } from "@/db/scope";
import { audit } from "@/lib/audit/record";
import { authorize } from "@/lib/auth/authorize";
import { AppError } from "@/lib/errors";
import { newId } from "@/lib/ids";
import { hashToken, newSecretToken } from "@/lib/secrets/tokens";
import type { CreateApiKeyInput } from "./input";

/** Makes a key for machines. The key itself is in the result and nowhere else: only its hash is kept. */
export async function createApiKey(
  scope: TenantScope,
  input: CreateApiKeyInput,
): Promise<{ id: string; key: string }> {
  authorize(scope, "api_key.manage");
  // An admin who looks into a customer's workspace is no member of it: the key would outlive the visit.
  if (scope.actor.kind !== "user" || scope.actor.impersonatorId) {
    throw new AppError("forbidden", "Only a member of the workspace can make a key.");
  }
  const createdBy = scope.actor.userId;
  const id = newId();
  const key = `hb_${newSecretToken()}`;
  const expiresAt =
    input.expiry === "never" ? null : sql`now() + make_interval(days => ${Number(input.expiry)})`;
  await asTenant(scope, async (tx) => {
    await tx.insert(apiKeys).values({
      id,
      tenantId: scope.tenantId,
      name: input.name,
      keyHash: hashToken(key),
      lastFour: key.slice(-4),
      scopes: input.scopes,
      createdBy,
      expiresAt,
    });
    await audit(tx, scope, {
      action: "api_key.create",
      targetType: "api_key",
      targetId: id,
      after: { name: input.name, scopes: input.scopes, expiry: input.expiry },
    });
  });
  return { id, key };
}

/** Ends a key with the next request. @throws AppError `not_found` when it is not there or already revoked */
export async function revokeApiKey(scope: TenantScope, input: { keyId: string }): Promise<void> {
  authorize(scope, "api_key.manage");
  await asTenant(scope, async (tx) => {
    const [revoked] = await tx
      .update(apiKeys)
      .set({ revokedAt: sql`now()` })
      .where(
        and(eq(apiKeys.id, input.keyId), eq(apiKeys.tenantId, scope.tenantId), isNull(apiKeys.revokedAt)),
      )
      .returning({ id: apiKeys.id, name: apiKeys.name });
    if (!revoked) throw new AppError("not_found", "This key does not exist or is revoked already.");
    await audit(tx, scope, {
      action: "api_key.revoke",
      targetType: "api_key",
      targetId: revoked.id,
      before: { name: revoked.name },
    });
  });
}
