import "server-only";
import { and, eq, sql } from "drizzle-orm";
import { asPlatform, type Tx } from "@/db/access";
import { advisoryLock } from "@/db/advisory-lock";
import { ledgerEntries } from "@/db/schema/billing";
import { invoiceEntryLinks, invoices } from "@/db/schema/invoices";
import { ledgerFunding } from "@/db/schema/wallets";
import type { PlatformScope } from "@/db/scope";
import { audit } from "@/lib/audit/record";
import { authorize } from "@/lib/auth/authorize";
import { currentTime, databaseTime } from "@/lib/clock";
import { AppError, fieldError } from "@/lib/errors";
import { newId } from "@/lib/ids";
import { formatMicros, type Micros, microsFromNumeric, microsToNumeric } from "@/lib/money";
import { creditWasAdded } from "@/lib/wallet/changes";
import { restoreForPaidDebts } from "../commission-back";
import { type Amounts, correctionOf } from "../correction";
import { correctionsOf } from "../corrections";
import type { AdjustEntryInput, ReverseEntryInput } from "../input";

type Entry = typeof ledgerEntries.$inferSelect;

const amountsOf = (entry: Entry): Amounts => ({
  quantityMicros: microsFromNumeric(entry.quantity),
  platformMicros: microsFromNumeric(entry.platformCost),
  tenantMicros: microsFromNumeric(entry.tenantCost),
  commissionMicros: microsFromNumeric(entry.partnerCommission),
});

/** The row and what was taken back of it. Whoever corrects the same row queues here. */
async function lockEntry(tx: Tx, entryId: string): Promise<{ entry: Entry; takenMicros: Micros }> {
  await advisoryLock(tx, entryId).execute();
  const [entry] = await tx.select().from(ledgerEntries).where(eq(ledgerEntries.id, entryId));
  if (!entry) throw new AppError("not_found", "This ledger entry does not exist.");
  if (entry.entryType !== "usage")
    throw new AppError("conflict", "A correction is not corrected itself: correct the entry it belongs to.", {
      reason: "not_usage",
    });
  const [corrected] = await tx
    .select({ sum: sql<string>`coalesce(-sum(${ledgerEntries.tenantCost}), 0)::numeric(18,6)` })
    .from(ledgerEntries)
    .where(correctionsOf(entry));
  return { entry, takenMicros: microsFromNumeric(corrected?.sum ?? "0.000000") };
}

/** What was written off with its invoice is paid by nobody: taken back, it would be money for something that was free. */
async function requireAsked(tx: Tx, { tenantId, id }: Entry): Promise<void> {
  const [invoice] = await tx
    .select({ number: invoices.invoiceNumber })
    .from(invoiceEntryLinks)
    .innerJoin(
      invoices,
      and(eq(invoices.tenantId, invoiceEntryLinks.tenantId), eq(invoices.id, invoiceEntryLinks.invoiceId)),
    )
    .where(
      and(
        eq(invoiceEntryLinks.tenantId, tenantId),
        eq(invoiceEntryLinks.ledgerEntryId, id),
        eq(invoices.status, "void"),
        sql`(select sum(f.amount) from ${ledgerFunding} f where f.tenant_id = ${tenantId}::uuid
          and f.ledger_entry_id = ${id}::uuid and f.source = 'receivable') > 0`,
      ),
    );
  if (invoice)
    throw new AppError(
      "conflict",
      `This usage was written off with invoice ${invoice.number}: nobody pays for it, so there is nothing to take back.`,
      { reason: "written_off" },
    );
}

/** The correction with this key, if there is one already: pressed twice, it is made once. */
async function findByKey(
  tx: Tx,
  tenantId: string,
  key: string,
): Promise<{ id: string; reversesId: string | null; tenantCost: string } | null> {
  const [known] = await tx
    .select({
      id: ledgerEntries.id,
      reversesId: ledgerEntries.reversesId,
      tenantCost: ledgerEntries.tenantCost,
    })
    .from(ledgerEntries)
    .where(and(eq(ledgerEntries.tenantId, tenantId), eq(ledgerEntries.idempotencyKey, key)));
  return known ?? null;
}

type Correction = { type: "reversal" | "adjustment"; amounts: Amounts; key: string; reason: string };

