import "server-only";
import { and, eq, sql } from "drizzle-orm";
import { asPartner, asPlatform, type Tx } from "@/db/access";
import { partnerRates, systemRates } from "@/db/schema/billing";
import type { PartnerScope, PlatformScope } from "@/db/scope";
import { audit } from "@/lib/audit/record";
import type { AuditAction } from "@/lib/audit/words";
import { authorize } from "@/lib/auth/authorize";
import { AppError } from "@/lib/errors";
import { microsFromNumeric } from "@/lib/money";
import { riseAbovePartners, tellPartners } from "./announce";
import type { WithdrawRateInput } from "./input";
import { basePriceAt, lockThing, type Thing } from "./store";

type Table = typeof systemRates | typeof partnerRates;
type Scheduled = Thing & { rate: string; from: Date; to: Date | null };

const ofThing = (table: Table, thing: Thing) =>
  and(
    eq(table.resourceType, thing.resourceType),
    eq(table.unit, thing.unit),
    sql`${table.modelKey} is not distinct from ${thing.modelKey}`,
    eq(table.isActive, true),
  );

function requireScheduled(rate: Scheduled | undefined, now: Date): Scheduled {
  if (!rate) throw new AppError("not_found", "This price does not exist.");
  if (rate.from <= now)
    throw new AppError("conflict", "This price is in force: what was used is rated by it. Set a new one.", {
      reason: "in_force",
    });
  return rate;
}

const columnsOf = (table: Table) => ({
  resourceType: table.resourceType,
  unit: table.unit,
  modelKey: table.modelKey,
  rate: table.rate,
  from: table.effectiveFrom,
  to: table.effectiveTo,
});

/**
 * Takes a scheduled base price back: the one before it holds until the next. Where that is a rise above a partner's price,
 * the partner is told, a month before as of every other.
 * @throws AppError `not_found`; `conflict` once it is in force, or (`notice`) when a partner sells below the price before it
 */
export async function withdrawSystemRate(
  scope: PlatformScope,
  { rateId }: WithdrawRateInput,
  now = new Date(),
): Promise<void> {
  authorize(scope, "rate.update");
  await asPlatform(scope, async (tx) => {
    const read = async () => {
      const [row] = await tx
        .select(columnsOf(systemRates))
        .from(systemRates)
        .where(and(eq(systemRates.id, rateId), eq(systemRates.isActive, true)));
      return requireScheduled(row, now);
    };
    await lockThing(tx, "system", await read());
    const rate = await read();
    await tx.update(systemRates).set({ isActive: false }).where(eq(systemRates.id, rateId));
    await tx
      .update(systemRates)
      .set({ effectiveTo: rate.to })
      .where(and(ofThing(systemRates, rate), eq(systemRates.effectiveTo, rate.from)));
    await note(tx, scope, "rate.withdraw", "system_rate", rateId, rate);
    await tellOfRise(tx, rateId, rate, now);
  });
}

async function tellOfRise(tx: Tx, rateId: string, gone: Scheduled, now: Date): Promise<void> {
  const { resourceType, unit, modelKey, from } = gone;
  const thing = { resourceType, unit, modelKey };
  const before = await basePriceAt(tx, thing, from);
  if (!before) return;
  const rise = { thing, rate: microsFromNumeric(before.rate), from, current: microsFromNumeric(gone.rate) };
  const { partnerIds, tooSoon } = await riseAbovePartners(tx, rise, now);
  if (tooSoon)
    throw new AppError("conflict", `Without this price the one before it holds on. ${tooSoon}`, {
      reason: "notice",
    });
  await tellPartners(tx, [{ thing, rate: rise.rate, from, rateId, partnerIds }]);
}

/** The same of a partner's own price. @throws AppError `not_found`, also for another partner's; `conflict` once it is in force */
export async function withdrawPartnerRate(
  scope: PartnerScope,
  { rateId }: WithdrawRateInput,
  now = new Date(),
): Promise<void> {
  authorize(scope, "price_book.update");
  await asPartner(scope, async (tx) => {
    const own = eq(partnerRates.partnerId, scope.partnerId);
    const read = async () => {
      const [row] = await tx
        .select(columnsOf(partnerRates))
        .from(partnerRates)
        .where(and(own, eq(partnerRates.id, rateId), eq(partnerRates.isActive, true)));
      return requireScheduled(row, now);
    };
    await lockThing(tx, scope.partnerId, await read());
    const rate = await read();
    await tx
      .update(partnerRates)
      .set({ isActive: false })
      .where(and(own, eq(partnerRates.id, rateId)));
    await tx
      .update(partnerRates)
      .set({ effectiveTo: rate.to })
      .where(and(own, ofThing(partnerRates, rate), eq(partnerRates.effectiveTo, rate.from)));
    await note(tx, scope, "price_book.withdraw", "partner_rate", rateId, rate);
  });
}

async function note(
  tx: Tx,
  scope: PlatformScope | PartnerScope,
  action: AuditAction,
  targetType: string,
  targetId: string,
  { from, to: _, ...rate }: Scheduled,
): Promise<void> {
  await audit(tx, scope, {
    action,
    targetType,
    targetId,
    before: { ...rate, effectiveFrom: from.toISOString() },
    after: null,
  });
}
