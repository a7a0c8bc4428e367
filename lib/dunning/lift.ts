import { and, eq, isNull, or, sql } from "drizzle-orm";
import type { Tx } from "@/db/access";
import { tenants } from "@/db/schema/auth";
import { invoices } from "@/db/schema/invoices";
import { subscriptions } from "@/db/schema/plans";
import type { PlatformScope } from "@/db/scope";
import { type AuditActor, audit } from "@/lib/audit/record";
import { lockWallet } from "@/lib/wallet/lock";
import { isReminded, notInGrace } from "./owed";
import { type Standing, standingOf } from "./schedule";

/**
 * Takes back what debts have stopped and those that are left do not demand: new runs start again, and a workspace that
 * was suspended for one works again. One that an admin or a partner suspended stays so.
 */
export async function liftDunning(tx: Tx, by: PlatformScope | AuditActor, tenantId: string): Promise<void> {
  if (!(await isStopped(tx, tenantId))) return;
  const { isSuspended } = await allowStarts(tx, tenantId);
  if (!isSuspended) await unsuspend(tx, by, tenantId);
}

/** Whether a debt stops anything of a workspace. */
async function isStopped(tx: Tx, tenantId: string): Promise<boolean> {
  const [stopped] = await tx
    .select({ id: tenants.id })
    .from(tenants)
    .leftJoin(subscriptions, and(eq(subscriptions.tenantId, tenants.id), isNull(subscriptions.endedAt)))
    .where(and(eq(tenants.id, tenantId), or(eq(tenants.suspendedBy, "dunning"), isHeld)));
  return stopped !== undefined;
}

const isHeld = sql`(${subscriptions.startsBlockedAt} is not null or ${subscriptions.status} = 'past_due')`;

/**
 * Lets new runs start again where debts do not demand otherwise. Gives what they demand. Behind the wallet's lock: of two
 * debts that are paid at once the second sees that the first is, and so does a step of dunning.
 */
export async function allowStarts(tx: Tx, tenantId: string): Promise<Standing> {
  await lockWallet(tx, tenantId);
  const standing = standingOf((await owedBy(tx, tenantId)).map(({ stage }) => stage));
  await openStarts(tx, tenantId, standing);
  return standing;
}

/** Invoices that a workspace owes, that it was reminded of, and that nobody gave it time for. */
function owedBy(tx: Tx, tenantId: string) {
  return tx
    .select({ stage: invoices.dunningStage, number: invoices.invoiceNumber })
    .from(invoices)
    .where(and(isReminded(tenantId), notInGrace()))
    .orderBy(invoices.id);
}

/** How a workspace that somebody else had suspended stands by its debts alone; null when they do not demand it. */
export async function suspensionOwed(tx: Tx, tenantId: string) {
  // Locked: none of them goes on meanwhile.
  const owed = await owedBy(tx, tenantId).for("update");
  const worst = owed.find(({ stage }) => standingOf([stage]).isSuspended);
  return worst
    ? ({
        status: "suspended",
        suspendedBy: "dunning",
        suspendedReason: `Invoice ${worst.number} is not paid.`,
      } as const)
    : null;
}

async function openStarts(tx: Tx, tenantId: string, standing: Standing): Promise<void> {
  if (standing.areStartsBlocked) return;
  const { status } = subscriptions;
  await tx
    .update(subscriptions)
    .set({
      startsBlockedAt: null,
      startsBlockedReason: null,
      ...(standing.isPastDue
        ? {}
        : { status: sql`case when ${status} = 'past_due' then 'active' else ${status} end` }),
    })
    .where(and(eq(subscriptions.tenantId, tenantId), isNull(subscriptions.endedAt), isHeld));
}

async function unsuspend(tx: Tx, by: PlatformScope | AuditActor, tenantId: string): Promise<void> {
  const [lifted] = await tx
    .update(tenants)
    .set({ status: "active", suspendedBy: null, suspendedReason: null })
    .where(and(eq(tenants.id, tenantId), eq(tenants.suspendedBy, "dunning")))
    .returning({ partnerId: tenants.partnerId });
  if (lifted)
    await audit(tx, by, {
      action: "tenant.unsuspend",
      targetType: "tenant",
      targetId: tenantId,
      tenantId,
      partnerId: lifted.partnerId,
      reason: "What was owed is paid.",
    });
}
