import "server-only";
import { and, asc, eq, gt, inArray, isNull, ne, or, sql } from "drizzle-orm";
import { asPlatform, type Tx } from "@/db/access";
import { tenants, users, viewAsSessions } from "@/db/schema/auth";
import type { PlatformScope } from "@/db/scope";
import { revokeSessions } from "@/lib/accounts/sessions";
import { leaverOf, leavingToAdmins } from "@/lib/approvals/left-alone";
import { audit } from "@/lib/audit/record";
import { authorize } from "@/lib/auth/authorize";
import { dueCents } from "@/lib/billing/apply-payment";
import { currentTime } from "@/lib/clock";
import { dayInWords } from "@/lib/day";
import { demandsSuspension, giveGrace, lockOwed, type OwedInvoice } from "@/lib/dunning/grace";
import { allowStarts } from "@/lib/dunning/lift";
import { dispatchMail } from "@/lib/email/dispatch";
import { AppError, fieldError } from "@/lib/errors";
import { newId } from "@/lib/ids";
import { centsToMicros, formatMicros } from "@/lib/money";
import { mailSuspension } from "@/lib/tenants/suspension-mail";
import type { ReactivateTenantInput, SetUserActiveInput, SuspendTenantInput, ViewAsInput } from "../input";

const NO_TENANT = "This workspace does not exist.";

/**
 * Stops a workspace: its people can look and export, nothing new runs. Suspending a suspended one changes nothing, but
 * one that was suspended for a debt is not lifted by its payment any more.
 * @throws AppError `not_found`; `precondition` for the workspace the admin is in
 */
export async function suspendTenant(
  scope: PlatformScope,
  input: SuspendTenantInput,
): Promise<{ tenantId: string }> {
  authorize(scope, "tenant.suspend");
  await asPlatform(scope, async (tx) => {
    const [own] =
      scope.actor.kind === "user"
        ? await tx.select({ tenantId: users.tenantId }).from(users).where(eq(users.id, scope.actor.userId))
        : [];
    if (own?.tenantId === input.tenantId) {
      throw new AppError("precondition", "This is your own workspace: you would lock yourself out.");
    }
    const [changed] = await tx
      .update(tenants)
      .set({ status: "suspended", suspendedBy: "admin", suspendedReason: input.reason })
      .where(
        and(
          eq(tenants.id, input.tenantId),
          or(ne(tenants.status, "suspended"), eq(tenants.suspendedBy, "dunning")),
        ),
      )
      .returning({ id: tenants.id });
    if (!changed)
      return requireTenantRow(
        await tx.select({ id: tenants.id }).from(tenants).where(eq(tenants.id, input.tenantId)),
      );
    await audit(tx, scope, {
      action: "tenant.suspend",
      targetType: "tenant",
      targetId: input.tenantId,
      tenantId: input.tenantId,
      reason: input.reason,
      after: { status: "suspended" },
    });
    await mailSuspension(tx, { ...input, partnerId: null, status: "suspended" });
  });
  await dispatchMail();
  return { tenantId: input.tenantId };
}

function requireTenantRow(rows: unknown[]): void {
  if (rows.length === 0) throw new AppError("not_found", NO_TENANT);
}

const DAY_MS = 86_400_000;

/** What is owed, in words: `$30.00 (HB-2026-000012)`. */
function inWords(owed: readonly OwedInvoice[]): string {
  const cents = owed.reduce((sum, invoice) => sum + dueCents(invoice), 0n);
  const [first] = owed;
  const which = owed.length === 1 ? first?.invoiceNumber : `${owed.length} invoices`;
  return `${formatMicros(centsToMicros(cents))} (${which})`;
}

/**
 * Lets a suspended workspace work again. What it owes stays owed: where that demands the suspension, it is given
 * `graceDays` to pay. Until then its debts stop nothing; from then on it is held to them again, and dunning goes on.
 * @throws AppError `not_found`; `invalid` (`graceDays`) where a debt demands the suspension and no time is given
 */
export async function reactivateTenant(
  scope: PlatformScope,
  { tenantId, graceDays }: ReactivateTenantInput,
): Promise<{ tenantId: string }> {
  authorize(scope, "tenant.suspend");
  await asPlatform(scope, async (tx) => {
    const owed = await lockOwed(tx, tenantId);
    const [tenant] = await tx
      .select({ status: tenants.status, suspendedBy: tenants.suspendedBy })
      .from(tenants)
      .where(eq(tenants.id, tenantId));
    requireTenantRow(tenant ? [tenant] : []);
    if (tenant?.status !== "suspended") return;
    const now = currentTime();
    if (demandsSuspension(owed, now) && !graceDays) {
      throw fieldError("graceDays", `It owes ${inWords(owed)}: say how many days it has to pay.`);
    }
    const until = graceDays && owed.length > 0 ? new Date(now.getTime() + graceDays * DAY_MS) : null;
    if (until) {
      await giveGrace(tx, scope, owed, until);
      await allowStarts(tx, tenantId);
    }
    const by = tenant.suspendedBy;
    const [lifted] = await tx
      .update(tenants)
      .set({ status: "active", suspendedBy: null, suspendedReason: null })
      .where(
        and(
          eq(tenants.id, tenantId),
          eq(tenants.status, "suspended"),
          by === null ? isNull(tenants.suspendedBy) : eq(tenants.suspendedBy, by),
        ),
      )
      .returning({ id: tenants.id });
    // Of two clicks the second finds it done, and a suspension that somebody has made since stays.
    if (!lifted) return;
    await audit(tx, scope, {
      action: "tenant.reactivate",
      targetType: "tenant",
      targetId: tenantId,
      tenantId,
      before: { status: "suspended", suspendedBy: by },
      after: {
        status: "active",
        ...(owed.length > 0 ? { owed: inWords(owed), graceUntil: until?.toISOString() ?? null } : {}),
      },
    });
    const owes =
      until && `Please pay ${inWords(owed)} by ${dayInWords(until)}: otherwise it is suspended again.`;
    await mailSuspension(tx, { tenantId, partnerId: null, status: "active", owes });
  });
  await dispatchMail();
  return { tenantId };
}

