"use client";

import { useEffect, useState } from "react";
import { formatDate } from "@/components/shared/date-time";
import { relativeTime } from "@/components/shared/format";
import { useHydrated } from "@/components/shared/use-hydrated";

const TICK_MS = 30_000;
const MINUTE_MS = 60_000;

/**
 * How long ago (or ahead) a moment is; keeps itself current. Hover shows the moment.
 * @param isAhead something is still to come then: under a minute is not called "just now", whatever the clocks say
 */
export function RelativeTime({
  value,
  isAhead = false,
  className,
}: {
  value: Date | string;
  isAhead?: boolean;
  className?: string;
}) {
  const hydrated = useHydrated();
  const [nowMs, setNowMs] = useState(() => Date.now());
  const date = typeof value === "string" ? new Date(value) : value;

  useEffect(() => {
    const timer = setInterval(() => setNowMs(Date.now()), TICK_MS);
    return () => clearInterval(timer);
  }, []);

  const moment = formatDate(date, "datetime", hydrated);
  return (
    <time dateTime={date.toISOString()} title={moment} className={className ?? "whitespace-nowrap"}>
      {hydrated ? worded(date.getTime(), nowMs, isAhead) : moment}
    </time>
  );
}

function worded(atMs: number, nowMs: number, isAhead: boolean): string {
  return isAhead && atMs - nowMs < MINUTE_MS ? "in a moment" : relativeTime(atMs, nowMs);
}
