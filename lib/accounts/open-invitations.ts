import "server-only";
import { and, desc, eq, gt, isNull, sql } from "drizzle-orm";
import { asSystem, type Tx } from "@/db/access";
import { authTokens } from "@/db/schema/auth";
import type { Scope } from "@/db/scope";
import { audit } from "@/lib/audit/record";
import { dispatchMail } from "@/lib/email/dispatch";
import { AppError } from "@/lib/errors";
import { createInvitation, type InvitationTarget, limitInvitation } from "./invitations";
import { isFromInviter } from "./links";

// Links are no table that a console sees: so these run as the system, and every statement names the place, which the
// caller takes from its scope.

/** Where people are invited to: a workspace, or the team of the partner whose own workspace it is. */
export type Place = {
  readonly tenantId: string;
  readonly partnerId: string | null;
  /** Its admins alone. */
  readonly isOfAdmins?: boolean;
};

/** Whom a partner, or the operator, invites into a workspace. */
export function adminsOf(tenantId: string): Place {
  return { tenantId, partnerId: null, isOfAdmins: true };
}

export type Invitation = { id: string; email: string; role: string; createdAt: Date; expiresAt: Date };

const MAX_LISTED = 500;

const isOpenIn = ({ tenantId, partnerId, isOfAdmins }: Place) =>
  and(
    eq(authTokens.tenantId, tenantId),
    eq(authTokens.purpose, "invitation"),
    partnerId ? eq(authTokens.partnerId, partnerId) : isNull(authTokens.partnerId),
    isOfAdmins ? eq(authTokens.role, "tenant_admin") : undefined,
    isNull(authTokens.usedAt),
    isNull(authTokens.revokedAt),
    isFromInviter,
  );

const notOpen = () => new AppError("not_found", "This invitation is not open any more.");

/** Invites a person at once. @throws AppError `rate_limited`; `invalid` on `email` for somebody who is there already */
export async function sendInvitation(scope: Scope, target: InvitationTarget): Promise<{ id: string }> {
  await limitInvitation(inviterOf(scope), target.email);
  const invitation = await asSystem("invitation", (tx) => createInvitation(tx, scope, target));
  await dispatchMail();
  return invitation;
}

/** Invitations that can still be accepted, newest first. */
export function findOpenInvitations(place: Place): Promise<Invitation[]> {
  return asSystem("invitation", (tx) =>
    tx
      .select({
        id: authTokens.id,
        email: authTokens.email,
        role: sql<string>`coalesce(${authTokens.role}, 'user')`,
        createdAt: authTokens.createdAt,
        expiresAt: authTokens.expiresAt,
      })
      .from(authTokens)
      .where(and(isOpenIn(place), gt(authTokens.expiresAt, sql`now()`)))
      .orderBy(desc(authTokens.id))
      .limit(MAX_LISTED),
  );
}

async function withdraw(tx: Tx, place: Place, invitationId: string) {
  const [invitation] = await tx
    .update(authTokens)
    .set({ revokedAt: sql`now()` })
    .where(and(eq(authTokens.id, invitationId), isOpenIn(place)))
    .returning({ id: authTokens.id, email: authTokens.email, role: authTokens.role });
  if (!invitation) throw notOpen();
  return invitation;
}

/** Makes an open invitation worthless. @throws AppError `not_found` */
export async function withdrawInvitation(scope: Scope, place: Place, invitationId: string): Promise<void> {
  await asSystem("invitation", async (tx) => {
    const { id, email, role } = await withdraw(tx, place, invitationId);
    const { tenantId, partnerId } = place;
    await audit(tx, scope, {
      action: "invitation.revoke",
      targetType: "invitation",
      targetId: id,
      tenantId,
      ...(partnerId ? { partnerId } : {}),
      before: { email, role },
    });
  });
}

/** Sends an open invitation again, with a new link and another 7 days. @throws AppError `not_found`, `rate_limited` */
export async function sendInvitationAgain(
  scope: Scope,
  place: Place,
  invitationId: string,
): Promise<{ id: string }> {
  const { tenantId, partnerId } = place;
  const [open] = await asSystem("invitation", (tx) =>
    tx
      .select({ email: authTokens.email })
      .from(authTokens)
      .where(and(eq(authTokens.id, invitationId), isOpenIn(place))),
  );
  if (!open) throw notOpen();
  await limitInvitation(inviterOf(scope), open.email);
  const sent = await asSystem("invitation", async (tx) => {
    const { email, role } = await withdraw(tx, place, invitationId);
    return createInvitation(tx, scope, { tenantId, partnerId, email, role: roleIn(place, role) });
  });
  await dispatchMail();
  return sent;
}

/** Against whom an invitation counts. */
function inviterOf(scope: Scope): string {
  if (scope.kind === "platform") return "platform";
  return scope.kind === "partner" ? scope.partnerId : scope.tenantId;
}

function roleIn({ partnerId }: Place, role: string | null): InvitationTarget["role"] {
  if (partnerId) return "partner_admin";
  return role === "tenant_admin" ? "tenant_admin" : "user";
}
