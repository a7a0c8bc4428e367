import { z } from "zod";
import { effectiveFromInput } from "@/lib/day";
import { seenInput } from "@/lib/seen";
import { COUNTRIES, ELSEWHERE } from "./countries";
import { readTaxId } from "./tax-id";

const line = (most: number) =>
  z
    .string()
    .trim()
    .max(most, `Use at most ${most} characters.`)
    .optional()
    .transform((text) => text || null);

const isCountry = (code: string) => COUNTRIES.includes(code);

/** Who a workspace is on its invoices. What is left empty is not shown. */
export const saveDetailsInput = z
  .strictObject({
    updatedAt: seenInput,
    legalName: line(120),
    address: z.strictObject({
      line1: line(120),
      line2: line(120),
      postalCode: line(20),
      city: line(80),
      state: line(80),
    }),
    country: line(2).refine((code) => code === null || isCountry(code), "Choose a country."),
    taxId: line(40),
    email: z
      .union([z.literal(""), z.email("Give an e-mail address.").max(254, "Use at most 254 characters.")])
      .optional()
      .transform((text) => text || null),
    reference: line(120),
  })
  .transform((details, context) => {
    const read = details.taxId === null ? null : readTaxId(details.taxId, details.country);
    if (read && "message" in read) {
      context.addIssue({ code: "custom", path: ["taxId"], message: read.message });
      return z.NEVER;
    }
    return { ...details, taxId: read?.id ?? null, taxIdType: read?.type ?? null };
  });

export const setTaxRateInput = z.strictObject({
  country: z
    .string("Choose a country.")
    .refine((code) => code === ELSEWHERE || isCountry(code), "Choose a country."),
  name: z.string().trim().min(1, "Say what it is called, such as VAT.").max(40, "Use at most 40 characters."),
  /** Up to three decimals, as it is kept. */
  percent: z
    .string("Give a percentage such as 19.")
    .trim()
    .regex(/^-?\d{1,3}(\.\d+)?$/, "Give a percentage such as 19 or 7.5.")
    .refine((text) => !text.startsWith("-"), "A tax cannot be negative.")
    .refine((text) => !/\.\d{4,}$/.test(text), "Use at most three decimals.")
    .refine((text) => Number(text) <= 100, "Give at most 100."),
  reverseCharge: z
    .union([z.boolean(), z.enum(["on", "true", "false"])])
    .optional()
    .transform((value) => value === true || value === "on" || value === "true"),
  effectiveFrom: effectiveFromInput,
});

export type SaveDetailsInput = z.output<typeof saveDetailsInput>;
export type SetTaxRateInput = z.output<typeof setTaxRateInput>;
