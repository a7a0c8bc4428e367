import { z } from "zod";
import { amountInput } from "@/lib/amount";
import { PAYMENT_METHODS } from "@/lib/billing/input";
import { centsToMicros, formatMicros, microsToCents, parseMicros } from "@/lib/money";
import { cursorInput } from "@/lib/paging";
import { LEAST_MINIMUM_CENTS, MOST_MINIMUM_CENTS, PAYOUT_STATUSES } from "./rules";

const MOST_PROMO_ALLOWANCE = 100_000_000_000n;

const methods = Object.keys(PAYMENT_METHODS) as (keyof typeof PAYMENT_METHODS)[];

export const approvePayoutInput = z.strictObject({ payoutId: z.uuid() });

export const cancelPayoutInput = z.strictObject({
  payoutId: z.uuid(),
  reason: z
    .string()
    .trim()
    .min(3, "Say why, for whoever reads the books.")
    .max(500, "Use at most 500 characters."),
});

export const recordPayoutInput = z.strictObject({
  payoutId: z.uuid(),
  method: z.enum(methods, "Choose how it was paid."),
  reference: z
    .string()
    .trim()
    .min(1, "Give the reference of the payment.")
    .max(200, "Use at most 200 characters."),
});

const dollarsOf = (cents: bigint) => formatMicros(centsToMicros(cents)).replace(/\.00$/, "");

/** The least a partner wants to be paid at once, in dollars. Whole cents. */
export const payoutMinimumInput = z.strictObject({
  minimum: z
    .string("Give an amount such as 50.")
    .max(20, "Give an amount such as 50.")
    .transform((text, context): bigint => {
      const micros = parseMicros(text.trim().replace(/^\$\s*/, ""));
      const cents = micros === null || micros % centsToMicros(1n) !== 0n ? null : microsToCents(micros);
      if (cents !== null && cents >= LEAST_MINIMUM_CENTS && cents <= MOST_MINIMUM_CENTS) return cents;
      const message =
        cents === null
          ? "Give an amount such as 50, in whole cents."
          : `Choose between ${dollarsOf(LEAST_MINIMUM_CENTS)} and ${dollarsOf(MOST_MINIMUM_CENTS)}.`;
      context.addIssue({ code: "custom", message });
      return z.NEVER;
    }),
});

/** How much credit a partner may promise beyond what can be paid to it: dollars, nothing included. Micros. */
export const promoAllowanceInput = z.strictObject({
  partnerId: z.uuid(),
  allowance: amountInput({
    example: "250.00",
    inCents: true,
    mayBeZero: true,
    mostMicros: MOST_PROMO_ALLOWANCE,
    what: "This allowance",
  }),
  reason: z
    .string()
    .trim()
    .min(3, "Say why, for whoever reads the books.")
    .max(500, "Use at most 500 characters."),
});
export type PromoAllowanceInput = z.output<typeof promoAllowanceInput>;

/** What an admin gives a partner, or takes, beside what was earned: whole cents, less than nothing takes. */
export const adjustCommissionInput = z.strictObject({
  partnerId: z.uuid("Choose a partner."),
  requestKey: z.uuid("Load the page again."),
  amount: amountInput({
    example: "12.50 or -12.50",
    isSigned: true,
    inCents: true,
    mostMicros: centsToMicros(100n * MOST_MINIMUM_CENTS),
  }),
  reason: z
    .string()
    .trim()
    .min(5, "Say why, in at least 5 characters: the partner reads it.")
    .max(500, "Use at most 500 characters."),
});

export const startOnboardingInput = z.strictObject({});
export const draftPayoutsInput = z.strictObject({});

export const listPayoutsInput = z.strictObject({
  status: z.enum(PAYOUT_STATUSES).optional(),
  partnerId: z.uuid().optional(),
  cursor: cursorInput,
});

export type ApprovePayoutInput = z.output<typeof approvePayoutInput>;
export type CancelPayoutInput = z.output<typeof cancelPayoutInput>;
export type RecordPayoutInput = z.output<typeof recordPayoutInput>;
export type AdjustCommissionInput = z.output<typeof adjustCommissionInput>;
export type PayoutMinimumInput = z.output<typeof payoutMinimumInput>;
export type ListPayoutsInput = z.output<typeof listPayoutsInput>;
