import type { Audience } from "./authz-matrix";
import type { Caller } from "./caller";
import { demo } from "./demo";
import { somebody } from "./pages";

/** Every kind of person who can stand before the server. `owner` and `member` are of the workspace that is attacked. */
export const EVERYBODY = [
  "anonymous",
  "revoked",
  "unverified",
  "owner",
  "member",
  "outsider",
  "partner",
  "rival",
  "appAdmin",
] as const;
export type Name = (typeof EVERYBODY)[number];
export type Callers = Readonly<Record<Name, Caller>>;

/** Who is let in. Everybody with an account has a workspace of their own, so `member` pages open for all of them. */
export const LET_IN: Readonly<Record<Audience, readonly Name[]>> = {
  visitor: EVERYBODY,
  session: ["unverified", "owner", "member", "outsider", "partner", "rival", "appAdmin"],
  member: ["owner", "member", "outsider", "partner", "rival", "appAdmin"],
  tenantAdmin: ["owner", "outsider", "partner", "rival", "appAdmin"],
  partner: ["partner", "rival"],
  appAdmin: ["appAdmin"],
  apiKey: [],
  engine: [],
  address: [],
};

/** Whose own the victim's things are, for each kind of page and action. */
export const AT_HOME: Readonly<Record<Audience, readonly Name[]>> = {
  visitor: [],
  session: ["owner"],
  member: ["owner", "member"],
  tenantAdmin: ["owner"],
  partner: ["partner"],
  appAdmin: ["appAdmin"],
  apiKey: [],
  engine: [],
  address: [],
};

/** Each of them, signed in where they can be. */
export async function gather(make: (name: Name) => Promise<Caller>): Promise<Callers> {
  const { users } = demo();
  const made = await Promise.all(EVERYBODY.map(async (name) => [name, await make(name)] as const));
  const all = Object.fromEntries(made) as Record<Name, Caller>;
  await all.owner.signIn(users.tenantAdmin);
  await all.revoked.signIn(users.tenantAdmin);
  await all.member.signIn(users.member);
  await all.partner.signIn(users.partner);
  await all.appAdmin.signIn(users.appAdmin);
  await signUp(all.unverified, false);
  await signUp(all.outsider, true);
  await makeRival(all.rival, all.appAdmin);
  return all;
}

async function signUp(caller: Caller, isVerified: boolean): Promise<void> {
  const account = somebody(caller.name);
  await caller.must("signUpAction", account);
  if (isVerified) {
    await caller.must("verifyEmailAction", { token: await caller.mailed(account.email, "verify-email") });
  }
  await caller.signIn(account);
}

/** Another partner, without customers. */
async function makeRival(rival: Caller, appAdmin: Caller): Promise<void> {
  const { email, fullName, password } = somebody("rival");
  await appAdmin.must("createPartnerAction", { name: "Rival Resale", adminEmail: email });
  const token = await rival.mailed(email, "invite");
  await rival.must("acceptInvitationAction", { token, fullName, password });
}
