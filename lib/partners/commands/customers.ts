import "server-only";
import { and, eq, isNull, ne, or } from "drizzle-orm";
import { asPartner, asSystem, type Tx } from "@/db/access";
import { partners, tenants } from "@/db/schema/auth";
import type { PartnerScope } from "@/db/scope";
import { createInvitation, limitInvitation } from "@/lib/accounts/invitations";
import {
  adminsOf,
  sendInvitation,
  sendInvitationAgain,
  withdrawInvitation,
} from "@/lib/accounts/open-invitations";
import { createWorkspace } from "@/lib/accounts/workspace";
import { audit } from "@/lib/audit/record";
import { authorize } from "@/lib/auth/authorize";
import { suspensionOwed } from "@/lib/dunning/lift";
import { dispatchMail } from "@/lib/email/dispatch";
import { AppError } from "@/lib/errors";
import { mailSuspension } from "@/lib/tenants/suspension-mail";
import type {
  CreateCustomerInput,
  CustomerInvitationInput,
  InviteCustomerAdminInput,
  ReactivateCustomerInput,
  RenameCustomerInput,
  SuspendCustomerInput,
} from "../input";
import { requireCustomer } from "../store";

/**
 * A new customer workspace of this partner, and the invitation of its first admin.
 * @throws AppError `rate_limited`; `forbidden` once the partner is suspended
 */
export async function createCustomer(
  scope: PartnerScope,
  input: CreateCustomerInput,
): Promise<{ id: string }> {
  authorize(scope, "customer.create");
  await limitInvitation(scope.partnerId, input.adminEmail);
  const id = await asSystem("create-customer", async (tx) => {
    await requireActivePartner(tx, scope.partnerId);
    const tenantId = await createWorkspace(tx, { name: input.name, partnerId: scope.partnerId });
    await audit(tx, scope, {
      action: "customer.create",
      targetType: "tenant",
      targetId: tenantId,
      tenantId,
      after: { name: input.name, adminEmail: input.adminEmail },
    });
    await createInvitation(tx, scope, { email: input.adminEmail, role: "tenant_admin", tenantId });
    return tenantId;
  });
  await dispatchMail();
  return { id };
}

/** Whoever suspends the partner at this moment waits, and finds the customer that is being made. */
async function requireActivePartner(tx: Tx, partnerId: string): Promise<void> {
  const [partner] = await tx
    .select({ status: partners.status })
    .from(partners)
    .where(eq(partners.id, partnerId))
    .for("share");
  if (partner?.status !== "active")
    throw new AppError("forbidden", "This partner is suspended.", { reason: "partner_suspended" });
}

/** Invites another admin of a customer. @throws AppError `not_found`, `rate_limited`, `invalid` when already there */
export async function inviteCustomerAdmin(
  scope: PartnerScope,
  input: InviteCustomerAdminInput,
): Promise<{ id: string }> {
  authorize(scope, "customer.invite");
  await asPartner(scope, (tx) => requireCustomer(tx, scope, input.tenantId));
  return sendInvitation(scope, { email: input.email, role: "tenant_admin", tenantId: input.tenantId });
}

/** Makes an open invitation of a customer's admin worthless. @throws AppError `not_found` */
export async function revokeCustomerInvitation(
  scope: PartnerScope,
  { tenantId, invitationId }: CustomerInvitationInput,
): Promise<void> {
  authorize(scope, "customer.invite");
  await asPartner(scope, (tx) => requireCustomer(tx, scope, tenantId));
  await withdrawInvitation(scope, adminsOf(tenantId), invitationId);
}

/** Sends one again, with a new link and another 7 days. @throws AppError `not_found`, `rate_limited` */
export async function resendCustomerInvitation(
  scope: PartnerScope,
  { tenantId, invitationId }: CustomerInvitationInput,
): Promise<{ id: string }> {
  authorize(scope, "customer.invite");
  await asPartner(scope, (tx) => requireCustomer(tx, scope, tenantId));
  return sendInvitationAgain(scope, adminsOf(tenantId), invitationId);
}

