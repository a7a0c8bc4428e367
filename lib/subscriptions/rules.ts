import type { Fee } from "@/lib/billing/invoice";
import { LEAST_CENTS } from "@/lib/billing/least";
import { anchoredAfter, type Period } from "@/lib/billing/period";
import { centsToMicros, divideRounded, type Micros } from "@/lib/money";
import { type BillingCycle, CYCLE_UNITS } from "@/lib/plans/cycles";

/** A plan by a cycle, as somebody has it or chooses it. */
export type Terms = {
  planId: string;
  name: string;
  cycle: BillingCycle;
  /** What the cycle costs, before tax. */
  cents: bigint;
  /** What a year of the plan costs in its monthly price, by which plans are told apart: see `rankOf`. */
  yearlyCents: bigint;
  /** Usage that a month includes. */
  allowanceMicros: Micros;
};

/** What a workspace has: the month that runs, and up to when its fee is paid. */
export type Held = Terms & { anchor: Date; period: Period; paidThrough: Date };

const CYCLE_MONTHS: Readonly<Record<BillingCycle, number>> = { monthly: 1, annual: 12 };

/** The time that a fee due at a boundary pays for: a month, or a year, from there on. */
export function feeSpan(anchor: Date, boundary: Date, cycle: BillingCycle): Period {
  return { start: boundary, end: anchoredAfter(anchor, boundary, CYCLE_MONTHS[cycle]) };
}

/** The time that was paid for at last. */
export function paidSpan({
  anchor,
  paidThrough,
  cycle,
}: Pick<Held, "anchor" | "paidThrough" | "cycle">): Period {
  return { start: anchoredAfter(anchor, paidThrough, -CYCLE_MONTHS[cycle]), end: paidThrough };
}

const seconds = (instant: Date): bigint => BigInt(Math.floor(instant.getTime() / 1_000));

/** The part of an amount for what is left of a span at an instant, by the second, half away from zero. */
export function remainingPart(amount: bigint, { start, end }: Period, at: Date): bigint {
  const whole = seconds(end) - seconds(start);
  const left = seconds(end) - seconds(at);
  if (left <= 0n || whole <= 0n) return 0n;
  return left >= whole ? amount : divideRounded(amount * left, whole);
}

/**
 * By what plans are higher or lower: a year in the monthly price, else in the annual one.
 * @param monthlyCents null for a plan that is sold by the year alone
 */
export function rankOf(cycle: BillingCycle, cents: bigint, monthlyCents: bigint | null): bigint {
  if (cycle === "monthly") return cents * 12n;
  return monthlyCents === null ? cents : monthlyCents * 12n;
}

export type Change =
  | { kind: "start" | "now"; fees: Fee[]; span: Period; allowanceMicros: Micros }
  /** Nothing is asked for until then. */
  | { kind: "later"; at: Date }
  | { kind: "same" };

const plural = { monthly: "monthly", annual: "yearly" } as const;

function fee(kind: Fee["kind"], description: string, cycle: BillingCycle, cents: bigint, span: Period): Fee {
  return {
    kind,
    description,
    resourceType: "plan",
    unit: CYCLE_UNITS[cycle],
    modelKey: null,
    // With its sign, so that what is given back and what is charged are two lines whatever they cost.
    rateMicros: centsToMicros(cents),
    quantityMicros: 1_000_000n,
    amountMicros: centsToMicros(cents),
    serviceStart: span.start,
    serviceEnd: span.end,
  };
}

const day = (instant: Date) =>
  instant.toLocaleDateString("en-GB", { day: "numeric", month: "short", year: "numeric", timeZone: "UTC" });

const nonZero = (fees: Fee[]) => fees.filter((one) => one.amountMicros !== 0n);

/** The fee of a plan for a month or a year in advance; none for a plan that costs nothing. */
export function planFees(terms: Pick<Terms, "name" | "cycle" | "cents">, span: Period): Fee[] {
  const text = `${terms.name} plan, ${plural[terms.cycle]} fee, ${day(span.start)} to ${day(span.end)}`;
  return nonZero([fee("plan", text, terms.cycle, terms.cents, span)]);
}

/**
 * What choosing a plan does at an instant. Without a plan it starts, for the whole fee. A higher one, and a year in
 * advance of the same, hold at once: what is left of the old is given back and what is left of the new is charged, by
 * the second, as two lines. A lower one, a month instead of a year, and whatever would give money back, wait until what
 * is paid is over. What the month includes grows by the same part. A difference that no card is charged is asked of nobody.
 */
export function changeOf(held: Held | null, wanted: Terms, at: Date): Change {
  if (!held) {
    const span = feeSpan(at, at, wanted.cycle);
    return { kind: "start", fees: planFees(wanted, span), span, allowanceMicros: wanted.allowanceMicros };
  }
  const isSamePlan = held.planId === wanted.planId;
  if (isSamePlan && held.cycle === wanted.cycle) return { kind: "same" };
  const isLower = !isSamePlan && wanted.yearlyCents < held.yearlyCents;
  const isShorter = held.cycle === "annual" && wanted.cycle === "monthly";
  const paid = paidSpan(held);
  const span = held.cycle === wanted.cycle ? paid : feeSpan(held.anchor, held.period.start, wanted.cycle);
  const back = remainingPart(held.cents, paid, at);
  const charge = remainingPart(wanted.cents, span, at);
  if (isLower || isShorter || charge < back) return { kind: "later", at: held.paidThrough };
  const all = nonZero([
    fee("proration", `${held.name} plan, not used from ${day(at)} to ${day(paid.end)}`, held.cycle, -back, {
      start: at,
      end: paid.end,
    }),
    fee("proration", `${wanted.name} plan, from ${day(at)} to ${day(span.end)}`, wanted.cycle, charge, {
      start: at,
      end: span.end,
    }),
  ]);
  const fees = charge - back < LEAST_CENTS ? [] : all;
  const more = wanted.allowanceMicros - held.allowanceMicros;
  const allowanceMicros = more > 0n ? remainingPart(more, held.period, at) : 0n;
  return { kind: "now", fees, span, allowanceMicros };
}

/** The states of a subscription, and which of a person's wishes it takes in each. */
export type Wish = "change" | "cancel" | "resume";

export function refusalOf(
  sub: { status: string; hasPlan: boolean; isEnding: boolean },
  wish: Wish,
): string | null {
  if (wish === "change")
    return sub.hasPlan && sub.status === "past_due"
      ? "Pay what is due first: then the plan can be changed."
      : null;
  if (!sub.hasPlan) return "There is no plan.";
  if (wish === "cancel") return sub.isEnding ? "The plan ends already." : null;
  return null;
}
