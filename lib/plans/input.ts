import { z } from "zod";
import { plainAmount } from "@/lib/amount";
import { effectiveFromInput } from "@/lib/day";
import { microsToCents, parseMicros } from "@/lib/money";
import { seenInput } from "@/lib/seen";
import { wholeNumber } from "@/lib/whole-number";
import { BILLING_CYCLES } from "./cycles";

/** Ten million dollars: more is a typing error. */
const MAX_MICROS = 10_000_000_000_000n;

/** Whole cents as people type them: `29` or `29.50`. In cents; nothing is allowed, less than nothing is not. */
export const centsInput = z
  .string("Give an amount such as 29.50.")
  .trim()
  .max(30, "Give an amount such as 29.50.")
  .transform((text, context): bigint => {
    const micros = parseMicros(plainAmount(text));
    const isFiner = /^\$?\s*\d[\d,]*\.\d{3,}$/.test(text);
    const problem = isFiner
      ? "Use whole cents: at most two decimals."
      : micros === null
        ? "Give an amount such as 29.50."
        : micros < 0n
          ? "An amount cannot be negative."
          : micros > MAX_MICROS
            ? "This amount is too high to be right."
            : null;
    if (problem === null && micros !== null) return microsToCents(micros);
    context.addIssue({ code: "custom", message: problem ?? "Give an amount such as 29.50." });
    return z.NEVER;
  });

/** The one currency there is. */
const currencyInput = z.literal("USD", "Only US dollars (USD) are known here.").default("USD");

const isTicked = z
  .union([z.boolean(), z.enum(["on", "true", "false"])])
  .optional()
  .transform((value) => value === true || value === "on" || value === "true");

const planFields = {
  name: z.string().trim().min(1, "Give the plan a name.").max(60, "Use at most 60 characters."),
  description: z
    .string()
    .trim()
    .max(300, "Use at most 300 characters.")
    .optional()
    .transform((text) => text || null),
  /** Usage that a month includes, in cents. */
  allowance: centsInput,
  trialDays: wholeNumber(0, 365),
  trialAllowance: centsInput,
  position: wholeNumber(0, 1_000),
  isPublic: isTicked,
  currency: currencyInput,
};

/** What a workspace without a plan is called where limits are set. */
export const NO_PLAN = "pay-as-you-go";

export const createPlanInput = z.strictObject({
  /** What limits and subscriptions call it: it never changes. */
  key: z
    .string()
    .trim()
    .regex(/^[a-z][a-z0-9-]{1,39}$/, "Use 2 to 40 small letters, digits and dashes, a letter first.")
    .refine((key) => key !== NO_PLAN, "This is what workspaces without a plan are called."),
  ...planFields,
});

export const updatePlanInput = z.strictObject({
  planId: z.uuid(),
  updatedAt: seenInput,
  ...planFields,
  isActive: isTicked,
});

export const setPlanPriceInput = z.strictObject({
  planId: z.uuid(),
  billingCycle: z.enum(BILLING_CYCLES, "Choose monthly or annual."),
  amount: centsInput,
  effectiveFrom: effectiveFromInput,
  currency: currencyInput,
});

export const withdrawPlanPriceInput = z.strictObject({ priceId: z.uuid() });

export type WithdrawPlanPriceInput = z.output<typeof withdrawPlanPriceInput>;
export type CreatePlanInput = z.output<typeof createPlanInput>;
export type UpdatePlanInput = z.output<typeof updatePlanInput>;
export type SetPlanPriceInput = z.output<typeof setPlanPriceInput>;
