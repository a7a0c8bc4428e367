"use client";

import { useHydrated } from "@/components/shared/use-hydrated";

const FORMATS = {
  date: { day: "numeric", month: "short", year: "numeric" },
  datetime: { day: "numeric", month: "short", year: "numeric", hour: "2-digit", minute: "2-digit" },
  clock: { hour: "2-digit", minute: "2-digit" },
  time: { hour: "2-digit", minute: "2-digit", second: "2-digit" },
} as const satisfies Record<string, Intl.DateTimeFormatOptions>;

/**
 * A moment, in the reader's own time zone once the page runs and in UTC before. `utc` keeps UTC, which is right for
 * billing periods: those begin and end by UTC days.
 */
export function DateTime({
  value,
  format = "datetime",
  utc = false,
  className,
}: {
  value: Date | string;
  format?: keyof typeof FORMATS;
  utc?: boolean;
  className?: string;
}) {
  const hydrated = useHydrated();
  const date = typeof value === "string" ? new Date(value) : value;
  const local = hydrated && !utc;
  const text = formatDate(date, format, local);
  return (
    <time
      dateTime={date.toISOString()}
      title={local ? `${date.toISOString().replace("T", " ").slice(0, 19)} UTC` : undefined}
      className={className ?? "tabular whitespace-nowrap"}
    >
      {text}
    </time>
  );
}

/** A moment as every page writes it: in the zone of whoever reads, or in UTC, which is said. */
export function formatDate(date: Date, format: keyof typeof FORMATS, local: boolean): string {
  const text = new Intl.DateTimeFormat("en-GB", {
    ...FORMATS[format],
    hour12: false,
    ...(local ? {} : { timeZone: "UTC" }),
  }).format(date);
  return local || format === "date" ? text : `${text} UTC`;
}

/** Says in which time zone the times of a page are. */
export function TimeZoneNote({ utc = false }: { utc?: boolean }) {
  const hydrated = useHydrated();
  const zone = hydrated && !utc ? Intl.DateTimeFormat().resolvedOptions().timeZone : "UTC";
  return <span className="text-muted-foreground text-xs">Times are in {zone.replaceAll("_", " ")}.</span>;
}
