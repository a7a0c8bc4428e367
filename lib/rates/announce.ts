import { and, eq, gt, isNull, or, sql } from "drizzle-orm";
import type { Tx } from "@/db/access";
import { partnerMembers, partners, users } from "@/db/schema/auth";
import { partnerRates } from "@/db/schema/billing";
import { queueMail } from "@/lib/email/queue";
import { env } from "@/lib/env";
import { fieldError } from "@/lib/errors";
import { describeResource } from "@/lib/metering/resources";
import { formatMicros, type Micros, microsFromNumeric } from "@/lib/money";
import { earliestFor, isTooSoon, NOTICE_DAYS } from "./schedule";
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

/**
 * A base price that rises above the price of a partner leaves the partner a month.
 * @returns the partners whose price it will be above, who are to be told
 * @throws AppError `invalid` on `effectiveFrom` when it begins sooner
 */
export async function requireNotice(
  tx: Tx,
  { thing, rate, from, current }: Rise,
  now: Date,
): Promise<string[]> {
  const prices = await partnerPrices(tx, thing, from);
  const earliest = earliestFor(
    rate,
    current,
    prices.map((price) => price.rate),
    now,
  );
  if (!earliest) return [];
  const above = prices.filter((price) => price.rate < rate);
  const [lowest = rate] = above.map((price) => price.rate).sort((a, b) => (a < b ? -1 : 1));
  if (isTooSoon(from, earliest))
    throw fieldError(
      "effectiveFrom",
      `A partner sells this for ${formatMicros(lowest, { exact: true })}: a price above that is announced ${NOTICE_DAYS} days ahead, so it begins on ${day(earliest)} or later.`,
    );
  return [...new Set(above.map((price) => price.partnerId))];
}

/** Tells everybody in the teams of these partners, once, in the transaction that sets the price. */
export async function tellPartners(
  tx: Tx,
  partnerIds: readonly string[],
  { rateId, thing, rate, from }: Omit<Rise, "current"> & { rateId: string },
): Promise<void> {
  if (partnerIds.length === 0) return;
  const people = await tx
    .select({ id: users.id, email: users.email })
    .from(partnerMembers)
    .innerJoin(users, eq(users.id, partnerMembers.userId))
    .where(
      and(
        eq(users.isActive, true),
        sql`${partnerMembers.partnerId} in (select jsonb_array_elements_text(${JSON.stringify(partnerIds)}::jsonb)::uuid)`,
      ),
    );
  const name = describeResource(thing.resourceType, thing.modelKey);
  for (const { id, email } of people)
    await queueMail(tx, {
      to: email,
      subject: `The base price of ${name} rises above yours on ${day(from)}`,
      body: `From ${day(from)} the base price of ${name} is ${formatMicros(rate, { exact: true })}, which is above your price.\n\nUntil you set a higher one your customers pay the base price from then on, and you earn nothing on it.`,
      action: { label: "Open your price book", url: `${env().appUrl}/partner/price-book` },
      idempotencyKey: `rate-rise:${rateId}:${id}`,
    });
}
