import "server-only";
import { eq, sql } from "drizzle-orm";
import { asPlatform, asSystem, type Tx } from "@/db/access";
import { advisoryLock } from "@/db/advisory-lock";
import { partners } from "@/db/schema/auth";
import { partnerAccounts } from "@/db/schema/partner-money";
import { creditLots } from "@/db/schema/wallets";
import type { PartnerScope, PlatformScope } from "@/db/scope";
import { audit } from "@/lib/audit/record";
import { authorize } from "@/lib/auth/authorize";
import { currentTime, databaseTime } from "@/lib/clock";
import { AppError, fieldError } from "@/lib/errors";
import { formatMicros, type Micros, microsFromNumeric, microsToNumeric } from "@/lib/money";
import type { PromoAllowanceInput } from "./input";
import { DEFAULT_PROMO_ALLOWANCE, earnedUntil } from "./rules";
import { carriedOver, sumUnpaid } from "./sources";

/** What a partner may still give away, and what that is made of. */
export type PromiseRoom = {
  /** Credit it gave its customers that is neither used nor expired: it pays for it when it is used. */
  promised: Micros;
  /** What may be paid to it now: what promises can be charged to. Less than nothing where more was taken back. */
  payable: Micros;
  /** What the platform lets it promise beyond. */
  allowance: Micros;
  /** `payable + allowance - promised`, never less than nothing. */
  left: Micros;
};

/** One at a time of what promises depend on: the grants of a partner, and its payouts. Before any wallet. */
export async function lockPromises(tx: Tx, partnerId: string): Promise<void> {
  await advisoryLock(tx, `promises:${partnerId}`).execute();
}

async function readPromised(tx: Tx, partnerId: string): Promise<Micros> {
  const [row] = await tx
    .select({ sum: sql<string>`coalesce(sum(${creditLots.remaining}), 0)::numeric(18,6)` })
    .from(creditLots)
    .where(
      sql`${creditLots.partnerId} = ${partnerId}::uuid and ${creditLots.paidBy} = 'partner' and ${creditLots.closedAt} is null
        and (${creditLots.expiresAt} is null or ${creditLots.expiresAt} > ${databaseTime()})`,
    );
  return microsFromNumeric(row?.sum ?? "0");
}

async function readAllowance(tx: Tx, partnerId: string): Promise<Micros> {
  const [row] = await tx
    .select({ allowance: partnerAccounts.promoAllowance })
    .from(partnerAccounts)
    .where(eq(partnerAccounts.partnerId, partnerId));
  return row ? microsFromNumeric(row.allowance) : DEFAULT_PROMO_ALLOWANCE;
}

/** What is promised beyond the allowance: it stays out of payouts, to be charged. The caller holds the promises. */
export async function keptForPromises(tx: Tx, partnerId: string): Promise<Micros> {
  const beyond = (await readPromised(tx, partnerId)) - (await readAllowance(tx, partnerId));
  return beyond > 0n ? beyond : 0n;
}

async function readRoom(tx: Tx, partnerId: string): Promise<PromiseRoom> {
  const promised = await readPromised(tx, partnerId);
  const allowance = await readAllowance(tx, partnerId);
  const { payable: unpaid } = await sumUnpaid(tx, partnerId, earnedUntil(currentTime()));
  const payable = unpaid + (await carriedOver(tx, partnerId));
  const left = payable + allowance - promised;
  return { promised, payable, allowance, left: left > 0n ? left : 0n };
}

/**
 * Whether a partner can be charged for another promise of `amount`.
 * @throws AppError `invalid` (`amount`): how much is left, and why
 */
export async function checkPromise(tx: Tx, partnerId: string, amount: Micros): Promise<void> {
  const { promised, payable, allowance, left } = await readRoom(tx, partnerId);
  if (amount <= left) return;
  throw fieldError(
    "amount",
    `You can give ${formatMicros(left)} more: ${formatMicros(promised)} that you gave is not used yet, your payable commission is ${formatMicros(payable)}, and ${formatMicros(allowance)} may be promised beyond it.`,
  );
}

/** What this partner may still give its customers. */
export async function getPromiseRoom(scope: PartnerScope): Promise<PromiseRoom> {
  authorize(scope, "payout.read");
  // Disputes are between a customer and a bank: a partner's own handle does not see them.
  return asSystem("partner-balance", (tx) => readRoom(tx, scope.partnerId));
}

/** The same of any partner, for an admin. */
export async function getPromiseRoomOf(scope: PlatformScope, partnerId: string): Promise<PromiseRoom> {
  authorize(scope, "partner.read");
  return asSystem("partner-balance", (tx) => readRoom(tx, partnerId));
}

/**
 * Sets how much credit a partner may promise beyond what can be paid to it: a risk of the platform's. What was given stays.
 * @throws AppError `not_found`
 */
export async function setPromoAllowance(
  scope: PlatformScope,
  { partnerId, allowance, reason }: PromoAllowanceInput,
): Promise<{ partnerId: string }> {
  authorize(scope, "promo.allow");
  await asPlatform(scope, async (tx) => {
    const [partner] = await tx.select({ id: partners.id }).from(partners).where(eq(partners.id, partnerId));
    if (!partner) throw new AppError("not_found", "This partner does not exist.");
    await lockPromises(tx, partnerId);
    const before = await readAllowance(tx, partnerId);
    if (before === allowance) return;
    const promoAllowance = microsToNumeric(allowance);
    await tx
      .insert(partnerAccounts)
      .values({ partnerId, promoAllowance })
      .onConflictDoUpdate({
        target: partnerAccounts.partnerId,
        set: { promoAllowance, updatedAt: sql`now()` },
      });
    await audit(tx, scope, {
      action: "partner.promo_allowance",
      targetType: "partner",
      targetId: partnerId,
      partnerId,
      before: { allowance: microsToNumeric(before) },
      after: { allowance: promoAllowance },
      reason,
    });
  });
  return { partnerId };
}
