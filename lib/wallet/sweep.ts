import "server-only";
import { and, eq, lte, sql } from "drizzle-orm";
import { asSystem, asWorker } from "@/db/access";
import { executionSteps } from "@/db/schema/ai";
import { partnerRates, systemRates } from "@/db/schema/billing";
import { tenantPartnerHistory as history } from "@/db/schema/partner-money";
import { creditHolds, wallets } from "@/db/schema/wallets";
import type { TenantScope } from "@/db/scope";
import { authorize } from "@/lib/auth/authorize";
import { databaseTime } from "@/lib/clock";
import { lockWallet } from "./lock";
import { release } from "./money-gatherer";
import { DOCUMENTS, STEPS, waitingTenants } from "./unpaid";

const BATCH = 500;

/** A hold that nobody renewed for a quarter of an hour. */
export type StaleHold = {
  readonly tenantId: string;
  readonly key: string;
  readonly stepId: string | null;
  /** Its time, as the database writes it. */
  readonly expiresAt: string;
};

/** Open holds past their time, oldest first. */
export async function findStaleHolds(): Promise<StaleHold[]> {
  return asSystem("sweep-money", (tx) =>
    tx
      .select({
        tenantId: creditHolds.tenantId,
        key: creditHolds.key,
        stepId: creditHolds.stepId,
        expiresAt: sql<string>`${creditHolds.expiresAt}::text`,
      })
      .from(creditHolds)
      .where(and(eq(creditHolds.status, "open"), lte(creditHolds.expiresAt, databaseTime())))
      .orderBy(creditHolds.expiresAt)
      .limit(BATCH),
  );
}

/**
 * Asks the step behind a stale hold: while that has not ended, the hold is renewed; otherwise what it held is given back.
 * One that was placed anew since it was found is left alone.
 * @returns whether it was given back
 */
export async function expireHold(
  scope: TenantScope,
  { key, stepId, expiresAt }: StaleHold,
): Promise<boolean> {
  authorize(scope, "credit.work");
  const isOpen = and(
    eq(creditHolds.tenantId, scope.tenantId),
    eq(creditHolds.key, key),
    eq(creditHolds.status, "open"),
  );
  return asWorker(scope, async (tx) => {
    const [step] = stepId
      ? await tx
          .select({ status: executionSteps.status })
          .from(executionSteps)
          .where(and(eq(executionSteps.tenantId, scope.tenantId), eq(executionSteps.id, stepId)))
          .for("update")
      : [];
    if (step && ["running", "waiting"].includes(step.status)) {
      // What waits for people or other runs may do so for long, and nobody who has it can be lost.
      const renewed = step.status === "waiting" ? "1 day" : "15 minutes";
      await tx
        .update(creditHolds)
        .set({ expiresAt: sql`${databaseTime()} + ${renewed}::interval` })
        .where(isOpen);
      return false;
    }
    // Whoever places a hold locks the wallet: it stays as it is seen behind that.
    await lockWallet(tx, scope.tenantId);
    const [still] = await tx
      .select({ id: creditHolds.id })
      .from(creditHolds)
      .where(and(isOpen, sql`${creditHolds.expiresAt} <= ${expiresAt}::timestamptz`));
    if (!still) return false;
    release(tx, scope, key, "expired");
    return true;
  });
}

/** A tenant of which something waits for money, and when its prices last changed, as the database writes it. */
export type Repriced = { readonly tenantId: string; readonly changedAt: string };

/**
 * Tenants with something that waits for money at prices that are not those of now: what it needs was reckoned once, when it
 * was refused. Seen for an hour, also by who was away meanwhile; not at once, so that who reckoned just before is seen.
 */
export async function findRepriced(): Promise<Repriced[]> {
  const { rows } = await asSystem("sweep-money", (tx) =>
    tx.execute<Repriced>(sql`
      select t.tenant_id as "tenantId", c.at::text as "changedAt"
      from (${waitingTenants(STEPS)} union ${waitingTenants(DOCUMENTS)}) t
      cross join lateral (
        select max(x.at) as at from (
          select r.effective_from, r.effective_to from ${systemRates} r where r.is_active
          union all
          select r.effective_from, r.effective_to from ${history} h
            join ${partnerRates} r on r.partner_id = h.partner_id and r.is_active
            where h.tenant_id = t.tenant_id and (h.effective_to is null or h.effective_to > ${databaseTime()})
          union all
          select h.effective_from, null from ${history} h where h.tenant_id = t.tenant_id
        ) p cross join lateral (values (p.effective_from), (p.effective_to)) x (at)
        where x.at > ${databaseTime()} - interval '1 hour' and x.at <= ${databaseTime()} - interval '15 seconds'
      ) c
      where c.at is not null`),
  );
  return rows;
}

/** Tenants with credit whose time is over and that nobody touched since. */
export async function findExpiredCredit(): Promise<string[]> {
  const rows = await asSystem("sweep-money", (tx) =>
    tx
      .select({ tenantId: wallets.tenantId })
      .from(wallets)
      .where(lte(wallets.nextExpiryAt, databaseTime()))
      .limit(BATCH),
  );
  return rows.map((row) => row.tenantId);
}

/** Ends a tenant's credit whose time is over, as the next use of it would. */
export async function expireCredit(scope: TenantScope): Promise<void> {
  authorize(scope, "credit.work");
  await asWorker(scope, (tx) =>
    tx.execute(sql`select app.expire_credit(${scope.tenantId}::uuid, ${databaseTime()})`),
  );
}
