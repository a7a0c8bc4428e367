"use client";

import { useEffect, useState } from "react";
import { relativeTime } from "@/components/shared/format";
import { useHydrated } from "@/components/shared/use-hydrated";

const TICK_MS = 30_000;

/** How long ago (or ahead) a moment is; keeps itself current. Hover shows the moment. */
export function RelativeTime({ value, className }: { value: Date | string; className?: string }) {
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
      {hydrated ? relativeTime(date.getTime(), nowMs) : moment}
    </time>
  );
}
