import { eq } from "drizzle-orm";
import { beforeAll, describe, expect, it } from "vitest";
import { asSystem } from "@/db/access";
import { authTokens, users } from "@/db/schema/auth";
import { emails } from "@/db/schema/system";
import { hashPassword } from "@/lib/auth/password";
import { findSession } from "@/lib/auth/session";
import { newId } from "@/lib/ids";
import { forget } from "@/lib/rate-limit/consume";
import { LIMITS } from "@/lib/rate-limit/limits";
import { hashToken } from "@/lib/secrets/tokens";
import { withTestDatabase } from "@/lib/testing/database";
import { mailsTo, tokenSentTo } from "@/lib/testing/mail";
import { makeTenant, type TestTenant } from "@/lib/testing/scopes";
import { linkInput, resetPasswordInput } from "./input";
import { requestPasswordReset, resetPassword } from "./reset-password";
import { openSession } from "./sessions";
import { checkCredentials } from "./sign-in";

withTestDatabase();

const OLD = "an old and quiet harbour";
const NEW = "seven violet umbrellas";
let host = 0;
function facts() {
  host += 1;
  return { requestId: newId(), ip: `203.0.113.${host}` };
}

let tenant: TestTenant;
let email: string;

beforeAll(async () => {
  tenant = await makeTenant();
  email = `${tenant.memberId}@example.test`;
  const hashedPassword = await hashPassword(OLD);
  await asSystem("test", (tx) =>
    tx.update(users).set({ hashedPassword }).where(eq(users.id, tenant.memberId)),
  );
});

async function newLink(): Promise<string> {
  await asSystem("test", (tx) => tx.delete(emails).where(eq(emails.recipient, email)));
  await forget({ limit: LIMITS.resetEmail, subject: email });
  await requestPasswordReset(facts(), { email });
  return tokenSentTo(email, "/reset-password/");
}

describe("a new password by link", () => {
  it.each([null, undefined, "", [], [""], {}, 0, "short", "a".repeat(44)])(
    "refuses the token %j at the edge",
    (token) => {
      expect(resetPasswordInput.safeParse({ token, password: NEW }).success).toBe(false);
      expect(linkInput.safeParse({ token }).success).toBe(false);
    },
  );

  it("works once, ends every session, proves the address, tells the owner, signs nobody in", async () => {
    const sessions = [
      await openSession(tenant.memberId, facts()),
      await openSession(tenant.memberId, facts()),
    ];
    const token = await newLink();
    const tries = await Promise.allSettled(
      Array.from({ length: 8 }, () => resetPassword(facts(), { token, password: NEW })),
    );
    expect(tries.filter((result) => result.status === "fulfilled")).toHaveLength(1);
    for (const result of tries) {
      if (result.status === "rejected") expect(result.reason).toMatchObject({ code: "not_found" });
    }
    for (const sessionId of sessions) expect(await findSession(tenant.memberId, sessionId)).toBeNull();
    expect((await mailsTo(email))[0]?.subject).toBe("Your password was changed");
    expect(await checkCredentials(facts(), { email, password: NEW })).toMatchObject({
      userId: tenant.memberId,
    });
    await expect(checkCredentials(facts(), { email, password: OLD })).rejects.toMatchObject({
      code: "unauthenticated",
    });
  });

  it("refuses a used, an older, an expired, a withdrawn and another kind's link", async () => {
    const used = await newLink();
    const fresh = await newLink();
    await expect(resetPassword(facts(), { token: used, password: NEW })).rejects.toMatchObject({
      code: "not_found",
    });
    await asSystem("test", (tx) =>
      tx
        .update(authTokens)
        .set({ expiresAt: new Date(Date.now() - 1_000) })
        .where(eq(authTokens.tokenHash, hashToken(fresh))),
    );
    await expect(resetPassword(facts(), { token: fresh, password: NEW })).rejects.toMatchObject({
      code: "not_found",
    });
    const other = await newLink();
    await asSystem("test", (tx) =>
      tx
        .update(authTokens)
        .set({ purpose: "verify_email" })
        .where(eq(authTokens.tokenHash, hashToken(other))),
    );
    await expect(resetPassword(facts(), { token: other, password: NEW })).rejects.toMatchObject({
      code: "not_found",
    });
  });

  it("keeps the link when the new password is refused", async () => {
    const token = await newLink();
    await expect(resetPassword(facts(), { token, password: "password1234" })).rejects.toMatchObject({
      code: "invalid",
    });
    await expect(resetPassword(facts(), { token, password: NEW })).resolves.toEqual({
      userId: tenant.memberId,
    });
  });

  it("keeps only the hash, and sends nothing to an unknown or deactivated address", async () => {
    const token = await newLink();
    const rows = await asSystem("test", (tx) => tx.select({ hash: authTokens.tokenHash }).from(authTokens));
    expect(rows.some((row) => row.hash === hashToken(token))).toBe(true);
    expect(rows.some((row) => row.hash === token)).toBe(false);

    await expect(requestPasswordReset(facts(), { email: "nobody@example.test" })).resolves.toBeUndefined();
    expect(await mailsTo("nobody@example.test")).toEqual([]);

    const other = await makeTenant();
    const gone = `${other.memberId}@example.test`;
    await asSystem("test", (tx) =>
      tx.update(users).set({ isActive: false }).where(eq(users.id, other.memberId)),
    );
    await requestPasswordReset(facts(), { email: gone });
    expect(await mailsTo(gone)).toEqual([]);
  });
});
