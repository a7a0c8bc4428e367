import { z } from "zod";
import { centsToMicros, microsToNumeric } from "@/lib/money";
import { cursorInput, MAX_PAGE_SIZE, PAGE_SIZE } from "@/lib/paging";

/** The longest a call may wait for something to end. */
const MAX_WAIT_SECONDS = 30;

const EXAMPLE_ID = "0193a5c2-7d1e-7c3a-9b52-4f0e8a6d1b27";

/** An id as it goes out. */
export const id = z.uuid().meta({ examples: [EXAMPLE_ID] });

/** An instant: a `Date` from the verb, ISO 8601 in UTC for the caller. */
export const instant = z
  .date()
  .transform((date) => date.toISOString())
  .pipe(z.iso.datetime().meta({ examples: ["2026-11-02T09:30:00.000Z"] }));

const money = z
  .object({
    amount: z
      .string()
      .regex(/^-?\d+\.\d{6}$/)
      .meta({ description: "A decimal number with six decimals.", examples: ["0.004210"] }),
    currency: z.string().meta({ description: "ISO 4217.", examples: ["USD"] }),
  })
  .meta({ id: "Money", description: "An amount, exact to the millionth." });

/** Micro-dollars as digits, as runs count them. */
export const fromMicros = z
  .string()
  .transform((digits) => ({ amount: microsToNumeric(BigInt(digits)), currency: "USD" }))
  .pipe(money);

/** Cents as digits, as invoices count them. */
export const fromCents = z
  .string()
  .transform((digits) => ({ amount: microsToNumeric(centsToMicros(BigInt(digits))), currency: "USD" }))
  .pipe(money);

/** A decimal number with six decimals, as the ledger keeps it. */
export const fromNumeric = z
  .string()
  .transform((amount) => ({ amount, currency: "USD" }))
  .pipe(money);

export const count = z.int().min(0);

/** Any JSON value. */
export const json = z.custom<z.core.util.JSONType>((value) => value !== undefined);

/** A list as every list comes: the rows, and the cursor of the next page. */
export function pageOf<Row extends z.ZodType>(row: Row) {
  return z.object({
    data: z.array(row),
    nextCursor: z
      .string()
      .nullable()
      .meta({
        description: "Send it as `cursor` for the next page; null on the last one.",
        examples: [null],
      }),
  });
}

export const pagingQuery = {
  cursor: cursorInput.describe("`nextCursor` of the page before."),
  limit: z.coerce.number().int().min(1).max(MAX_PAGE_SIZE).default(PAGE_SIZE).describe("Rows on a page."),
};

export const waitQuery = z.coerce
  .number("Give a number of seconds.")
  .int("Give whole seconds.")
  .min(0, "At least 0 seconds.")
  .max(MAX_WAIT_SECONDS, `At most ${MAX_WAIT_SECONDS} seconds.`)
  .default(0)
  .describe("Answer only once it has ended, or after this many seconds.");
