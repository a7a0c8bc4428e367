import { eq } from "drizzle-orm";
import { beforeEach, expect, it } from "vitest";
import { asSystem } from "@/db/access";
import { users } from "@/db/schema/auth";
import { hashPassword, isPasswordRight } from "@/lib/auth/password";
import { findSession } from "@/lib/auth/session";
import { newId } from "@/lib/ids";
import { testServerUrl, withTestDatabase } from "@/lib/testing/database";
import { whileHeld } from "@/lib/testing/held";
import { tokenSentTo } from "@/lib/testing/mail";
import { makeTenant } from "@/lib/testing/scopes";
import { changePassword } from "./profile";
import { requestPasswordReset, resetPassword } from "./reset-password";
import { openSession } from "./sessions";
import { checkCredentials } from "./sign-in";

withTestDatabase();

const OLD = "an old and quiet harbour";
const NEW = "seven violet umbrellas";
const OTHER = "copper lantern riverbed";
let host = 0;
function facts() {
  host += 1;
  return { requestId: newId(), ip: `203.0.113.${host}` };
}

let userId: string;
let email: string;
/** The row that a new password is written to. */
let person: { lock: string; of: string };

beforeEach(async () => {
  userId = (await makeTenant()).memberId;
  email = `${userId}@example.test`;
  person = { lock: "select from users where id = $1 for update", of: userId };
  const hashedPassword = await hashPassword(OLD);
  await asSystem("test", (tx) => tx.update(users).set({ hashedPassword }).where(eq(users.id, userId)));
});

async function linkSent(): Promise<string> {
  await requestPasswordReset(facts(), { email });
  return tokenSentTo(email, "/reset-password/");
}

async function live() {
  const session = await findSession(userId, await openSession(userId, facts()));
  if (!session) throw new Error("the session is over");
  return session;
}

async function isPassword(password: string): Promise<boolean> {
  const [row] = await asSystem("test", (tx) =>
    tx.select({ hash: users.hashedPassword }).from(users).where(eq(users.id, userId)),
  );
  return isPasswordRight(row?.hash ?? null, password);
}

it("opens no session for who proved a password that was replaced since", async () => {
  const { passwordMark } = await checkCredentials(facts(), { email, password: OLD });
  const before = await openSession(userId, facts(), passwordMark);
  await resetPassword(facts(), { token: await linkSent(), password: NEW });
  expect(await findSession(userId, before)).toBeNull();
  await expect(openSession(userId, facts(), passwordMark)).rejects.toMatchObject({ code: "unauthenticated" });
});

it("makes links for a new password worthless once the password was changed", async () => {
  const token = await linkSent();
  await changePassword(await live(), { currentPassword: OLD, password: NEW });
  await expect(resetPassword(facts(), { token, password: OTHER })).rejects.toMatchObject({
    code: "not_found",
  });
  expect(await isPassword(NEW)).toBe(true);
});

it.runIf(testServerUrl())(
  "a reset leaves no session that opens beside it, and lets the old password change nothing any more",
  async () => {
    const token = await linkSent();
    const session = await live();
    const { passwordMark } = await checkCredentials(facts(), { email, password: OLD });
    const outcome = (work: Promise<unknown>) =>
      work.then(
        () => "done",
        (error: { code: string }) => error.code,
      );
    const outcomes = await whileHeld(person, [
      () => resetPassword(facts(), { token, password: NEW }),
      () => outcome(openSession(userId, facts(), passwordMark)),
      () => outcome(changePassword(session, { currentPassword: OLD, password: OTHER })),
    ]);
    expect(outcomes).toEqual([{ userId }, "unauthenticated", "invalid"]);
    expect(await isPassword(NEW)).toBe(true);
  },
);
