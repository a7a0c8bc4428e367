import { and, eq, lt, sql } from "drizzle-orm";
import type { Tx } from "@/db/access";
import { payments } from "@/db/schema/payments";
import { creditLots, creditTransactions } from "@/db/schema/wallets";
import { overpaidKey } from "@/lib/billing/apply-payment";
import { creditOfPayment, loseLotCommission } from "@/lib/billing/commission-back";
import { freezing } from "@/lib/billing/note-credit";
import { currentTime } from "@/lib/clock";
import { centsToMicros, least, type Micros, microsFromNumeric } from "@/lib/money";
import { postCredit } from "@/lib/wallet/credit";
import { lockWallet } from "@/lib/wallet/lock";
import { backBefore, type SettledPayment } from "./find-payment";

/** A refund or a dispute that is being applied, over so much. */
export type GoingBack = { totalCents: bigint } & (
  | { disputeId: string; refundId?: undefined }
  | { refundId: string; disputeId?: undefined }
);

/** A part of what goes back that had become credit. */
export type CreditBack = { lotId: string; isOverpaid: boolean; cents: bigint };

/** What is known of credit that a payment became: the first that goes back comes first. */
async function creditOf(tx: Tx, { tenantId, id }: SettledPayment) {
  const { rows } = await tx.execute<{ id: string; amount: string; remaining: string; is_over: boolean }>(sql`
    select l.id, l.amount, l.remaining, l.key = ${overpaidKey(id)} as is_over
    from ${payments} p join ${creditLots} l on l.tenant_id = p.tenant_id and l.key in ${creditOfPayment}
    where p.tenant_id = ${tenantId}::uuid and p.id = ${id}::uuid
    order by is_over, l.id`);
  return rows;
}

/**
 * What an invoice's payment was more than was due became credit, and so did what credit notes gave back as such: of money
 * that goes back, the invoice's part is the first, and what was over the last. The caller holds the payment.
 * @param mostCents how much goes back beyond the invoice, where that is known
 * @returns what goes back of each such credit
 */
export async function creditBackOf(
  tx: Tx,
  payment: SettledPayment,
  back: GoingBack,
  mostCents = back.totalCents,
): Promise<CreditBack[]> {
  const lots = await creditOf(tx, payment);
  if (lots.length === 0) return [];
  const earlier = await backBefore(tx, payment, back);
  const beforeCents = earlier.reduce((sum, { totalCents }) => sum + totalCents, 0n);
  const parts: CreditBack[] = [];
  let [end, most] = [payment.amountCents, mostCents];
  for (const { id: lotId, amount, is_over: isOverpaid } of lots.toReversed()) {
    const wholeCents = least(microsFromNumeric(amount) / centsToMicros(1n), end);
    const start = end - wholeCents;
    const within = (cents: bigint) => (cents > start ? least(cents - start, wholeCents) : 0n);
    const cents = least(within(beforeCents + back.totalCents) - within(beforeCents), most);
    if (cents > 0n) parts.push({ lotId, isOverpaid, cents });
    [end, most] = [start, most - cents];
  }
  return parts;
}

/** All of it together. */
export const centsOf = (parts: readonly CreditBack[]): bigint =>
  parts.reduce((sum, { cents }) => sum + cents, 0n);

/**
 * Takes what is left of such credit; of what was spent of it partners lose what they earned. The wallet is locked from here on.
 * @returns what was still there and is taken: the rest is owed
 */
export async function takeCreditBack(
  tx: Tx,
  payment: SettledPayment,
  back: GoingBack,
  parts: readonly CreditBack[],
): Promise<Micros> {
  if (parts.length > 0) await lockWallet(tx, payment.tenantId);
  let taken = 0n;
  for (const part of parts) taken += await takePart(tx, payment, back, part);
  return taken;
}

async function takePart(
  tx: Tx,
  { tenantId }: SettledPayment,
  { disputeId, refundId }: GoingBack,
  { lotId, isOverpaid, cents }: CreditBack,
): Promise<Micros> {
  const [lot] = await tx
    .select({ remaining: creditLots.remaining })
    .from(creditLots)
    .where(and(eq(creditLots.tenantId, tenantId), eq(creditLots.id, lotId)));
  const whole = centsToMicros(cents);
  const taken = least(whole, microsFromNumeric(lot?.remaining ?? "0"));
  const spent = { tenantId, lotId, amount: whole - taken, at: currentTime() };
  const which = isOverpaid ? "over" : `credit:${lotId}`;
  if (disputeId)
    await loseLotCommission(tx, {
      ...spent,
      kind: "dispute_lost",
      key: `dispute_lost:${disputeId}:${which}`,
      disputeId,
    });
  else await loseLotCommission(tx, { ...spent, kind: "topup_refunded", key: `refund:${refundId}:${which}` });
  const ofRefund = isOverpaid ? `refund:${refundId}` : `refund:${refundId}:${which}`;
  if (taken > 0n)
    await postCredit(tx, {
      tenantId,
      kind: disputeId ? "dispute" : "refund",
      amount: -taken,
      key: disputeId ? `dispute:${disputeId}:${which}` : ofRefund,
      facts: { lotId, reason: disputeId ? "A bank took the payment back." : "Refunded at Stripe." },
    });
  return taken;
}

/**
 * While a bank has the payment, what is left of credit that it became is not spent. Read behind the wallet's lock: credit of
 * notes that come later freezes itself (`giveNoteCredit`). @returns how much there was
 */
export async function freezeCredit(tx: Tx, payment: SettledPayment, disputeId: string): Promise<Micros> {
  const { tenantId } = payment;
  await lockWallet(tx, tenantId);
  let frozen = 0n;
  for (const { id: lotId, remaining } of await creditOf(tx, payment)) {
    frozen += microsFromNumeric(remaining);
    await postCredit(tx, freezing(tenantId, disputeId, lotId));
  }
  return frozen;
}

/** The bank has decided: what it left may be spent again. */
export async function freeCredit(tx: Tx, payment: SettledPayment, disputeId: string): Promise<void> {
  const { tenantId } = payment;
  for (const { id: lotId } of await creditOf(tx, payment))
    await postCredit(tx, {
      tenantId,
      kind: "dispute_won",
      amount: 0n,
      key: `dispute:${disputeId}:free:${lotId}`,
      facts: { lotId },
    });
}

/** Under which keys credit of credit notes was taken by a refund or a dispute, named as theirs begin. */
export async function keysOfCreditTaken(tx: Tx, tenantId: string, of: string): Promise<string[]> {
  const rows = await tx
    .select({ key: creditTransactions.key })
    .from(creditTransactions)
    .where(
      and(
        eq(creditTransactions.tenantId, tenantId),
        sql`starts_with(${creditTransactions.key}, ${`${of}:credit:`})`,
        lt(creditTransactions.amount, "0"),
      ),
    );
  return rows.map(({ key }) => key);
}
