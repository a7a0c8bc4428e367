import { eq } from "drizzle-orm";
import { describe, expect, it } from "vitest";
import { asSystem } from "@/db/access";
import { tenants, users } from "@/db/schema/auth";
import { subscriptions } from "@/db/schema/plans";
import { findSession } from "@/lib/auth/session";
import { newId } from "@/lib/ids";
import { withTestDatabase } from "@/lib/testing/database";
import { mailsTo, tokenSentTo } from "@/lib/testing/mail";
import { openSession } from "./sessions";
import { checkCredentials } from "./sign-in";
import { signUp } from "./sign-up";
import { verifyEmail } from "./verify-email";

withTestDatabase();

const PASSWORD = "copper lantern riverbed";
let host = 0;
function facts() {
  host += 1;
  return { requestId: newId(), ip: `198.51.100.${host}` };
}
const input = (email: string) => ({
  email,
  password: PASSWORD,
  fullName: "Ada Lovelace",
  workspaceName: "Engines",
});

function userOf(email: string) {
  return asSystem("test", (tx) =>
    tx
      .select({ id: users.id, tenantId: users.tenantId, role: users.role, isVerified: users.isVerified })
      .from(users)
      .where(eq(users.email, email)),
  );
}

describe("signing up", () => {
  it("makes workspace, admin and trial, and a link that proves the address once", async () => {
    await signUp(facts(), input("ada@one.test"));
    const [user] = await userOf("ada@one.test");
    expect(user).toMatchObject({ role: "tenant_admin", isVerified: false });
    const [trial] = await asSystem("test", (tx) =>
      tx
        .select({
          plan: subscriptions.planName,
          status: subscriptions.status,
          endsAt: subscriptions.trialEndsAt,
        })
        .from(subscriptions)
        .where(eq(subscriptions.tenantId, user?.tenantId ?? "")),
    );
    expect(trial).toMatchObject({ plan: "trial", status: "trialing" });
    expect(trial?.endsAt?.getTime()).toBeGreaterThan(Date.now() + 13 * 86_400_000);

    const token = await tokenSentTo("ada@one.test", "/verify-email/");
    const tries = await Promise.allSettled([1, 2, 3].map(() => verifyEmail(facts(), { token })));
    expect(tries.filter((result) => result.status === "fulfilled")).toHaveLength(1);
    expect((await userOf("ada@one.test"))[0]?.isVerified).toBe(true);
    expect(await checkCredentials(facts(), { email: "ada@one.test", password: PASSWORD })).toMatchObject({
      userId: user?.id,
    });
  });

  it("answers the same for a taken address, and only its owner learns of it", async () => {
    await signUp(facts(), input("taken@one.test"));
    const before = await asSystem("test", (tx) => tx.select({ id: tenants.id }).from(tenants));
    await expect(signUp(facts(), input("taken@one.test"))).resolves.toBeUndefined();
    const after = await asSystem("test", (tx) => tx.select({ id: tenants.id }).from(tenants));
    expect(after).toHaveLength(before.length);
    expect((await mailsTo("taken@one.test"))[0]?.subject).toBe("You already have an account");
  });

  it("makes one account of two at once", async () => {
    const both = await Promise.allSettled([
      signUp(facts(), input("twice@one.test")),
      signUp(facts(), input("twice@one.test")),
    ]);
    expect(both.every((result) => result.status === "fulfilled")).toBe(true);
    expect(await userOf("twice@one.test")).toHaveLength(1);
  });

  it("refuses a password made of what is known about the person", async () => {
    const weak = { ...input("grace@one.test"), fullName: "Grace Hopper", password: "gracehopper12" };
    await expect(signUp(facts(), weak)).rejects.toMatchObject({
      code: "invalid",
      fields: { password: [expect.any(String)] },
    });
    expect(await userOf("grace@one.test")).toHaveLength(0);
  });

  it("opens a session that lives, with where it came from", async () => {
    await signUp(facts(), input("seen@one.test"));
    const [user] = await userOf("seen@one.test");
    const sessionId = await openSession(user?.id ?? "", { requestId: newId(), userAgent: "curl/8" });
    expect(await findSession(user?.id ?? "", sessionId)).toMatchObject({
      email: "seen@one.test",
      role: "tenant_admin",
      isVerified: false,
      tenant: { name: "Engines", status: "active" },
    });
    expect(await findSession(newId(), sessionId)).toBeNull();
  });
});
