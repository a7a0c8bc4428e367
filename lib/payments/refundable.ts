import { and, eq } from "drizzle-orm";
import type { Tx } from "@/db/access";
import { topups } from "@/db/schema/payments";
import { creditLots } from "@/db/schema/wallets";
import { AppError } from "@/lib/errors";
import { type Micros, microsFromNumeric } from "@/lib/money";
import { readWallet } from "@/lib/wallet/store";

export type Refundable = {
  /** What is left of the credit that was bought. */
  left: Micros;
  /** How much of that is neither owed nor set aside for work under way. */
  free: Micros;
  isFrozen: boolean;
};

/**
 * What can be given back of bought credit: no more than is left of it, and no more than the wallet has beyond what is owed,
 * under dispute or set aside. Holds the wallet first, so that nothing is spent or set aside until the commit.
 * @throws AppError `not_found`
 */
export async function lockRefundable(tx: Tx, tenantId: string, topupId: string): Promise<Refundable> {
  const wallet = await readWallet(tx, tenantId, true);
  // Behind the lock: a statement of its own sees what was spent until now.
  const [lot] = await tx
    .select({ remaining: creditLots.remaining, isFrozen: creditLots.isFrozen })
    .from(topups)
    .innerJoin(creditLots, and(eq(creditLots.tenantId, topups.tenantId), eq(creditLots.id, topups.lotId)))
    .where(and(eq(topups.tenantId, tenantId), eq(topups.id, topupId)));
  if (!wallet || !lot) throw new AppError("not_found", "There is no such credit.");
  const left = microsFromNumeric(lot.remaining);
  const spare = wallet.balance - wallet.frozen - wallet.held;
  const within = spare > 0n ? spare : 0n;
  return { left, free: within >= left ? left : within, isFrozen: lot.isFrozen };
}
