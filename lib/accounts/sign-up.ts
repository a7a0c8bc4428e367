import "server-only";
import { sql } from "drizzle-orm";
import { asSystem, isUniqueViolation, type Tx } from "@/db/access";
import { users } from "@/db/schema/auth";
import { audit } from "@/lib/audit/record";
import { addressBlock } from "@/lib/auth/address";
import { hashPassword, NO_PASSWORD } from "@/lib/auth/password";
import type { RequestFacts } from "@/lib/auth/request";
import { dispatchMail } from "@/lib/email/dispatch";
import { accountExistsMessage, verifyEmailMessage } from "@/lib/email/messages";
import { queueMail } from "@/lib/email/queue";
import { env } from "@/lib/env";
import { newId } from "@/lib/ids";
import { consume } from "@/lib/rate-limit/consume";
import { LIMITS } from "@/lib/rate-limit/limits";
import { assertGoodPassword } from "./good-password";
import type { SignUpInput } from "./input";
import { issueLink } from "./links";
import { noSoonerThan } from "./uniform";
import { createUser, createWorkspace } from "./workspace";

const ANSWER_FLOOR_MS = 300;

/** Sends the link that proves the e-mail. Call it in the transaction that makes it necessary. */
export async function sendVerification(tx: Tx, user: { userId: string; email: string }): Promise<void> {
  const link = await issueLink(tx, { purpose: "verify_email", email: user.email, userId: user.userId });
  await queueMail(tx, {
    to: user.email,
    ...verifyEmailMessage(link.url),
    idempotencyKey: `verify-email:${link.id}`,
  });
}

type Newcomer = Omit<SignUpInput, "password"> & {
  hashedPassword: string;
  isVerified: boolean;
  image?: string | null;
};

/** Workspace, its admin and its trial, all or nothing. */
async function createAccount(tx: Tx, who: Newcomer, facts: RequestFacts | null): Promise<string> {
  const tenantId = await createWorkspace(tx, { name: who.workspaceName });
  const userId = await createUser(tx, {
    tenantId,
    email: who.email,
    fullName: who.fullName,
    hashedPassword: who.hashedPassword,
    role: "tenant_admin",
    isVerified: who.isVerified,
    image: who.image ?? null,
  });
  if (!who.isVerified) await sendVerification(tx, { userId, email: who.email });
  await audit(
    tx,
    { ...facts, actor: { kind: "system", name: "sign-up" } },
    {
      action: "account.create",
      targetType: "user",
      targetId: userId,
      tenantId,
      after: { workspaceName: who.workspaceName, plan: "trial" },
    },
  );
  return userId;
}

async function emailIsTaken(tx: Tx, email: string): Promise<boolean> {
  const [found] = await tx
    .select({ id: users.id })
    .from(users)
    .where(sql`lower(${users.email}) = ${email}`)
    .limit(1);
  return found !== undefined;
}

async function tellOwner(email: string): Promise<void> {
  await asSystem("sign-up", (tx) =>
    queueMail(tx, {
      to: email,
      ...accountExistsMessage(`${env().appUrl}/sign-in`),
      idempotencyKey: `account-exists:${newId()}`,
    }),
  );
}

async function createOrTell(input: SignUpInput, hashedPassword: string, facts: RequestFacts): Promise<void> {
  try {
    const isCreated = await asSystem("sign-up", async (tx) => {
      if (await emailIsTaken(tx, input.email)) return false;
      await createAccount(tx, { ...input, hashedPassword, isVerified: false }, facts);
      return true;
    });
    if (!isCreated) await tellOwner(input.email);
  } catch (error) {
    // Two sign-ups at once: the other one was first, and this one hears the same answer.
    if (!isUniqueViolation(error)) throw error;
    await tellOwner(input.email);
  }
}

/**
 * Signs a person up: workspace, admin and trial, and the mail that proves the address. Whether the address already had
 * an account shows in the mailbox alone: answer and timing are the same.
 * @throws AppError `invalid` for a weak password, `rate_limited`
 */
export async function signUp(facts: RequestFacts, input: SignUpInput): Promise<void> {
  assertGoodPassword(input.password, {
    email: input.email,
    name: `${input.fullName} ${input.workspaceName}`,
  });
  await consume([
    { limit: LIMITS.signUpAddress, subject: addressBlock(facts.ip) },
    { limit: LIMITS.signUpEmail, subject: input.email },
  ]);
  await noSoonerThan(ANSWER_FLOOR_MS, async () => {
    const hashedPassword = await hashPassword(input.password);
    await createOrTell(input, hashedPassword, facts);
  });
  await dispatchMail();
}

/** Signs somebody up who comes from Google or GitHub for the first time: as `signUp`, without a password. */
export async function signUpWithProvider(person: {
  email: string;
  fullName: string;
  image: string | null;
  isEmailProved: boolean;
}): Promise<{ userId: string }> {
  const userId = await asSystem("oauth", (tx) =>
    createAccount(
      tx,
      {
        email: person.email,
        fullName: person.fullName,
        image: person.image,
        workspaceName: `${person.fullName}'s workspace`,
        hashedPassword: NO_PASSWORD,
        isVerified: person.isEmailProved,
      },
      null,
    ),
  );
  await dispatchMail();
  return { userId };
}
