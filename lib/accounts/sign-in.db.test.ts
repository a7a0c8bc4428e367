import { eq } from "drizzle-orm";
import { beforeAll, describe, expect, it } from "vitest";
import { asSystem } from "@/db/access";
import { users } from "@/db/schema/auth";
import { hashPassword } from "@/lib/auth/password";
import { AppError } from "@/lib/errors";
import { newId } from "@/lib/ids";
import { withTestDatabase } from "@/lib/testing/database";
import { makeTenant, type TestTenant } from "@/lib/testing/scopes";
import { checkCredentials } from "./sign-in";

withTestDatabase();

const PASSWORD = "copper lantern riverbed";
const from = (ip: string) => ({ requestId: newId(), ip });

let tenant: TestTenant;
let email: string;

beforeAll(async () => {
  tenant = await makeTenant();
  email = `${tenant.adminId}@example.test`;
  const hashedPassword = await hashPassword(PASSWORD);
  await asSystem("test", (tx) => tx.update(users).set({ hashedPassword }));
});

/** How many of the tries got as far as hashing: the others are refused before it. */
async function attack(tries: number, one: (index: number) => Promise<unknown>) {
  let hashed = 0;
  let longestWaitMs = 0;
  for (let index = 0; index < tries; index += 1) {
    try {
      await one(index);
      throw new Error("the attack got in");
    } catch (error) {
      if (!(error instanceof AppError)) throw error;
      if (error.code === "unauthenticated") hashed += 1;
      else expect(error.code).toBe("rate_limited");
      longestWaitMs = Math.max(longestWaitMs, error.retryAfterMs ?? 0);
    }
  }
  return { hashed, longestWaitMs };
}

describe("guessing passwords", () => {
  it("costs at most 10 hashes in 1,000 tries, and the owner still gets in from elsewhere", async () => {
    const { hashed, longestWaitMs } = await attack(1_000, (index) =>
      checkCredentials(from("192.0.2.1"), { email, password: `guess number ${index}` }),
    );
    expect(hashed).toBeGreaterThan(0);
    expect(hashed).toBeLessThanOrEqual(10);
    expect(longestWaitMs).toBeGreaterThan(0);
    expect(longestWaitMs).toBeLessThanOrEqual(15 * 60_000);
    expect(await checkCredentials(from("192.0.2.200"), { email, password: PASSWORD })).toMatchObject({
      userId: tenant.adminId,
    });
  });

  it("from many addresses stops at the account's own limit", async () => {
    const target = `${tenant.memberId}@example.test`;
    const { hashed } = await attack(60, (index) =>
      checkCredentials(from(`198.18.0.${index}`), { email: target, password: "still not it, sorry" }),
    );
    expect(hashed).toBeLessThanOrEqual(20);
  });

  it("at many accounts stops at the address's limit, in parallel too", async () => {
    const results = await Promise.allSettled(
      Array.from({ length: 130 }, (_, index) =>
        checkCredentials(from("192.0.2.77"), {
          email: `nobody${index}@example.test`,
          password: "whatever it is",
        }),
      ),
    );
    const refusedLate = results.filter(
      (result) => result.status === "rejected" && (result.reason as AppError).code === "unauthenticated",
    );
    expect(refusedLate.length).toBeLessThanOrEqual(100);
  });

  it("does not count the right password", async () => {
    const other = await makeTenant();
    const hashedPassword = await hashPassword(PASSWORD);
    await asSystem("test", (tx) =>
      tx.update(users).set({ hashedPassword }).where(eq(users.id, other.adminId)),
    );
    for (let index = 0; index < 12; index += 1) {
      const input = { email: `${other.adminId}@example.test`, password: PASSWORD };
      expect(await checkCredentials(from("192.0.2.5"), input)).toMatchObject({ userId: other.adminId });
    }
  });
});

describe("who gets in", () => {
  it("says the same about an unknown address, a wrong password, a deactivated person and one without a password", async () => {
    const other = await makeTenant();
    const hashedPassword = await hashPassword(PASSWORD);
    await asSystem("test", (tx) =>
      tx.update(users).set({ isActive: false, hashedPassword }).where(eq(users.id, other.adminId)),
    );
    const answers = await Promise.all(
      [
        { email: "unknown@example.test", password: PASSWORD },
        { email, password: "wrong wrong wrong" },
        { email: `${other.adminId}@example.test`, password: PASSWORD },
        { email: `${other.memberId}@example.test`, password: "!" },
      ].map((input) =>
        checkCredentials(from("192.0.2.9"), input).catch((error: AppError) => [error.code, error.message]),
      ),
    );
    expect(new Set(answers.map(String)).size).toBe(1);
    expect(answers[0]).toEqual(["unauthenticated", "The e-mail or the password is not right."]);
  });
});
