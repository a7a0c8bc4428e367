import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type Rate, tenantRate } from "@/lib/metering/pricing";
import {
  bookPriceAt,
  changesAt,
  type Draft,
  earliestStart,
  type Lists,
  listsWith,
  raisedBy,
  replayPrices,
  risesAbove,
} from "./book";
import type { ReplayGroup } from "./replay";
import { pricedThings } from "./rows";
import { linesBy, sumUp } from "./simulate";
import { parseThingKey, thingKey } from "./thing";
import { defaultWindow, pastMonths, windowOf } from "./window";

const NOW = new Date("2026-11-26T09:00:00Z");
const PARTNER = "p";
const models = [null, "small", "large.1", "a:b"];
const resources = ["text_tokens_input", "text_tokens_output"];
const things = resources.flatMap((resourceType) =>
  models.map((modelKey) => ({ resourceType, unit: "1M_tokens", modelKey })),
);

const rateOf = (thing: (typeof things)[number], rateMicros: bigint): Rate => ({
  ...thing,
  id: thingKey(thing) + rateMicros,
  rateMicros,
  effectiveFrom: new Date(0),
  effectiveTo: null,
});
const someRates = fc
  .array(fc.tuple(fc.constantFrom(...things), fc.bigInt(1n, 10_000_000n)), { maxLength: 8 })
  .map((pairs) => [
    ...new Map(pairs.map(([thing, rate]) => [thingKey(thing), rateOf(thing, rate)])).values(),
  ]);
const someLists = fc
  .tuple(someRates, someRates)
  .map(([system, own]): Lists => ({ system, partners: new Map([[PARTNER, own]]) }));
const someBook = fc.constantFrom(PARTNER, null);
const used = things.flatMap((thing) => [
  { ...thing, partnerId: PARTNER },
  { ...thing, partnerId: null },
]);

/** Every price that is asked today, as a draft. */
function today(lists: Lists, partnerId: string | null): Draft {
  const rates = pricedThings(lists, [], NOW).flatMap((thing) => {
    const rateMicros = bookPriceAt(lists, partnerId, thing, NOW);
    return rateMicros === null ? [] : [{ ...thing, rateMicros }];
  });
  return { partnerId, rates };
}

describe("a draft", () => {
  it("of today's prices changes no price and has nothing to be set", () => {
    fc.assert(
      fc.property(someLists, someBook, (lists, partnerId) => {
        const draft = today(lists, partnerId);
        for (const price of replayPrices(used, lists, draft, NOW))
          expect(price.next?.tenantRate).toBe(price.now?.tenantRate);
        expect(changesAt(draft, lists, NOW)).toEqual([]);
      }),
    );
  });

  it("holds in every price once its changes are set, and no change is needless", () => {
    fc.assert(
      fc.property(someLists, someBook, someRates, (lists, partnerId, rates) => {
        // As it can be saved: with a base price, and not below it.
        const drafted = rates.flatMap((rate) => {
          const base = bookPriceAt(lists, null, rate, NOW);
          if (partnerId === null) return [rate];
          return base === null || !lists.system.some((one) => thingKey(one) === thingKey(rate))
            ? []
            : [{ ...rate, rateMicros: tenantRate(rate.rateMicros, base) }];
        });
        const draft = { partnerId, rates: drafted };
        const changes = changesAt(draft, lists, NOW);
        const after = listsWith(lists, { partnerId, rates: changes }, NOW);
        for (const rate of drafted) expect(bookPriceAt(after, partnerId, rate, NOW)).toBe(rate.rateMicros);
        expect(changesAt(draft, after, NOW)).toEqual([]);
      }),
    );
  });

  it("decides what it prices and nothing else", () => {
    const [general, small] = things;
    if (!general || !small) throw new Error("no things");
    const lists = { system: [rateOf(general, 10n)], partners: new Map([[PARTNER, [rateOf(small, 30n)]]]) };
    const prices = replayPrices(
      used,
      lists,
      { partnerId: PARTNER, rates: [{ ...general, rateMicros: 20n }] },
      NOW,
    );
    const of = (modelKey: string | null, partnerId: string | null) =>
      prices.find(
        (price) =>
          price.modelKey === modelKey &&
          price.partnerId === partnerId &&
          price.resourceType === general.resourceType,
      );
    expect(of(null, PARTNER)).toMatchObject({
      now: { tenantRate: 10n },
      next: { tenantRate: 20n },
      isDrafted: true,
    });
    expect(of("large.1", PARTNER)).toMatchObject({ next: { tenantRate: 20n }, isDrafted: true });
    expect(of("small", PARTNER)).toMatchObject({ next: { tenantRate: 30n }, isDrafted: false });
    expect(of(null, null)).toMatchObject({ next: { tenantRate: 10n }, isDrafted: false });
    expect(
      prices.filter(({ resourceType }) => resourceType !== general.resourceType).map(({ now }) => now),
    ).toEqual(Array(8).fill(null));
  });

  it("of base prices never sells below a partner's, and says whose price it rises above", () => {
    const [general] = things;
    if (!general) throw new Error("no things");
    const lists = { system: [rateOf(general, 10n)], partners: new Map([[PARTNER, [rateOf(general, 30n)]]]) };
    const draft = (rateMicros: bigint) => ({ partnerId: null, rates: [{ ...general, rateMicros }] });
    const paid = (rate: bigint) =>
      replayPrices([{ ...general, partnerId: PARTNER }], lists, draft(rate), NOW)[0]?.next;
    expect(paid(20n)).toEqual(expect.objectContaining({ systemRate: 20n, tenantRate: 30n }));
    expect(paid(40n)).toEqual(expect.objectContaining({ systemRate: 40n, tenantRate: 40n }));
    expect(risesAbove(draft(30n), lists, NOW)).toEqual([]);
    expect(risesAbove(draft(31n), lists, NOW)).toMatchObject([{ partnerId: PARTNER, partnerMicros: 30n }]);
    expect(earliestStart(draft(30n), lists, NOW)).toBeNull();
    expect(earliestStart(draft(31n), lists, NOW)).toEqual(new Date("2026-12-26T09:00:00Z"));
  });

  it("is raised by thousandths of a percent, rounded half away from zero", () => {
    expect(raisedBy(1_000_000n, 4_500n)).toBe(1_045_000n);
    expect(raisedBy(3n, -50_000n)).toBe(2n);
    expect(raisedBy(1n, 49_999n)).toBe(1n);
    expect(raisedBy(7n, 0n)).toBe(7n);
  });
});

