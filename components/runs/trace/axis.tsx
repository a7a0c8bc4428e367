import { Minus, Plus } from "lucide-react";
import { formatDuration } from "@/components/shared/format";
import { Button } from "@/components/ui/button";
import { cn } from "@/lib/cn";
import { COLUMNS } from "./gantt-row";
import { marksOf, type Span } from "./segments";

const MAX_ZOOM = 256;
/** The characters that have room beside each other where the column for time is narrowest. */
const ROOM = 17;

export type Zoom = { readonly factor: number; readonly at: number };
export const FIT: Zoom = { factor: 1, at: 0 };

/** The same middle, twice as near or half. */
function zoomed({ factor, at }: Zoom, by: number): Zoom {
  const next = Math.min(MAX_ZOOM, Math.max(1, factor * by));
  const middle = at + 0.5 / factor;
  return { factor: next, at: Math.min(1 - 1 / next, Math.max(0, middle - 0.5 / next)) };
}

/** How near the time axis is looked at, and which stretch of it. */
export function ZoomControls({ zoom, onChange }: { zoom: Zoom; onChange: (zoom: Zoom) => void }) {
  const isFit = zoom.factor === 1;
  return (
    <div className="hidden items-center gap-1 sm:flex">
      {isFit ? null : (
        <input
          type="range"
          min={0}
          max={1000}
          value={Math.round((zoom.at / (1 - 1 / zoom.factor)) * 1000)}
          onChange={(event) =>
            onChange({ ...zoom, at: (Number(event.target.value) / 1000) * (1 - 1 / zoom.factor) })
          }
          aria-label="Which stretch of the time is shown"
          className="h-8 w-28 accent-brand"
        />
      )}
      <Button
        variant="ghost"
        size="icon-sm"
        aria-label="Show more of the time"
        disabled={isFit}
        onClick={() => onChange(zoomed(zoom, 0.5))}
      >
        <Minus aria-hidden="true" />
      </Button>
      <Button
        variant="ghost"
        size="sm"
        disabled={isFit}
        onClick={() => onChange(FIT)}
        className="tabular w-12"
      >
        {isFit ? "Fit" : `${zoom.factor}×`}
      </Button>
      <Button
        variant="ghost"
        size="icon-sm"
        aria-label="Look nearer"
        disabled={zoom.factor >= MAX_ZOOM}
        onClick={() => onChange(zoomed(zoom, 2))}
      >
        <Plus aria-hidden="true" />
      </Button>
    </div>
  );
}

/** `2 min`, not `2 min 00 s`: marks are at round moments. */
function tickLabel(tickMs: number): string {
  if (tickMs === 0) return "0";
  return formatDuration(tickMs)
    .replace(/ 00 (s|min)$/, "")
    .replace(/\.0 s$/, " s");
}

/** Marks of time since the start, over the bars. */
export function TimeAxis({ span, view }: { span: Span; view: Span }) {
  return (
    <div
      className={cn(COLUMNS, "hidden h-8 border-b bg-muted/40 text-muted-foreground text-xs sm:grid")}
      aria-hidden="true"
    >
      <span>Step</span>
      <span className="tabular relative h-full">
        {marksOf(span, view, { labelOf: tickLabel, room: ROOM }).map(({ left, label }) => (
          <span
            key={left}
            className="absolute inset-y-0 flex items-center whitespace-nowrap border-l pl-1"
            style={{ left: `${left * 100}%` }}
          >
            {label}
          </span>
        ))}
      </span>
      <span className="text-right">Time, cost</span>
    </div>
  );
}
