import "server-only";
import { and, eq, isNull, sql } from "drizzle-orm";
import { asSystem, isUniqueViolation, type Tx } from "@/db/access";
import { advisoryLock } from "@/db/advisory-lock";
import { authTokens, partnerMembers, partners, tenants, users } from "@/db/schema/auth";
import type { Scope, UserRole } from "@/db/scope";
import { audit } from "@/lib/audit/record";
import { addressBlock } from "@/lib/auth/address";
import { hashPassword } from "@/lib/auth/password";
import type { RequestFacts } from "@/lib/auth/request";
import { invitationMessage } from "@/lib/email/messages";
import { queueMail } from "@/lib/email/queue";
import { AppError, fieldError } from "@/lib/errors";
import { consume } from "@/lib/rate-limit/consume";
import { LIMITS } from "@/lib/rate-limit/limits";
import { isStoppedByPlatform, stoppedByPlatform } from "@/lib/team/stopped-by-platform";
import { assertGoodPassword } from "./good-password";
import type { AcceptInvitationInput } from "./input";
import { consumeLink, findLink, issueLink, type Link } from "./links";
import { createUser } from "./workspace";

/** Where an invitation leads. The caller decides it from the inviter's scope, never from what a client sent. */
export type InvitationTarget = {
  email: string;
  role: Exclude<UserRole, "app_admin">;
  /** The workspace in which the new person will live. */
  tenantId: string;
  /** Set for people of a partner: they join its team. */
  partnerId?: string | null;
};

const ROLE_NAMES: Readonly<Record<InvitationTarget["role"], string>> = {
  tenant_admin: "an admin",
  user: "a member",
  partner_admin: "a member of the partner's team",
};

/**
 * Counts an invitation against its limits. Call it before the transaction of `createInvitation`.
 * @param by what the inviter's limit is counted against: the tenant's or partner's id
 * @throws AppError `rate_limited`
 */
export async function limitInvitation(by: string, email: string): Promise<void> {
  await consume([
    { limit: LIMITS.inviteWorkspace, subject: by },
    { limit: LIMITS.inviteEmail, subject: `${by} ${email}` },
  ]);
}

async function inviterName(tx: Tx, scope: Scope): Promise<string> {
  const { actor } = scope;
  if (actor.kind !== "user") return "HireBuddha";
  const [row] = await tx.select({ name: users.fullName }).from(users).where(eq(users.id, actor.userId));
  return row?.name ?? "HireBuddha";
}

async function placeName(tx: Tx, target: InvitationTarget): Promise<string> {
  const [row] = target.partnerId
    ? await tx.select({ name: partners.name }).from(partners).where(eq(partners.id, target.partnerId))
    : await tx.select({ name: tenants.name }).from(tenants).where(eq(tenants.id, target.tenantId));
  if (!row) throw new AppError("not_found");
  return row.name;
}

const THERE = "This person is in the team already.";

/** Why somebody who has no access any more is not invited again, and what to do instead. */
function goneFrom({ partnerId }: InvitationTarget): string {
  return partnerId
    ? "This person was removed from the team. Somebody in it can take them back under Team."
    : "This person is in the team already, but deactivated. An admin can reactivate them under Team.";
}

async function assertNotMember(tx: Tx, target: InvitationTarget): Promise<void> {
  const [member] = await tx
    .select({ isActive: users.isActive, isStoppedByPlatform })
    .from(users)
    .where(and(sql`lower(${users.email}) = ${target.email}`, eq(users.tenantId, target.tenantId)));
  if (!member) return;
  if (member.isStoppedByPlatform) throw fieldError("email", stoppedByPlatform().message);
  throw fieldError("email", member.isActive ? THERE : goneFrom(target));
}

/** Two invitations of one person to one place at the same time would not see each other, and both stay open. */
async function oneAtATime(tx: Tx, { tenantId, email }: InvitationTarget): Promise<void> {
  const key = `invitation:${tenantId}:${email}`;
  await advisoryLock(tx, key).execute();
}

async function replaceOlder(tx: Tx, target: InvitationTarget): Promise<void> {
  await tx
    .update(authTokens)
    .set({ revokedAt: sql`now()` })
    .where(
      and(
        eq(authTokens.purpose, "invitation"),
        eq(authTokens.email, target.email),
        eq(authTokens.tenantId, target.tenantId),
        isNull(authTokens.usedAt),
        isNull(authTokens.revokedAt),
      ),
    );
}

/**
 * Invites a person by mail for 7 days; an older open invitation of the same person to the same place stops working.
 * Gives its id. After the commit, `dispatchMail()` sends at once what the sweep would send within a minute.
 * @param tx a transaction of `asSystem`: links are seen by no console
 * @param scope who invites: goes into the mail and the audit row; the caller has authorized it
 * @throws AppError `invalid` when the person is in that workspace already
 */
