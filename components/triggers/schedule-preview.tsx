"use client";

import { useHydrated } from "@/components/shared/use-hydrated";
import { cronProblem, formatTick, nextTicks, timeZoneProblem } from "@/lib/triggers/schedule";

const COUNT = 5;

/** The next five times of a schedule on the clock of its time zone; nothing while it cannot be read. */
export function SchedulePreview({ cron, timeZone: given }: { cron: string; timeZone: string }) {
  const isClient = useHydrated();
  const timeZone = given.trim();
  if (!isClient || timeZoneProblem(timeZone) || cronProblem(cron)) return null;
  return (
    <div className="rounded-lg border bg-muted/50 px-4 py-3">
      <p className="mb-1.5 font-medium text-muted-foreground text-xs">Next five</p>
      <ol aria-label="Next five" className="tabular grid gap-1 text-sm">
        {nextTicks(cron, timeZone, new Date(), COUNT).map((tick) => (
          <li key={tick.getTime()}>
            <time dateTime={tick.toISOString()}>{formatTick(tick, timeZone)}</time>
          </li>
        ))}
      </ol>
    </div>
  );
}
