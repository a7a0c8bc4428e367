import { and, eq, inArray, sql } from "drizzle-orm";
import type { Tx } from "@/db/access";
import { topups } from "@/db/schema/payments";
import { creditTransactions } from "@/db/schema/wallets";
import { restoreForPaidDebts } from "@/lib/billing/commission-back";
import { billCredit, invoicedStill } from "@/lib/billing/topup-document";
import { currentTime, databaseTime } from "@/lib/clock";
import { centsToMicros, microsFromNumeric } from "@/lib/money";
import { postCredit } from "@/lib/wallet/credit";
import { keptOf, type SettledPayment } from "./find-payment";
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

/**
 * Credit whose money came back to us after credit notes were issued of it gets an invoice anew, over what is kept of the
 * money and on no invoice any more: what went back twice was noted once. Behind all credit notes of the caller's
 * transaction, and its last thing. Credit that was bought before there were such invoices gets none.
 */
export async function sellAgain(tx: Tx, payment: SettledPayment, paymentNote: string): Promise<void> {
  const { tenantId, topupId } = payment;
  if (!topupId) return;
  const [topup] = await tx
    .select({ taxPercent: topups.taxPercent, taxNote: topups.taxNote })
    .from(topups)
    .where(and(eq(topups.tenantId, tenantId), eq(topups.id, topupId)));
  const invoiced = await invoicedStill(tx, tenantId, topupId);
  if (!topup || !invoiced) return;
  const kept = await keptOf(tx, payment);
  const totalCents = kept.totalCents - invoiced.totalCents;
  const taxCents = kept.taxCents - invoiced.taxCents;
  if (totalCents <= 0n) return;
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
