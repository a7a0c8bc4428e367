import { eq, sql } from "drizzle-orm";
import type { Tx } from "@/db/access";
import { wallets } from "@/db/schema/wallets";
import { type Micros, microsFromNumeric } from "@/lib/money";
import { availableOf, type WalletFigures } from "./available";

/** What is left of what is a tenant's own, in SQL: below it, credit is bought by itself. Work under way has not spent yet. */
export const ownLeft = sql`(${wallets.allowance} + ${wallets.balance} - ${wallets.frozen})`;

/** What is left to spend, in SQL: what is set aside for work under way counts as left until it is spent. */
export const leftOf = sql`(${wallets.allowance} + ${wallets.balance} + ${wallets.creditLimit} - ${wallets.frozen})`;

/** A tenant's wallet; null when it has none. @param isLocked keeps everybody from changing it until the commit: the last thing a transaction locks */
export async function readWallet(
  tx: Tx,
  tenantId: string,
  isLocked = false,
): Promise<(WalletFigures & { readonly availableMicros: Micros }) | null> {
  const query = tx
    .select({
      allowance: wallets.allowance,
      balance: wallets.balance,
      held: wallets.held,
      frozen: wallets.frozen,
      creditLimit: wallets.creditLimit,
    })
    .from(wallets)
    .where(eq(wallets.tenantId, tenantId));
  const [row] = await (isLocked ? query.for("no key update") : query);
  if (!row) return null;
  const figures = {
    allowance: microsFromNumeric(row.allowance),
    balance: microsFromNumeric(row.balance),
    held: microsFromNumeric(row.held),
    frozen: microsFromNumeric(row.frozen),
    creditLimit: microsFromNumeric(row.creditLimit),
  };
  return { ...figures, availableMicros: availableOf(figures) };
}