/** @throws AppError `not_found` */
export async function renameCustomer(
  scope: PartnerScope,
  input: RenameCustomerInput,
): Promise<{ id: string }> {
  authorize(scope, "customer.update");
  await asPartner(scope, async (tx) => {
    const before = await requireCustomer(tx, scope, input.tenantId);
    await tx.update(tenants).set({ name: input.name }).where(eq(tenants.id, input.tenantId));
    await audit(tx, scope, {
      action: "customer.rename",
      targetType: "tenant",
      targetId: input.tenantId,
      tenantId: input.tenantId,
      before: { name: before.name },
      after: { name: input.name },
    });
  });
  return { id: input.tenantId };
}

/** Stops a customer's workspace: it can be read and exported, nothing new runs. @throws AppError `not_found` */
export async function suspendCustomer(
  scope: PartnerScope,
  input: SuspendCustomerInput,
): Promise<{ id: string }> {
  authorize(scope, "customer.suspend");
  await asPartner(scope, async (tx) => {
    await requireCustomer(tx, scope, input.tenantId);
    const changed = await tx
      .update(tenants)
      .set({ status: "suspended", suspendedBy: "partner", suspendedReason: input.reason })
      .where(and(eq(tenants.id, input.tenantId), ne(tenants.status, "suspended")))
      .returning({ id: tenants.id });
    if (changed.length === 0) return;
    await audit(tx, scope, {
      action: "customer.suspend",
      targetType: "tenant",
      targetId: input.tenantId,
      tenantId: input.tenantId,
      reason: input.reason,
      after: { status: "suspended" },
    });
    await mailSuspension(tx, { ...input, partnerId: scope.partnerId, status: "suspended" });
  });
  await dispatchMail();
  return { id: input.tenantId };
}

/**
 * Lifts a suspension that a partner made. Where a debt would have suspended the workspace meanwhile, it stays so for
 * that, until it is paid.
 * @throws AppError `not_found`; `precondition` (`suspended_otherwise`) when the platform suspended it, or a debt did
 */
export async function reactivateCustomer(
  scope: PartnerScope,
  input: ReactivateCustomerInput,
): Promise<{ id: string }> {
  authorize(scope, "customer.suspend");
  const { tenantId } = input;
  // What is owed to whoever held it before is none of this partner's, and counts all the same.
  await asSystem("reactivate-customer", async (tx) => {
    await requireCustomer(tx, scope, tenantId);
    const suspended = await suspensionOwed(tx, tenantId);
    const changed = await tx
      .update(tenants)
      .set(suspended ?? { status: "active", suspendedBy: null, suspendedReason: null })
      .where(
        and(
          eq(tenants.id, tenantId),
          eq(tenants.status, "suspended"),
          or(isNull(tenants.suspendedBy), eq(tenants.suspendedBy, "partner")),
        ),
      )
      .returning({ id: tenants.id });
    if (changed.length === 0) return;
    await audit(tx, scope, {
      action: "customer.reactivate",
      targetType: "tenant",
      targetId: tenantId,
      tenantId,
      after: { status: suspended?.status ?? "active", suspendedBy: suspended?.suspendedBy ?? null },
    });
    if (!suspended) await mailSuspension(tx, { tenantId, partnerId: scope.partnerId, status: "active" });
  });
  await dispatchMail();
  await asPartner(scope, (tx) => requireActive(tx, tenantId));
  return { id: tenantId };
}

async function requireActive(tx: Tx, tenantId: string): Promise<void> {
  const [row] = await tx
    .select({ status: tenants.status, by: tenants.suspendedBy })
    .from(tenants)
    .where(eq(tenants.id, tenantId));
  if (row?.status !== "suspended") return;
  const message =
    row.by === "dunning"
      ? "It is suspended because an invoice is not paid: paying it lifts this at once."
      : "It was suspended by the platform, which alone can lift this.";
  throw new AppError("precondition", message, { reason: "suspended_otherwise" });
}
