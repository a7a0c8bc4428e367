import { z } from "zod";

const MESSAGE = "Give a day of the years 2000 to 2999, such as 2026-11-01.";

/**
 * A day such as `2026-11-01`. Of the years 2000 to 2999: the year 0 is none to the database, nor is the one in which the
 * last day of 9999 ends, and a year that is still being typed (0002, 0020) is no filter.
 */
export const dayInput = z.iso.date(MESSAGE).refine((day) => day.startsWith("2"), MESSAGE);

const MOMENT_MESSAGE = "Give a day and time of the years 2000 to 2999.";

/** When something begins, such as `2026-11-01T09:00`, in UTC unless it says another offset: null, which is now, if empty. */
export const effectiveFromInput = z
  .union([z.literal(""), z.iso.datetime({ local: true, offset: true, error: MOMENT_MESSAGE })])
  .optional()
  .transform((text) => (text ? new Date(/[zZ]|[+-]\d\d:\d\d$/.test(text) ? text : `${text}Z`) : null))
  .refine((moment) => moment === null || moment.toISOString().startsWith("2"), MOMENT_MESSAGE);

/** A day of UTC in a sentence, such as `1 November 2026`. */
export function dayInWords(at: Date): string {
  return new Intl.DateTimeFormat("en-GB", { dateStyle: "long", timeZone: "UTC" }).format(at);
}

/** A month of UTC in a sentence, such as `November 2026`. */
export function monthInWords(at: Date): string {
  return new Intl.DateTimeFormat("en-GB", { month: "long", year: "numeric", timeZone: "UTC" }).format(at);
}
