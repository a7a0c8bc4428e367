import "server-only";
import { and, eq, lte, sql } from "drizzle-orm";
import { asSystem, asWorker } from "@/db/access";
import { executionSteps } from "@/db/schema/ai";
import { creditHolds, wallets } from "@/db/schema/wallets";
import type { TenantScope } from "@/db/scope";
import { authorize } from "@/lib/auth/authorize";
import { databaseTime } from "@/lib/clock";
import { lockWallet } from "./lock";
import { release } from "./money-gatherer";

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
