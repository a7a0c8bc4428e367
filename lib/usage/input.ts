import { z } from "zod";
import { dayInput } from "@/lib/day";

export const USAGE_GROUPS = ["day", "agent", "workflow", "model", "resource"] as const;
export type UsageGroupBy = (typeof USAGE_GROUPS)[number];

/** The most days from the first to the last of a range. */
export const MAX_USAGE_DAYS = 400;

export const usageInput = z
  .strictObject({ from: dayInput, to: dayInput })
  .refine((range) => range.from <= range.to, { path: ["to"], error: "The last day is before the first one." })
  .refine((range) => Date.parse(range.to) - Date.parse(range.from) <= MAX_USAGE_DAYS * 86_400_000, {
    path: ["to"],
    error: `Choose at most ${MAX_USAGE_DAYS} days.`,
  });

export type UsageInput = z.infer<typeof usageInput>;

/** The days asked for as instants: `[from 00:00, to 24:00)` in UTC. */
export function rangeOf(input: UsageInput): { start: Date; end: Date } {
  return {
    start: new Date(`${input.from}T00:00:00Z`),
    end: new Date(Date.parse(`${input.to}T00:00:00Z`) + 86_400_000),
  };
}

/** This month so far, in UTC. */
export function thisMonth(now: Date): UsageInput {
  const today = now.toISOString().slice(0, 10);
  return { from: `${today.slice(0, 7)}-01`, to: today };
}

const DAY_MS = 86_400_000;
const dayOf = (time: number) => new Date(time).toISOString().slice(0, 10);

export type UsagePreset = UsageInput & { label: string };

/** Days that are asked for often, in UTC. */
export function usagePresets(now: Date): UsagePreset[] {
  const today = dayOf(now.getTime());
  const since = (days: number) => dayOf(now.getTime() - (days - 1) * DAY_MS);
  const beforeThis = Date.UTC(now.getUTCFullYear(), now.getUTCMonth(), 0);
  const lastMonth = dayOf(beforeThis);
  return [
    { label: "This month", ...thisMonth(now) },
    { label: "Last month", from: `${lastMonth.slice(0, 7)}-01`, to: lastMonth },
    { label: "Last 7 days", from: since(7), to: today },
    { label: "Last 30 days", from: since(30), to: today },
  ];
}

const groupBy = z.enum(USAGE_GROUPS);

/** The address of the usage page: every part may be missing. */
export const usagePageInput = z.object({
  from: dayInput.optional(),
  to: dayInput.optional(),
  by: groupBy.optional(),
});

export const usageExportInput = z
  .strictObject({ from: dayInput, to: dayInput, by: groupBy })
  .superRefine((value, context) => {
    const range = usageInput.safeParse({ from: value.from, to: value.to });
    for (const issue of range.error?.issues ?? [])
      context.addIssue({ ...issue, path: issue.path, code: "custom" });
  });
