"use client";

import { useEffect, useState } from "react";
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

  const iso = date.toISOString();
  const moment = `${iso.slice(0, 10)} ${iso.slice(11, 16)} UTC`;
  return (
    <time
      dateTime={iso}
      title={hydrated ? date.toLocaleString("en-GB") : moment}
      className={className ?? "whitespace-nowrap"}
    >
      {hydrated ? worded(date.getTime(), nowMs, isAhead) : moment}
    </time>
  );
}

function worded(atMs: number, nowMs: number, isAhead: boolean): string {
  return isAhead && atMs - nowMs < MINUTE_MS ? "in a moment" : relativeTime(atMs, nowMs);
}