const VIEW_AS_MINUTES = 60;

/**
 * Lets the admin look into a workspace, read-only, for an hour, in this session only. It ends an earlier look.
 * @throws AppError `not_found`
 */
export async function startViewAs(scope: PlatformScope, input: ViewAsInput): Promise<{ tenantId: string }> {
  authorize(scope, "tenant.view_as");
  const { actor } = scope;
  if (actor.kind !== "user") throw new AppError("forbidden");
  await asPlatform(scope, async (tx) => {
    requireTenantRow(await tx.select({ id: tenants.id }).from(tenants).where(eq(tenants.id, input.tenantId)));
    await tx
      .update(viewAsSessions)
      .set({ endedAt: sql`now()` })
      .where(and(eq(viewAsSessions.sessionId, actor.sessionId), isNull(viewAsSessions.endedAt)));
    const id = newId();
    await tx.insert(viewAsSessions).values({
      id,
      sessionId: actor.sessionId,
      adminUserId: actor.userId,
      tenantId: input.tenantId,
      reason: input.reason,
      expiresAt: sql`now() + make_interval(mins => ${VIEW_AS_MINUTES})`,
    });
    await audit(tx, scope, {
      action: "tenant.view_as",
      targetType: "view_as",
      targetId: id,
      tenantId: input.tenantId,
      reason: input.reason,
      after: { minutes: VIEW_AS_MINUTES, writable: false },
    });
  });
  return { tenantId: input.tenantId };
}

/** Ends looking into a workspace. Safe when nothing is open. */
export async function endViewAs(scope: PlatformScope): Promise<{ ended: boolean }> {
  authorize(scope, "tenant.view_as");
  const { actor } = scope;
  if (actor.kind !== "user") throw new AppError("forbidden");
  return asPlatform(scope, async (tx) => {
    const ended = await tx
      .update(viewAsSessions)
      .set({ endedAt: sql`now()` })
      .where(
        and(
          eq(viewAsSessions.sessionId, actor.sessionId),
          isNull(viewAsSessions.endedAt),
          gt(viewAsSessions.expiresAt, sql`now()`),
        ),
      )
      .returning({ id: viewAsSessions.id, tenantId: viewAsSessions.tenantId });
    for (const view of ended) {
      await audit(tx, scope, {
        action: "tenant.view_as_end",
        targetType: "view_as",
        targetId: view.id,
        tenantId: view.tenantId,
      });
    }
    return { ended: ended.length > 0 };
  });
}

/**
 * The person and who acts, in one order: of two app admins who switch each other off at once, the first does, and the
 * second may not any more.
 */
async function lockPeople(tx: Tx, { actor }: PlatformScope, userId: string): Promise<void> {
  if (actor.kind !== "user") return;
  const rows = await tx
    .select({ id: users.id, role: users.role, isActive: users.isActive })
    .from(users)
    .where(inArray(users.id, [userId, actor.userId]))
    .orderBy(asc(users.id))
    .for("update");
  const acting = rows.find(({ id }) => id === actor.userId);
  if (acting?.role !== "app_admin" || !acting.isActive)
    throw new AppError("forbidden", "You are no app admin any more.");
}

async function changeActive(tx: Tx, scope: PlatformScope, input: SetUserActiveInput): Promise<void> {
  await lockPeople(tx, scope, input.userId);
  const [changed] = await tx
    .update(users)
    .set({ isActive: input.isActive })
    .where(eq(users.id, input.userId))
    .returning({ id: users.id, tenantId: users.tenantId });
  if (!changed) throw new AppError("not_found", "This person does not exist.");
  const endedSessions = input.isActive ? 0 : await revokeSessions(tx, input.userId, "deactivated");
  await audit(tx, scope, {
    action: input.isActive ? "user.activate" : "user.deactivate",
    targetType: "user",
    targetId: input.userId,
    tenantId: changed.tenantId,
    reason: input.reason,
    after: { isActive: input.isActive, endedSessions },
  });
}

/**
 * Lets a person sign in or not. Switching off ends all their sessions with their next request.
 * @throws AppError `not_found`; `precondition` for the admin's own account; `forbidden` once that is no app admin's
 */
export async function setUserActive(
  scope: PlatformScope,
  input: SetUserActiveInput,
): Promise<{ userId: string }> {
  authorize(scope, "user.suspend");
  if (scope.actor.kind === "user" && scope.actor.userId === input.userId) {
    throw new AppError("precondition", "This is your own account: you would lock yourself out.");
  }
  await asPlatform(scope, async (tx) => {
    if (input.isActive) return changeActive(tx, scope, input);
    const leaver = await leaverOf(tx, input.userId);
    await leavingToAdmins(tx, leaver, () => changeActive(tx, scope, input));
  });
  return { userId: input.userId };
}
