import { and, eq, inArray, sql } from "drizzle-orm";
import type { Tx } from "@/db/access";
import { topups } from "@/db/schema/payments";
import { creditTransactions } from "@/db/schema/wallets";
import { restoreForPaidDebts } from "@/lib/billing/commission-back";
import { billCredit, hasCreditInvoice } from "@/lib/billing/topup-document";
import { currentTime, databaseTime } from "@/lib/clock";
import { centsToMicros, microsFromNumeric } from "@/lib/money";
import { postCredit } from "@/lib/wallet/credit";
import { STRIPE } from "./store";
import { taxOfTopup } from "./topups";

/**
 * Undoes what was posted under these keys, as it was done: credit comes back to its lot, and what was owed is not. Credit
 * that had paid for what was owed is there again, and pays what else is owed of that kind.
 */
export async function undoPosted(
  tx: Tx,
  tenantId: string,
  keys: readonly string[],
  reason: string,
): Promise<void> {
  const done = await tx
    .select({
      key: creditTransactions.key,
      amount: creditTransactions.amount,
      lotId: creditTransactions.lotId,
    })
    .from(creditTransactions)
    .where(and(eq(creditTransactions.tenantId, tenantId), inArray(creditTransactions.key, [...keys])));
  for (const { key, amount, lotId } of done) {
    if (lotId)
      await postCredit(tx, {
        tenantId,
        kind: "refund",
        amount: -microsFromNumeric(amount),
        key: `${key}:undone`,
        facts: { lotId, reason },
      });
    else await undoTaken(tx, tenantId, key, reason);
  }
}

async function undoTaken(tx: Tx, tenantId: string, key: string, reason: string): Promise<void> {
  const { rows } = await tx.execute<{ lot_key: string }>(sql`select app.undo_taken(${tenantId}::uuid, ${key},
    ${JSON.stringify({ reason })}::jsonb, ${databaseTime()}) as lot_key`);
  for (const { lot_key: lotKey } of rows)
    await restoreForPaidDebts(tx, { tenantId, lotKey, at: currentTime() });
}

export type SoldAgain = { tenantId: string; topupId: string; totalCents: bigint; taxCents: bigint };

/**
 * Credit whose money came back to us after a credit note was issued of it gets an invoice anew, as it was taxed before. The
 * last thing of the caller's transaction. Credit that was bought before there were such invoices gets none.
 */
export async function sellAgain(
  tx: Tx,
  { tenantId, topupId, totalCents, taxCents }: SoldAgain,
  paymentNote: string,
): Promise<void> {
  const [topup] = await tx
    .select({ taxPercent: topups.taxPercent, taxNote: topups.taxNote })
    .from(topups)
    .where(and(eq(topups.tenantId, tenantId), eq(topups.id, topupId)));
  if (!topup || !(await hasCreditInvoice(tx, tenantId, topupId))) return;
  await billCredit(tx, STRIPE, {
    tenantId,
    topupId,
    amount: centsToMicros(totalCents - taxCents),
    taxCents,
    tax: taxOfTopup(topup),
    paymentNote,
    at: currentTime(),
  });
}
