import { eq } from "drizzle-orm";
import { describe, expect, it, vi } from "vitest";
import { asSystem } from "@/db/access";
import { accounts, users } from "@/db/schema/auth";
import { withTestDatabase } from "@/lib/testing/database";
import { mailsTo } from "@/lib/testing/mail";
import { oauthAdapter, oauthProviderNames } from "./oauth";
import { isPasswordRight } from "./password";

vi.hoisted(() => {
  vi.stubEnv("AUTH_GITHUB_ID", "id");
  vi.stubEnv("AUTH_GITHUB_SECRET", "secret");
});
withTestDatabase();

const adapter = oauthAdapter();

async function signUp(email: string, extra: Record<string, unknown> = {}) {
  const profile = {
    id: "from-provider",
    email,
    name: "Ada Lovelace",
    image: null,
    emailVerified: null,
    ...extra,
  };
  const created = await adapter.createUser?.(profile);
  if (!created) throw new Error("no user was made");
  return created;
}

function rowOf(id: string) {
  return asSystem("test", (tx) =>
    tx
      .select({
        email: users.email,
        role: users.role,
        isVerified: users.isVerified,
        hash: users.hashedPassword,
      })
      .from(users)
      .where(eq(users.id, id)),
  );
}

describe("signing in by another service", () => {
  it("is offered only with its keys", () => {
    expect(oauthProviderNames()).toEqual(["github"]);
  });

  it("makes workspace and admin the first time, and finds the same person afterwards", async () => {
    const user = await signUp("Ada@Provider.test", { isEmailProved: true });
    const [row] = await rowOf(user.id);
    expect(row).toMatchObject({ email: "ada@provider.test", role: "tenant_admin", isVerified: true });
    expect(await isPasswordRight(row?.hash ?? null, row?.hash ?? "")).toBe(false);
    const link = { type: "oauth", provider: "github", providerAccountId: "4711" } as const;
    await adapter.linkAccount?.({ ...link, userId: user.id });
    expect(await adapter.getUserByAccount?.(link)).toMatchObject({ id: user.id, name: "Ada Lovelace" });
    expect(await adapter.getUserByEmail?.("ADA@provider.test")).toMatchObject({ id: user.id });
    const stored = await asSystem("test", (tx) =>
      tx.select({ access: accounts.access_token, refresh: accounts.refresh_token }).from(accounts),
    );
    expect(stored).toEqual([{ access: null, refresh: null }]);
  });

  it("asks for proof of an address that the service did not prove", async () => {
    const user = await signUp("unproved@provider.test");
    expect((await rowOf(user.id))[0]).toMatchObject({ isVerified: false });
    expect((await mailsTo("unproved@provider.test"))[0]?.subject).toBe("Confirm your e-mail address");
  });

  it("refuses a look-alike of an address", async () => {
    await expect(signUp("аda@provider.test")).rejects.toMatchObject({ code: "invalid" });
    await expect(adapter.getUserByEmail?.("аda@provider.test")).rejects.toMatchObject({ code: "invalid" });
  });
});