export async function createInvitation(
  tx: Tx,
  scope: Scope,
  target: InvitationTarget,
): Promise<{ id: string }> {
  await oneAtATime(tx, target);
  await assertNotMember(tx, target);
  const place = await placeName(tx, target);
  await replaceOlder(tx, target);
  const link = await issueLink(tx, {
    purpose: "invitation",
    email: target.email,
    tenantId: target.tenantId,
    partnerId: target.partnerId ?? null,
    role: target.role,
    invitedBy: scope.actor.kind === "user" ? scope.actor.userId : null,
  });
  const inviter = await inviterName(tx, scope);
  await queueMail(tx, {
    to: target.email,
    ...invitationMessage(link.url, { inviter, place, role: ROLE_NAMES[target.role] }),
    idempotencyKey: `invitation:${link.id}`,
  });
  await audit(tx, scope, {
    action: "invitation.create",
    targetType: "invitation",
    targetId: link.id,
    tenantId: target.tenantId,
    partnerId: target.partnerId ?? null,
    after: { email: target.email, role: target.role },
  });
  return { id: link.id };
}

export type OpenInvitation = {
  email: string;
  place: string;
  role: InvitationTarget["role"];
  roleName: string;
  /** The e-mail already has an account, which lives in another workspace: it cannot accept. */
  hasAccount: boolean;
};

function roleOf(link: Link): InvitationTarget["role"] {
  return link.role === "tenant_admin" || link.role === "partner_admin" ? link.role : "user";
}

async function hasAccount(tx: Tx, email: string): Promise<boolean> {
  const [row] = await tx.select({ id: users.id }).from(users).where(sql`lower(${users.email}) = ${email}`);
  return row !== undefined;
}

/** What an invitation link offers, or null when it cannot be used. Does not use it up. */
export async function findInvitation(token: string): Promise<OpenInvitation | null> {
  return asSystem("invitation", async (tx) => {
    const link = await findLink(tx, "invitation", token);
    if (!link?.tenantId) return null;
    const role = roleOf(link);
    const target = { email: link.email, role, tenantId: link.tenantId, partnerId: link.partnerId };
    return {
      email: link.email,
      role,
      roleName: ROLE_NAMES[role],
      place: await placeName(tx, target),
      hasAccount: await hasAccount(tx, link.email),
    };
  });
}

const linkOver = () =>
  new AppError(
    "not_found",
    "This invitation was accepted already, was withdrawn, is older than 7 days, or whoever sent it may not invite here any more.",
  );

const otherWorkspace = () =>
  new AppError(
    "conflict",
    "This e-mail already has an account in another workspace. Ask for an invitation to another address.",
    { reason: "account_exists" },
  );

/** The first person of a partner becomes its contact. */
async function joinPartner(tx: Tx, partnerId: string, userId: string): Promise<void> {
  await tx.insert(partnerMembers).values({ partnerId, userId });
  await tx
    .update(partners)
    .set({ adminUserId: userId })
    .where(and(eq(partners.id, partnerId), isNull(partners.adminUserId)));
}

async function join(
  tx: Tx,
  input: AcceptInvitationInput,
  hashedPassword: string,
  facts: RequestFacts,
): Promise<string> {
  const link = await consumeLink(tx, "invitation", input.token);
  if (!link?.tenantId) throw linkOver();
  const userId = await createUser(tx, {
    tenantId: link.tenantId,
    email: link.email,
    fullName: input.fullName,
    hashedPassword,
    role: roleOf(link),
    // Whoever has the link reads the mailbox.
    isVerified: true,
  });
  if (link.partnerId && link.role === "partner_admin") await joinPartner(tx, link.partnerId, userId);
  await audit(
    tx,
    { ...facts, actor: { kind: "system", name: "invitation" } },
    {
      action: "invitation.accept",
      targetType: "user",
      targetId: userId,
      tenantId: link.tenantId,
      partnerId: link.partnerId,
      after: { email: link.email, role: roleOf(link), invitedBy: link.invitedBy },
    },
  );
  return link.email;
}

/**
 * Makes the invited person's account. Of several tries at once exactly one makes it. Gives the e-mail to sign in with.
 * @throws AppError `not_found` when the invitation cannot be used, `conflict` when the e-mail has an account,
 *   `invalid` for a weak password
 */
export async function acceptInvitation(
  facts: RequestFacts,
  input: AcceptInvitationInput,
): Promise<{ email: string }> {
  await consume([{ limit: LIMITS.linkAddress, subject: addressBlock(facts.ip) }]);
  const open = await findInvitation(input.token);
  if (!open) throw linkOver();
  if (open.hasAccount) throw otherWorkspace();
  assertGoodPassword(input.password, { email: open.email, name: input.fullName });
  const hashedPassword = await hashPassword(input.password);
  try {
    const email = await asSystem("invitation", (tx) => join(tx, input, hashedPassword, facts));
    return { email };
  } catch (error) {
    if (isUniqueViolation(error)) throw otherWorkspace();
    throw error;
  }
}