/** Writes the row, which belongs to the same work and time, and gives back what had paid for the other. */
async function write(tx: Tx, scope: PlatformScope, entry: Entry, correction: Correction): Promise<string> {
  await requireAsked(tx, entry);
  const id = newId();
  const { amounts, type, key, reason } = correction;
  const { createdAt: _, ...copied } = entry;
  const written = {
    quantity: microsToNumeric(amounts.quantityMicros),
    platformCost: microsToNumeric(amounts.platformMicros),
    tenantCost: microsToNumeric(amounts.tenantMicros),
    partnerCommission: microsToNumeric(amounts.commissionMicros),
  };
  await tx.insert(ledgerEntries).values({
    ...copied,
    ...written,
    id,
    entryType: type,
    reversesId: entry.id,
    idempotencyKey: key,
    entryMetadata: JSON.stringify({ note: reason }),
  });
  await audit(tx, scope, {
    action: type === "reversal" ? "ledger.reverse" : "ledger.adjust",
    targetType: "ledger_entry",
    targetId: entry.id,
    tenantId: entry.tenantId,
    partnerId: entry.partnerId,
    before: { tenantCost: entry.tenantCost, platformCost: entry.platformCost },
    after: { ...written, correction: id },
    reason,
  });
  await tx.execute(
    sql`select from app.spend(${entry.tenantId}::uuid, array[${id}::uuid], array[0], '{}', '{}', '[]', false, ${databaseTime()})`,
  );
  await payDebts(tx, entry.tenantId, id, reason);
  return id;
}

/** Credit that a correction gives back pays first what was taken back of it after it was spent: nobody has it twice. */
async function payDebts(tx: Tx, tenantId: string, correctionId: string, reason: string): Promise<void> {
  const { rows } = await tx.execute<{ lot_key: string | null }>(sql`
    select app.pay_taken(${tenantId}::uuid, b.lot_id, b.amount, 'corrected:' || ${correctionId}::text || ':' || b.lot_id,
      ${JSON.stringify({ reason })}::jsonb, ${databaseTime()}) as lot_key
    from (select lot_id, -sum(amount) as amount from ${ledgerFunding}
      where tenant_id = ${tenantId}::uuid and ledger_entry_id = ${correctionId}::uuid and source = 'paid' group by 1 order by 1) b`);
  for (const { lot_key: lotKey } of rows)
    if (lotKey) await restoreForPaidDebts(tx, { tenantId, lotKey, at: currentTime() });
}

/**
 * Takes a ledger entry back by a new one of its exact opposite: what had paid for it is there again, and the entry comes
 * off the next invoice with its own service dates. Doing it again is refused.
 *
 * @throws AppError `not_found`; `conflict` for a correction, when part of it or all was taken back before, or (`written_off`)
 *   for what nobody pays for
 */
export async function reverseEntry(
  scope: PlatformScope,
  { entryId, reason }: ReverseEntryInput,
): Promise<{ correctionId: string }> {
  authorize(scope, "ledger.adjust");
  const { tenantId, correctionId } = await asPlatform(scope, async (tx) => {
    const { entry, takenMicros } = await lockEntry(tx, entryId);
    const key = `reverse:${entryId}`;
    if (takenMicros !== 0n || (await findByKey(tx, entry.tenantId, key)))
      throw new AppError("conflict", "Part of this entry, or all, was taken back already: adjust the rest.", {
        reason: "corrected",
      });
    const whole = amountsOf(entry);
    const amounts = {
      quantityMicros: -whole.quantityMicros,
      platformMicros: -whole.platformMicros,
      tenantMicros: -whole.tenantMicros,
      commissionMicros: -whole.commissionMicros,
    };
    const id = await write(tx, scope, entry, { type: "reversal", amounts, key, reason });
    return { tenantId: entry.tenantId, correctionId: id };
  });
  await creditWasAdded(tenantId);
  return { correctionId };
}

/**
 * Takes part of a ledger entry back, with the platform's and the partner's part in proportion; all of it together is never
 * more than the entry. Pressing twice takes it once.
 *
 * @throws AppError `invalid` on `amount` for more than is left; `not_found`; `conflict` for a correction,
 *   (`written_off`) for what nobody pays for, or (`request_changed`) for the key of another one
 */
export async function adjustEntry(
  scope: PlatformScope,
  { entryId, amount, reason, requestKey }: AdjustEntryInput,
): Promise<{ correctionId: string }> {
  authorize(scope, "ledger.adjust");
  const { tenantId, correctionId } = await asPlatform(scope, async (tx) => {
    const { entry, takenMicros } = await lockEntry(tx, entryId);
    const key = `adjust:${requestKey}`;
    const known = await findByKey(tx, entry.tenantId, key);
    if (known && (known.reversesId !== entryId || microsFromNumeric(known.tenantCost) !== -amount))
      throw new AppError(
        "conflict",
        "This correction was made before, of something else. Load the page again.",
        {
          reason: "request_changed",
        },
      );
    if (known) return { tenantId: entry.tenantId, correctionId: known.id };
    const whole = amountsOf(entry);
    const left = whole.tenantMicros - takenMicros;
    if (amount > left)
      throw fieldError(
        "amount",
        left > 0n
          ? `At most ${formatMicros(left, { exact: true })} of this entry is left.`
          : "Nothing of this entry is left.",
      );
    const amounts = correctionOf(whole, takenMicros, amount);
    const id = await write(tx, scope, entry, { type: "adjustment", amounts, key, reason });
    return { tenantId: entry.tenantId, correctionId: id };
  });
  await creditWasAdded(tenantId);
  return { correctionId };
}
