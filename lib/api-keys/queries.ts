import "server-only";
import { desc, eq, sql } from "drizzle-orm";
import { asTenant } from "@/db/access";
import { apiKeys, users } from "@/db/schema/auth";
import type { TenantScope } from "@/db/scope";
import { authorize } from "@/lib/auth/authorize";

export type ApiKeyItem = {
  id: string;
  name: string;
  lastFour: string;
  scopes: string[];
  createdByName: string;
  createdAt: Date;
  lastUsedAt: Date | null;
  expiresAt: Date | null;
  /** `inactive`: its maker was deactivated or is no admin any more, so it does not work. */
  state: "active" | "expired" | "revoked" | "inactive";
};

const MAX_LISTED = 200;

/** The keys of the workspace, newest first, working ones and old ones. */
export async function listApiKeys(scope: TenantScope, now: Date): Promise<ApiKeyItem[]> {
  authorize(scope, "api_key.read");
  const rows = await asTenant(scope, (tx) =>
    tx
      .select({
        id: apiKeys.id,
        name: apiKeys.name,
        lastFour: apiKeys.lastFour,
        scopes: apiKeys.scopes,
        createdAt: apiKeys.createdAt,
        lastUsedAt: apiKeys.lastUsedAt,
        expiresAt: apiKeys.expiresAt,
        revokedAt: apiKeys.revokedAt,
        createdByName: users.fullName,
        isMakerActive: sql<boolean>`${users.isActive} and ${users.role} <> 'user'`,
      })
      .from(apiKeys)
      .innerJoin(users, eq(users.id, apiKeys.createdBy))
      .where(eq(apiKeys.tenantId, scope.tenantId))
      .orderBy(desc(apiKeys.id))
      .limit(MAX_LISTED),
  );
  return rows.map(({ revokedAt, isMakerActive, ...row }) => ({
    ...row,
    state: stateOf({ revokedAt, isMakerActive, expiresAt: row.expiresAt }, now),
  }));
}

function stateOf(
  key: { revokedAt: Date | null; expiresAt: Date | null; isMakerActive: boolean },
  now: Date,
): ApiKeyItem["state"] {
  if (key.revokedAt) return "revoked";
  if (key.expiresAt && key.expiresAt <= now) return "expired";
  return key.isMakerActive ? "active" : "inactive";
}
