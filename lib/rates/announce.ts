import { and, eq, gt, isNull, or, sql } from "drizzle-orm";
import type { Tx } from "@/db/access";
import { partnerMembers, partners, users } from "@/db/schema/auth";
import { partnerRates } from "@/db/schema/billing";
import { queueMail } from "@/lib/email/queue";
import { env } from "@/lib/env";
import { fieldError } from "@/lib/errors";
import { describeResource, type ModelNames } from "@/lib/metering/resources";
import { namesOfModels } from "@/lib/models/queries";
import { formatMicros, type Micros, microsFromNumeric } from "@/lib/money";
import { earliestFor, isTooSoon, midnightFrom, NOTICE_DAYS } from "./schedule";
import type { Thing } from "./store";

export type Rise = { thing: Thing; rate: Micros; from: Date; current: Micros | null };

type Price = { partnerId: string; rate: Micros };

/** What partners ask for a thing from a moment on: their price of the model itself, and theirs for every model. */
async function partnerPrices(tx: Tx, thing: Thing, from: Date): Promise<Price[]> {
  const rows = await tx
    .select({ partnerId: partnerRates.partnerId, rate: partnerRates.rate })
    .from(partnerRates)
    .innerJoin(partners, eq(partners.id, partnerRates.partnerId))
    .where(
      and(
        eq(partnerRates.resourceType, thing.resourceType),
        eq(partnerRates.unit, thing.unit),
        eq(partnerRates.isActive, true),
        thing.modelKey
          ? or(eq(partnerRates.modelKey, thing.modelKey), isNull(partnerRates.modelKey))
          : isNull(partnerRates.modelKey),
        or(isNull(partnerRates.effectiveTo), gt(partnerRates.effectiveTo, from)),
      ),
    );
  return rows.map(({ partnerId, rate }) => ({ partnerId, rate: microsFromNumeric(rate) }));
}

const day = (date: Date) =>
  new Intl.DateTimeFormat("en-GB", {
    day: "numeric",
    month: "long",
    year: "numeric",
    timeZone: "UTC",
  }).format(date);

/** Whose price a base price rises above, and why it may not begin when it is to; null when it may. */
export async function riseAbovePartners(
  tx: Tx,
  { thing, rate, from, current }: Rise,
  now: Date,
): Promise<{ partnerIds: string[]; tooSoon: string | null }> {
  const prices = await partnerPrices(tx, thing, from);
  const earliest = earliestFor(
    rate,
    current,
    prices.map((price) => price.rate),
    now,
  );
  if (!earliest) return { partnerIds: [], tooSoon: null };
  const above = prices.filter((price) => price.rate < rate);
  const [lowest = rate] = above.map((price) => price.rate).sort((a, b) => (a < b ? -1 : 1));
  const tooSoon = isTooSoon(from, earliest)
    ? `A partner sells this for ${formatMicros(lowest, { exact: true })}: a price above that is announced ${NOTICE_DAYS} days ahead, so it begins on ${day(midnightFrom(earliest))} or later.`
    : null;
  return { partnerIds: [...new Set(above.map((price) => price.partnerId))], tooSoon };
}

/**
 * A base price that rises above the price of a partner leaves the partner a month.
 * @returns the partners whose price it will be above, who are to be told
 * @throws AppError `invalid` on `effectiveFrom` when it begins sooner
 */
export async function requireNotice(tx: Tx, rise: Rise, now: Date): Promise<string[]> {
  const { partnerIds, tooSoon } = await riseAbovePartners(tx, rise, now);
  if (tooSoon) throw fieldError("effectiveFrom", tooSoon);
  return partnerIds;
}

/** A base price that was set, and the partners whose price it rises above. */
export type AnnouncedRise = Omit<Rise, "current"> & { rateId: string; partnerIds: readonly string[] };

function wordsOf(rises: readonly AnnouncedRise[], models: ModelNames): { subject: string; body: string } {
  const lines = rises.map(({ thing, rate, from }) => ({
    name: describeResource(thing.resourceType, thing.modelKey, models),
    rate: formatMicros(rate, { exact: true }),
    from: day(from),
  }));
  const then =
    "Until you set a higher one your customers pay the base price from then on, and you earn nothing on it.";
  const [only] = lines;
  if (only && lines.length === 1)
    return {
      subject: `The base price of ${only.name} rises above yours on ${only.from}`,
      body: `From ${only.from} the base price of ${only.name} is ${only.rate}, which is above your price.\n\n${then}`,
    };
  const list = lines.map(({ name, rate, from }) => `${name}: ${rate} from ${from}`).join("\n");
  return {
    subject: `${lines.length} base prices rise above yours`,
    body: `These base prices will be above your prices.\n\n${list}\n\n${then}`,
  };
}

/**
 * Tells everybody in the teams of the partners, once, in the transaction that sets the prices: one mail a person, however
 * many prices there are.
 */
export async function tellPartners(tx: Tx, announced: readonly AnnouncedRise[]): Promise<void> {
  const partnerIds = [...new Set(announced.flatMap((rise) => rise.partnerIds))];
  if (partnerIds.length === 0) return;
  const people = await tx
    .select({ id: users.id, email: users.email, partnerId: partnerMembers.partnerId })
    .from(partnerMembers)
    .innerJoin(users, eq(users.id, partnerMembers.userId))
    .where(
      and(
        eq(users.isActive, true),
        sql`${partnerMembers.partnerId} in (select jsonb_array_elements_text(${JSON.stringify(partnerIds)}::jsonb)::uuid)`,
      ),
    );
  const models = await namesOfModels(
    tx,
    announced.flatMap(({ thing }) => thing.modelKey ?? []),
  );
  for (const { id, email, partnerId } of people) {
    const rises = announced.filter((rise) => rise.partnerIds.includes(partnerId));
    await queueMail(tx, {
      to: email,
      ...wordsOf(rises, models),
      action: { label: "Open your price book", url: `${env().appUrl}/partner/price-book` },
      idempotencyKey: `rate-rise:${rises[0]?.rateId}:${id}`,
    });
  }
}
