import { z } from "zod";
import { emailInput } from "@/lib/accounts/email-address";
import { COUNTRIES } from "@/lib/billing/countries";
import { seenInput } from "@/lib/seen";
import { accentProblem } from "./rules";

export const MAX_LOGO_BYTES = 100_000;

const text = (most: number) =>
  z
    .string()
    .trim()
    .max(most, `Use at most ${most} characters.`)
    .optional()
    .transform((value) => value || null);

export const saveBrandingInput = z.strictObject({
  updatedAt: seenInput,
  displayName: z.string().trim().min(2, "Use at least 2 characters.").max(120, "Use at most 120 characters."),
  accent: z
    .string()
    .trim()
    .toLowerCase()
    .optional()
    .transform((value) => value || null)
    .superRefine((accent, context) => {
      const problem = accent === null ? null : accentProblem(accent);
      if (problem) context.addIssue({ code: "custom", message: problem });
    }),
  line1: text(120),
  line2: text(120),
  postalCode: text(20),
  city: text(80),
  country: z
    .union([
      z.literal(""),
      z
        .string()
        .trim()
        .toUpperCase()
        .refine((code) => COUNTRIES.includes(code), "Choose a country."),
    ])
    .optional()
    .transform((value) => value || null),
  email: z
    .union([z.literal(""), emailInput])
    .optional()
    .transform((value) => value || null),
  website: z
    .union([
      z.literal(""),
      z
        .url({ protocol: /^https?$/, error: "Give an address such as https://example.com." })
        .max(2_000, "Use at most 2,000 characters."),
    ])
    .optional()
    .transform((value) => value || null),
  taxId: text(40),
  footer: text(400),
  /** A new logo; left out or empty, the one that is there stays. */
  logo: z.file().max(MAX_LOGO_BYTES, "Use a picture of at most 100 KB.").optional(),
  removeLogo: z
    .union([z.boolean(), z.literal("on")])
    .optional()
    .transform((value) => value === true || value === "on"),
});

export type SaveBrandingInput = z.output<typeof saveBrandingInput>;
