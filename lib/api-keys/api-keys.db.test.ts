import { eq } from "drizzle-orm";
import { describe, expect, it } from "vitest";
import { asSystem } from "@/db/access";
import { apiKeys } from "@/db/schema/auth";
import { apiKeyScope } from "@/lib/auth/scope";
import { changeRole, deactivateMember } from "@/lib/team/commands";
import { withTestDatabase } from "@/lib/testing/database";
import { makeTenant } from "@/lib/testing/scopes";
import { createApiKey, revokeApiKey } from "./commands";
import { createApiKeyInput } from "./input";
import { listApiKeys } from "./queries";

withTestDatabase();

const input = createApiKeyInput.parse({
  name: "Import",
  scopes: ["documents:read", "documents:read"],
  expiry: "30",
});

function requestWith(key: string): Request {
  return new Request("http://localhost/api/v1/documents", { headers: { authorization: `Bearer ${key}` } });
}

describe("API keys", () => {
  it("open their own workspace, within their scopes, until revoked; only a hash is kept", async () => {
    const tenant = await makeTenant();
    const { id, key } = await createApiKey(tenant.admin, input);
    expect(key).toMatch(/^hb_[A-Za-z0-9_-]{43}$/);
    expect(await apiKeyScope(requestWith(key))).toMatchObject({
      tenantId: tenant.tenantId,
      role: "api_key",
      apiScopes: ["documents:read"],
    });
    const stored = await asSystem("test", (tx) =>
      tx
        .select({ hash: apiKeys.keyHash, lastFour: apiKeys.lastFour })
        .from(apiKeys)
        .where(eq(apiKeys.id, id)),
    );
    expect(JSON.stringify(stored)).not.toContain(key);
    expect((await listApiKeys(tenant.admin, new Date()))[0]).toMatchObject({
      state: "active",
      name: "Import",
    });

    await revokeApiKey(tenant.admin, { keyId: id });
    await expect(apiKeyScope(requestWith(key))).rejects.toMatchObject({ code: "unauthenticated" });
    await expect(revokeApiKey(tenant.admin, { keyId: id })).rejects.toMatchObject({ code: "not_found" });
    // Cut off while copying, or a key of something else: there was one, it is only not good.
    for (const given of [key.slice(0, 12), "sk-live-0123456789", "x".repeat(5_000)])
      await expect(apiKeyScope(requestWith(given))).rejects.toMatchObject({ reason: "api_key_invalid" });
    await expect(apiKeyScope(requestWith(""))).rejects.toMatchObject({ reason: "api_key_missing" });
  });

  it("stop when they expire and when their maker is deactivated", async () => {
    const tenant = await makeTenant();
    const expiring = await createApiKey(tenant.admin, input);
    await asSystem("test", (tx) =>
      tx
        .update(apiKeys)
        .set({ expiresAt: new Date(Date.now() - 1_000) })
        .where(eq(apiKeys.id, expiring.id)),
    );
    await expect(apiKeyScope(requestWith(expiring.key))).rejects.toMatchObject({ code: "unauthenticated" });

    await changeRole(tenant.admin, { userId: tenant.memberId, role: "tenant_admin" });
    const made = await createApiKey({ ...tenant.member, role: "tenant_admin" }, input);
    await deactivateMember(tenant.admin, { userId: tenant.memberId });
    await expect(apiKeyScope(requestWith(made.key))).rejects.toMatchObject({ code: "unauthenticated" });
    expect((await listApiKeys(tenant.admin, new Date())).map((item) => item.state).sort()).toEqual([
      "expired",
      "inactive",
    ]);
  });

  it("stop while their maker is no admin, whose rights they have", async () => {
    const tenant = await makeTenant();
    await changeRole(tenant.admin, { userId: tenant.memberId, role: "tenant_admin" });
    const { key } = await createApiKey({ ...tenant.member, role: "tenant_admin" }, input);
    await changeRole(tenant.admin, { userId: tenant.memberId, role: "user" });
    await expect(apiKeyScope(requestWith(key))).rejects.toMatchObject({
      reason: "api_key_invalid",
      message: expect.stringMatching(/made by somebody who is no admin/),
    });
    expect(await listApiKeys(tenant.admin, new Date())).toMatchObject([{ state: "inactive" }]);
    await changeRole(tenant.admin, { userId: tenant.memberId, role: "tenant_admin" });
    expect(await apiKeyScope(requestWith(key))).toMatchObject({ tenantId: tenant.tenantId });
  });

  it("are for admins, and another workspace's do not exist", async () => {
    const [a, b] = [await makeTenant(), await makeTenant()];
    const { id, key } = await createApiKey(b.admin, input);
    await expect(createApiKey(a.member, input)).rejects.toMatchObject({ code: "forbidden" });
    await expect(revokeApiKey(a.admin, { keyId: id })).rejects.toMatchObject({ code: "not_found" });
    expect(await listApiKeys(a.admin, new Date())).toEqual([]);
    expect(await apiKeyScope(requestWith(key))).toMatchObject({ tenantId: b.tenantId });
  });

  it("cannot be made without a scope or with one that does not exist", () => {
    for (const scopes of [[], undefined, ["everything"], "documents:read"]) {
      expect(createApiKeyInput.safeParse({ name: "x", scopes, expiry: "30" }).success).toBe(false);
    }
    expect(createApiKeyInput.safeParse({ ...input, tenantId: "x" }).success).toBe(false);
  });
});
