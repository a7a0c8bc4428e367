import "server-only";
import { sql } from "drizzle-orm";
import { asSystem } from "@/db/access";
import { users } from "@/db/schema/auth";
import { audit } from "@/lib/audit/record";
import { addressBlock } from "@/lib/auth/address";
import { isPasswordRight, passwordMark } from "@/lib/auth/password";
import type { RequestFacts } from "@/lib/auth/request";
import { AppError } from "@/lib/errors";
import { type Charge, consume, refund } from "@/lib/rate-limit/consume";
import { LIMITS } from "@/lib/rate-limit/limits";
import type { SignInInput } from "./input";
import { noSoonerThan } from "./uniform";

const REFUSAL_FLOOR_MS = 250;

/** Narrow first: what one address may not try any more does not count against the account. */
function charges(email: string, facts: RequestFacts): Charge[] {
  const address = addressBlock(facts.ip);
  return [
    { limit: LIMITS.signInPair, subject: `${address} ${email}` },
    { limit: LIMITS.signInAddress, subject: address },
    { limit: LIMITS.signInAccount, subject: email },
  ];
}

async function recordFailure(user: { id: string; tenantId: string }, facts: RequestFacts): Promise<void> {
  await asSystem("sign-in", (tx) =>
    audit(
      tx,
      { ...facts, actor: { kind: "system", name: "sign-in" } },
      { action: "session.create", targetType: "user", targetId: user.id, tenantId: user.tenantId },
      "denied",
    ),
  );
}

/** Who somebody is, and a mark of the password that they proved it with. */
export type Proved = { readonly userId: string; readonly passwordMark: string };

/**
 * Whose e-mail and password these are. Every refusal is the same sentence after the same time: what is noted of an account
 * takes a while, and more of it the further away the database is.
 * @throws AppError `unauthenticated`, or `rate_limited` before any hashing; a database failure refuses too
 */
export async function checkCredentials(facts: RequestFacts, input: SignInInput): Promise<Proved> {
  const tries = charges(input.email, facts);
  await consume(tries);
  const floor = noSoonerThan(REFUSAL_FLOOR_MS, async () => undefined);
  const [user] = await asSystem("sign-in", (tx) =>
    tx
      .select({
        id: users.id,
        tenantId: users.tenantId,
        hashedPassword: users.hashedPassword,
        isActive: users.isActive,
      })
      .from(users)
      .where(sql`lower(${users.email}) = ${input.email}`)
      .limit(1),
  );
  const isRight = await isPasswordRight(user?.hashedPassword ?? null, input.password);
  if (!user || !isRight || !user.isActive) {
    if (user) await recordFailure(user, facts);
    await floor;
    throw new AppError("unauthenticated", "The e-mail or the password is not right.");
  }
  await refund(tries);
  return { userId: user.id, passwordMark: passwordMark(user.hashedPassword) };
}