it("sums are the same however rows are grouped", () => {
  const amount = fc.bigInt(-1_000_000n, 1_000_000_000n);
  const group = fc.record({
    tenantId: fc.constantFrom("a", "b", "c"),
    price: fc.constant({
      resourceType: "x",
      unit: "x",
      modelKey: null,
      partnerId: null,
      now: null,
      next: null,
      isDrafted: false,
    }),
    quantityMicros: amount,
    billed: amount,
    now: amount,
    next: amount,
    billedBase: amount,
    nowBase: amount,
    nextBase: amount,
  });
  fc.assert(
    fc.property(fc.array(group), fc.array(group), (one, other) => {
      const all: ReplayGroup[] = [...one, ...other];
      const [a, b, both] = [sumUp(one), sumUp(other), sumUp(all)];
      expect(both.next).toBe(a.next + b.next);
      expect(both.nextMargin).toBe(a.nextMargin + b.nextMargin);
      const lines = linesBy(all, ({ tenantId }) => tenantId);
      expect(lines.reduce((sum, line) => sum + line.now, 0n)).toBe(both.now);
    }),
  );
});

it("a thing's key is one word without dots, and leads back to it", () => {
  fc.assert(
    fc.property(fc.string({ minLength: 1 }), fc.option(fc.string({ minLength: 1 })), (unit, modelKey) => {
      const thing = { resourceType: "text_tokens_input", unit, modelKey };
      expect(thingKey(thing)).not.toContain(".");
      expect(parseThingKey(thingKey(thing))).toEqual(thing);
    }),
  );
  expect(["", "a", "a:b", "a:b:c:d", "%:%:%"].map(parseThingKey)).toEqual([null, null, null, null, null]);
});

it("a window is a month that is over, or 30 whole days", () => {
  expect(defaultWindow(NOW)).toMatchObject({ key: "2026-10", isMonth: true });
  expect(pastMonths(NOW)[0]).toBe("2026-10");
  expect(windowOf("2026-11", NOW)).toBeNull();
  expect(windowOf("2026-13", NOW)).toBeNull();
  expect(windowOf("last-30-days", NOW)).toMatchObject({
    start: new Date("2026-10-27T00:00:00Z"),
    end: new Date("2026-11-26T00:00:00Z"),
  });
});
