const STEPS = [
  { unit: "year", ms: 31_536_000_000 },
  { unit: "month", ms: 2_592_000_000 },
  { unit: "day", ms: 86_400_000 },
  { unit: "hour", ms: 3_600_000 },
  { unit: "minute", ms: 60_000 },
] as const;

/** In figures alone: yesterday and last month are days and months of the calendar, which are not counted here. */
const FORMAT = new Intl.RelativeTimeFormat("en", { numeric: "always" });

/**
 * `3 hours ago`, `in 2 days`, `just now`. Under a minute either way is `just now`. What is over is counted in whole
 * units, as an age is; what is ahead to the nearest, so that seven days are seven also a second later.
 */
export function relativeTime(atMs: number, nowMs: number): string {
  const difference = atMs - nowMs;
  for (const { unit, ms } of STEPS) {
    if (Math.abs(difference) < ms) continue;
    const count = difference > 0 ? Math.round(difference / ms) : Math.trunc(difference / ms);
    return FORMAT.format(count, unit);
  }
  return "just now";
}

/** A span of time for people: `840 ms`, `12.4 s`, `3 min 05 s`, `2 h 10 min`. */
export function formatDuration(durationMs: number): string {
  if (durationMs < 1000) return `${Math.max(0, Math.round(durationMs))} ms`;
  if (durationMs < 59_950) return `${(durationMs / 1000).toFixed(1)} s`;
  const seconds = Math.round(durationMs / 1000);
  const minutes = Math.floor(seconds / 60);
  if (minutes < 60) return `${minutes} min ${String(seconds % 60).padStart(2, "0")} s`;
  return `${Math.floor(minutes / 60)} h ${String(minutes % 60).padStart(2, "0")} min`;
}

/** A size for people, in powers of 1024: `14.2 MB`. */
export function formatBytes(bytes: number): string {
  const units = ["B", "kB", "MB", "GB", "TB"] as const;
  let value = bytes;
  let unit = 0;
  while (value >= 1023.95 && unit < units.length - 1) {
    value /= 1024;
    unit += 1;
  }
  return `${unit === 0 ? value : value.toFixed(1)} ${units[unit]}`;
}

/** A whole number with thousands separators. */
export function formatCount(count: number | bigint): string {
  return new Intl.NumberFormat("en-US").format(count);
}
