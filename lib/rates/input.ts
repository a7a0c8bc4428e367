import { z } from "zod";
import { amountInput } from "@/lib/amount";
import { effectiveFromInput } from "@/lib/day";
import { RESOURCE_TYPES } from "@/lib/metering/resources";

const MAX_RATE_MICROS = 1_000_000_000_000n;

/**
 * A price as people type it. It must survive six decimals exactly: rounding a price away would sell for nothing what
 * costs something.
 */
export const priceInput = amountInput({
  example: "0.25",
  mayBeZero: true,
  mostMicros: MAX_RATE_MICROS,
  what: "This price",
});

/** Everything is sold in dollars for now; a file or form that says otherwise is refused. */
const currencyInput = z.literal("USD", "Only USD is sold here.").optional();

export const setSystemRateInput = z.strictObject({
  currency: currencyInput,
  resourceType: z.enum(RESOURCE_TYPES, "Choose what is priced."),
  modelKey: z
    .string()
    .trim()
    .max(120)
    .optional()
    .transform((key) => key || null),
  rate: priceInput,
  effectiveFrom: effectiveFromInput,
  description: z
    .string()
    .trim()
    .max(500, "Use at most 500 characters.")
    .optional()
    .transform((text) => text || null),
});

export const setPartnerRateInput = z.strictObject({
  currency: currencyInput,
  systemRateId: z.uuid(),
  rate: priceInput,
  effectiveFrom: effectiveFromInput,
});

const reason = z
  .string()
  .trim()
  .min(5, "Say why, in at least 5 characters: it is kept.")
  .max(500, "Use at most 500 characters.");

/** Up to which price a partner may go for what a base price prices. */
export const allowPriceInput = z.strictObject({
  partnerId: z.uuid(),
  systemRateId: z.uuid("Choose what is priced."),
  maxRate: priceInput,
  reason,
});

export const revokeAllowanceInput = z.strictObject({ allowanceId: z.uuid() });

export type AllowPriceInput = z.output<typeof allowPriceInput>;
export type RevokeAllowanceInput = z.output<typeof revokeAllowanceInput>;

export const withdrawRateInput = z.strictObject({ rateId: z.uuid() });

export type WithdrawRateInput = z.infer<typeof withdrawRateInput>;
export type SetSystemRateInput = z.output<typeof setSystemRateInput>;
export type SetPartnerRateInput = z.output<typeof setPartnerRateInput>;
