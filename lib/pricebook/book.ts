import { isSameThing, type PricedThing, type Rate, rateInForce, resolveRates } from "@/lib/metering/pricing";
import { divideRounded, type Micros } from "@/lib/money";
import { earliestFor } from "@/lib/rates/schedule";
import { thingKey } from "./thing";

/** Price lists: the platform's, and each partner's own. */
export type Lists = {
  readonly system: readonly Rate[];
  readonly partners: ReadonlyMap<string, readonly Rate[]>;
};

export type DraftRate = PricedThing & { readonly rateMicros: Micros };

/** Prices that are thought about: of a partner, or without one the base prices. */
export type Draft = { readonly partnerId: string | null; readonly rates: readonly DraftRate[] };

/** Both prices of a thing: the platform's, and what customers pay. */
export type Prices = { readonly systemRate: Micros; readonly tenantRate: Micros };

/** Something of the ledger, by whom it was sold; null for direct customers. */
export type UsedThing = PricedThing & { readonly partnerId: string | null };

/** What something costs today and would cost by a draft; null where it has no price. */
export type ReplayPrice = UsedThing & {
  readonly now: Prices | null;
  readonly next: Prices | null;
  /** Whether a price of the draft decides: otherwise it stays at today's. */
  readonly isDrafted: boolean;
};

const NOTHING: readonly Rate[] = [];
const draftId = (thing: PricedThing) => `draft:${thingKey(thing)}`;

/** A price list in which drafted prices hold from an instant on instead of those of the same things. */
function withDraft(list: readonly Rate[], rates: readonly DraftRate[], at: Date): Rate[] {
  const kept = list.filter((rate) => !rates.some((drafted) => isSameThing(drafted, rate)));
  return [
    ...kept,
    ...rates.map((rate) => ({ ...rate, id: draftId(rate), effectiveFrom: at, effectiveTo: null })),
  ];
}

function priceAt(lists: Lists, thing: UsedThing, at: Date) {
  const partner = thing.partnerId === null ? NOTHING : (lists.partners.get(thing.partnerId) ?? NOTHING);
  return resolveRates({ system: lists.system, partner }, thing, at);
}

/** The lists as they would be with a draft in force. */
export function listsWith(lists: Lists, draft: Draft, at: Date): Lists {
  if (draft.partnerId === null) return { ...lists, system: withDraft(lists.system, draft.rates, at) };
  const own = lists.partners.get(draft.partnerId) ?? NOTHING;
  return {
    system: lists.system,
    partners: new Map([...lists.partners, [draft.partnerId, withDraft(own, draft.rates, at)]]),
  };
}

/**
 * What everything that was used costs by the prices in force at an instant, and by the same prices with a draft among
 * them: found as metering finds them, the model's own price before the general one, and never below the base price.
 */
export function replayPrices(
  used: readonly UsedThing[],
  lists: Lists,
  draft: Draft,
  at: Date,
): ReplayPrice[] {
  const drafted = listsWith(lists, draft, at);
  const ids = new Set(draft.rates.map(draftId));
  return used.map((thing) => {
    const now = priceAt(lists, thing, at);
    const next = priceAt(drafted, thing, at);
    const decides = draft.partnerId === null ? next?.systemRateId : next?.partnerRateId;
    return { ...thing, now, next, isDrafted: decides != null && ids.has(decides) };
  });
}

/** What a thing costs whoever a book is for: a partner's customers, or the platform's. Null without a base price. */
export function bookPriceAt(
  lists: Lists,
  partnerId: string | null,
  thing: PricedThing,
  at: Date,
): Micros | null {
  return priceAt(lists, { ...thing, partnerId }, at)?.tenantRate ?? null;
}

/** General prices first: what a model pays may follow from them. Everybody in the same order, so that nobody waits in a circle. */
const byGenerality = (a: DraftRate, b: DraftRate) =>
  Number(a.modelKey !== null) - Number(b.modelKey !== null) || (thingKey(a) < thingKey(b) ? -1 : 1);

/**
 * The prices of a draft that have to be set for it to hold from an instant on: those that would not be asked anyway, also
 * once the general ones of the draft are set.
 */
export function changesAt(draft: Draft, lists: Lists, at: Date): DraftRate[] {
  const changes: DraftRate[] = [];
  for (const rate of [...draft.rates].sort(byGenerality)) {
    const sofar = listsWith(lists, { partnerId: draft.partnerId, rates: changes }, at);
    if (bookPriceAt(sofar, draft.partnerId, rate, at) !== rate.rateMicros) changes.push(rate);
  }
  return changes;
}

/** What partners ask for a thing from an instant on: their price of the model itself, and theirs for every model. */
function partnerPrices({ partners }: Lists, thing: PricedThing, from: Date): Micros[] {
  return [...partners.values()]
    .flat()
    .filter((rate) => rate.resourceType === thing.resourceType && rate.unit === thing.unit)
    .filter((rate) => rate.modelKey === thing.modelKey || rate.modelKey === null)
    .filter((rate) => rate.effectiveTo === null || rate.effectiveTo > from)
    .map((rate) => rate.rateMicros);
}

export type RiseAbove = { partnerId: string; thing: PricedThing; partnerMicros: Micros; baseMicros: Micros };

/** The prices of partners above which base prices of a draft would rise: they are announced a month ahead. */
export function risesAbove(draft: Draft, lists: Lists, at: Date): RiseAbove[] {
  if (draft.partnerId !== null) return [];
  return draft.rates.flatMap((base) => {
    const current = rateInForce(lists.system, base, at)?.rateMicros ?? null;
    if (current !== null && base.rateMicros <= current) return [];
    return [...lists.partners].flatMap(([partnerId, rates]) => {
      const theirs = rateInForce(rates, base, at)?.rateMicros ?? null;
      return theirs !== null && theirs < base.rateMicros
        ? [{ partnerId, thing: base, partnerMicros: theirs, baseMicros: base.rateMicros }]
        : [];
    });
  });
}

/** When a draft may begin at the earliest: null for now, or as soon as the last of its rises may. */
export function earliestStart(draft: Draft, lists: Lists, now: Date): Date | null {
  if (draft.partnerId !== null) return null;
  const starts = changesAt(draft, lists, now).flatMap((change) => {
    const current = rateInForce(lists.system, change, now)?.rateMicros ?? null;
    return earliestFor(change.rateMicros, current, partnerPrices(lists, change, now), now) ?? [];
  });
  return starts.reduce<Date | null>((latest, start) => (latest && latest > start ? latest : start), null);
}

const WHOLE = 100_000n;

/** A price raised (or lowered) by thousandths of a percent, rounded half away from zero to six decimals. */
export function raisedBy(rate: Micros, thousandths: bigint): Micros {
  return divideRounded(rate * (WHOLE + thousandths), WHOLE);
}
