import "server-only";
import { sql } from "drizzle-orm";
import type { Tx } from "@/db/access";
import { wallets } from "@/db/schema/wallets";
import { databaseTime } from "@/lib/clock";

/**
 * Locks a tenant's wallet until the commit, and ends what has expired in it. Locks are taken in one order: payments,
 * invoices, the wallet, the subscription (which shows its balance), the numbers of documents. Runs settle in the wallet
 * all the time: whoever changes a subscription and credit with it begins here, as late as it can.
 */
export async function lockWallet(tx: Tx, tenantId: string): Promise<void> {
  await tx.execute(
    sql`select app.lock_wallet(${wallets.tenantId}, ${databaseTime()}) from ${wallets} where ${wallets.tenantId} = ${tenantId}::uuid`,
  );
}
