import { and, desc, eq, sql } from "drizzle-orm";
import { asSystem } from "@/db/access";
import { users } from "@/db/schema/auth";
import { emails } from "@/db/schema/system";
import { acceptInvitation } from "@/lib/accounts/invitations";
import { openSession } from "@/lib/accounts/sessions";
import { isPasswordRight } from "@/lib/auth/password";
import { findSession, type Session } from "@/lib/auth/session";

/** Where the demo's people sit: every verb wants to know who asks from where. */
export const FACTS = { requestId: "demo-workspace", ip: "127.0.0.1" };

export type SignIn = { email: string; password: string };
export type Person = SignIn & { fullName: string };

/** The secret at the end of the newest link that was mailed to somebody. */
export async function mailedToken(email: string): Promise<string> {
  const [mail] = await asSystem("seed", (tx) =>
    tx
      .select({ url: emails.actionUrl })
      .from(emails)
      .where(and(eq(emails.recipient, email), sql`${emails.actionUrl} is not null`))
      .orderBy(desc(emails.id))
      .limit(1),
  );
  const token = mail?.url?.split("/").at(-1);
  if (!token) throw new Error(`no link was mailed to ${email}`);
  return token;
}

/** Opens the mailed invitation and makes the account. */
export async function accept(person: Person): Promise<void> {
  const token = await mailedToken(person.email);
  await acceptInvitation(FACTS, { token, fullName: person.fullName, password: person.password });
}

/** Signs a person in, as the sign-in page does once the password is right. */
export async function signIn(email: string): Promise<Session> {
  const [user] = await asSystem("seed", (tx) =>
    tx.select({ id: users.id }).from(users).where(sql`lower(${users.email}) = ${email}`),
  );
  if (!user) throw new Error(`there is no account of ${email}`);
  const session = await findSession(user.id, await openSession(user.id, FACTS));
  if (!session) throw new Error(`${email} cannot sign in`);
  return session;
}

/** Whether there is such a person, with this password. */
export async function canSignIn({ email, password }: SignIn): Promise<boolean> {
  const [user] = await asSystem("seed", (tx) =>
    tx.select({ stored: users.hashedPassword }).from(users).where(sql`lower(${users.email}) = ${email}`),
  );
  return user ? isPasswordRight(user.stored, password) : false;
}
