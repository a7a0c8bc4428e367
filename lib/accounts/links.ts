import "server-only";
import { and, eq, gt, isNull, sql } from "drizzle-orm";
import type { Tx } from "@/db/access";
import { authTokens } from "@/db/schema/auth";
import type { UserRole } from "@/db/scope";
import { env } from "@/lib/env";
import { newId } from "@/lib/ids";
import { hashToken, newSecretToken } from "@/lib/secrets/tokens";

export type LinkPurpose = "verify_email" | "reset_password" | "invitation";

/** How long a link works, in minutes. */
const LIFETIME_MINUTES: Readonly<Record<LinkPurpose, number>> = {
  verify_email: 24 * 60,
  reset_password: 30,
  invitation: 7 * 24 * 60,
};

const PATHS: Readonly<Record<LinkPurpose, string>> = {
  verify_email: "/verify-email/",
  reset_password: "/reset-password/",
  invitation: "/invite/",
};

export type NewLink = {
  purpose: LinkPurpose;
  email: string;
  userId?: string | null;
  tenantId?: string | null;
  partnerId?: string | null;
  role?: UserRole | null;
  invitedBy?: string | null;
};

/** Makes a single-use link. Only the hash of its secret is kept, so the address exists in the mail alone. */
export async function issueLink(tx: Tx, link: NewLink): Promise<{ id: string; url: string }> {
  const id = newId();
  const token = newSecretToken();
  await tx.insert(authTokens).values({
    ...link,
    id,
    tokenHash: hashToken(token),
    expiresAt: sql`now() + make_interval(mins => ${LIFETIME_MINUTES[link.purpose]})`,
  });
  return { id, url: `${env().appUrl}${PATHS[link.purpose]}${token}` };
}

const columns = {
  id: authTokens.id,
  email: authTokens.email,
  userId: authTokens.userId,
  tenantId: authTokens.tenantId,
  partnerId: authTokens.partnerId,
  role: authTokens.role,
  invitedBy: authTokens.invitedBy,
};

export type Link = {
  id: string;
  email: string;
  userId: string | null;
  tenantId: string | null;
  partnerId: string | null;
  role: string | null;
  invitedBy: string | null;
};

/**
 * Who invited may invite there still, as somebody active who is no plain member, and a partner's people while the workspace
 * is its customer, or nobody is in it yet: what they sent ends with their rights, as the keys
 * they made do. Otherwise they could come back through it.
 */
export const isFromInviter = sql`(${authTokens.invitedBy} is null or exists (
  select from users i where i.id = ${authTokens.invitedBy} and i.is_active and i.role <> 'user'
  and (i.role <> 'partner_admin' or i.tenant_id = ${authTokens.tenantId}
    or exists (select from tenants t join partner_members m on m.partner_id = t.partner_id
      where t.id = ${authTokens.tenantId} and m.user_id = i.id)
    or not exists (select from users u where u.tenant_id = ${authTokens.tenantId}))))`;

function isUsable(purpose: LinkPurpose, token: string) {
  return and(
    eq(authTokens.tokenHash, hashToken(token)),
    eq(authTokens.purpose, purpose),
    isNull(authTokens.usedAt),
    isNull(authTokens.revokedAt),
    gt(authTokens.expiresAt, sql`now()`),
    isFromInviter,
  );
}

/** The link of a token while it can still be used, or null. Looking does not use it up: mail scanners look too. */
export async function findLink(tx: Tx, purpose: LinkPurpose, token: string): Promise<Link | null> {
  const [link] = await tx.select(columns).from(authTokens).where(isUsable(purpose, token)).limit(1);
  return link ?? null;
}

/** Uses a link up. Of several at once exactly one gets it; the others get null. */
export async function consumeLink(tx: Tx, purpose: LinkPurpose, token: string): Promise<Link | null> {
  const [link] = await tx
    .update(authTokens)
    .set({ usedAt: sql`now()` })
    .where(isUsable(purpose, token))
    .returning(columns);
  return link ?? null;
}

/** Makes a user's unused links of a kind worthless, because one was used or a newer one was sent. */
export async function revokeLinks(tx: Tx, purpose: LinkPurpose, userId: string): Promise<void> {
  await tx
    .update(authTokens)
    .set({ revokedAt: sql`now()` })
    .where(
      and(
        eq(authTokens.userId, userId),
        eq(authTokens.purpose, purpose),
        isNull(authTokens.usedAt),
        isNull(authTokens.revokedAt),
      ),
    );
}
