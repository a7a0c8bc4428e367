import { ChevronLeft, ChevronRight } from "lucide-react";
import { formatDuration } from "@/components/shared/format";
import { cn } from "@/lib/cn";
import { barOf, type Segment, type Span } from "./segments";

/** Waiting is hatched, work is solid, and what is done by parts of the run is a thin line over them. */
const LOOK: Readonly<Record<Segment["kind"], { className: string; label: string }>> = {
  wait: {
    className:
      "h-2.5 rounded-full border border-muted-foreground/40 bg-[repeating-linear-gradient(-45deg,currentColor_0_1.5px,transparent_1.5px_5px)] text-muted-foreground/55",
    label: "Waiting",
  },
  inside: { className: "h-1 rounded-full bg-foreground/55", label: "Done by its parts" },
  failed: { className: "h-2.5 rounded-full bg-danger", label: "Failed" },
  lost: { className: "h-2.5 rounded-full bg-danger/50", label: "Broken off" },
  cancelled: { className: "h-2.5 rounded-full bg-muted-foreground", label: "Cancelled" },
  completed: { className: "h-2.5 rounded-full bg-success", label: "Completed" },
  running: { className: "h-2.5 rounded-full bg-info", label: "Running" },
  retrying: { className: "h-2.5 rounded-full bg-warning", label: "Tried again" },
};

/** The bars of one row in the time that is looked at. What lies before or after it leaves an arrow at the edge. */
export function BarTrack({ segments, view }: { segments: readonly Segment[]; view: Span }) {
  const first = segments[0];
  const last = segments.at(-1);
  return (
    <div
      aria-hidden="true"
      className="absolute inset-x-4 bottom-0 h-1.5 sm:relative sm:inset-auto sm:h-full max-sm:[&>span]:h-1"
    >
      {segments.map((segment, index) => {
        const bar = barOf(segment, view);
        if (!bar) return null;
        const { className, label } = LOOK[segment.kind];
        return (
          <span
            // biome-ignore lint/suspicious/noArrayIndexKey: segments only ever grow at the end
            key={index}
            title={`${label}, ${formatDuration(segment.toMs - segment.fromMs)}`}
            className={cn("-translate-y-1/2 absolute top-1/2 min-w-[3px]", className)}
            style={{ left: `min(${bar.left * 100}%, calc(100% - 3px))`, width: `${bar.width * 100}%` }}
          />
        );
      })}
      {first && last && last.toMs < view.fromMs ? (
        <ChevronLeft className="-translate-y-1/2 absolute top-1/2 left-0 size-3.5 text-muted-foreground max-sm:hidden" />
      ) : null}
      {first && first.fromMs > view.toMs ? (
        <ChevronRight className="-translate-y-1/2 absolute top-1/2 right-0 size-3.5 text-muted-foreground max-sm:hidden" />
      ) : null}
    </div>
  );
}
