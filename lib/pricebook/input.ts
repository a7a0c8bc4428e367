import { z } from "zod";
import { effectiveFromInput } from "@/lib/day";
import { RESOURCE_TYPES } from "@/lib/metering/resources";
import { cursorInput } from "@/lib/paging";
import { priceInput, setSystemRateInput } from "@/lib/rates/input";
import { seenInput } from "@/lib/seen";

const MOST_RATES = 500;

const nameInput = z.string().trim().min(1, "Give it a name.").max(120, "Use at most 120 characters.");

export const listDraftsInput = z.strictObject({ cursor: cursorInput });
export type ListDraftsInput = z.output<typeof listDraftsInput>;

export const createDraftInput = z.strictObject({
  name: nameInput,
  /** With every price of today, or with none. */
  start: z.enum(["today", "empty"], "Choose what it begins with."),
});
export type CreateDraftInput = z.output<typeof createDraftInput>;

/** A price, or nothing: then what is in force today goes on. */
const draftPriceInput = z.union([
  z
    .string()
    .trim()
    .length(0)
    .transform(() => null),
  priceInput,
]);

export const saveDraftInput = z.strictObject({
  draftId: z.uuid(),
  updatedAt: seenInput,
  name: nameInput,
  /** By `thingKey`. Prices that are not named stay as they are. */
  rates: z
    .record(z.string().max(400), z.string().max(40))
    .default({})
    .transform((rates, context) => {
      const keys = Object.keys(rates);
      if (keys.length > MOST_RATES)
        context.addIssue({ code: "custom", message: `Save at most ${MOST_RATES} prices at once.` });
      return new Map(
        keys.map((key) => {
          const price = draftPriceInput.safeParse(rates[key]);
          if (price.success) return [key, price.data] as const;
          const union = price.error.issues[0];
          const own = union?.code === "invalid_union" ? union.errors[1]?.[0] : union;
          context.addIssue({
            code: "custom",
            path: [key],
            message: own?.message ?? "Give a price in dollars.",
          });
          return [key, null] as const;
        }),
      );
    }),
});
export type SaveDraftInput = z.output<typeof saveDraftInput>;

export const addDraftRateInput = setSystemRateInput
  .pick({ resourceType: true, modelKey: true, rate: true })
  .extend({ draftId: z.uuid() });
export type AddDraftRateInput = z.output<typeof addDraftRateInput>;

const PERCENT = /^([+-]?)(\d{1,4})(?:\.(\d{1,3}))?$/;

/** A percentage with up to three decimals as thousandths: `4.5` is 4500. */
const percentInput = z
  .string()
  .trim()
  .transform((text, context) => {
    const match = PERCENT.exec(text.replace(/^−/, "-"));
    const [, sign = "", whole = "0", fraction = ""] = match ?? [];
    const thousandths = BigInt(whole) * 1000n + BigInt(fraction.padEnd(3, "0"));
    const signed = sign === "-" ? -thousandths : thousandths;
    if (!match || signed <= -100_000n)
      context.addIssue({
        code: "custom",
        message: "Give a percentage above −100 with at most three decimals, such as 4.5.",
      });
    return signed;
  });

export const raiseDraftInput = z.strictObject({
  draftId: z.uuid(),
  updatedAt: seenInput,
  kind: z.enum(["all", ...RESOURCE_TYPES], "Choose which prices."),
  percent: percentInput,
});
export type RaiseDraftInput = z.output<typeof raiseDraftInput>;

export const draftIdInput = z.strictObject({ draftId: z.uuid() });
export type DraftIdInput = z.output<typeof draftIdInput>;

/** Without `effectiveFrom`: as soon as the rules allow. */
export const scheduleDraftInput = draftIdInput.extend({
  updatedAt: seenInput,
  effectiveFrom: effectiveFromInput,
});
export type ScheduleDraftInput = z.output<typeof scheduleDraftInput>;

/** `2026-10`, or `last-30-days`; last month when left out. */
export const simulateInput = z.strictObject({ draftId: z.uuid(), window: z.string().max(20).optional() });
export type SimulateInput = z.output<typeof simulateInput>;
