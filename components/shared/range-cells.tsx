import { DateTime } from "@/components/shared/date-time";
import { StatusBadge } from "@/components/shared/status-badge";
import { TableCell, TableHead } from "@/components/ui/table";

type Range = { from: Date; to: Date | null };

const LABELS = { scheduled: "Scheduled", active: "In force", superseded: "Over" } as const;

/** How a value that holds from one instant to another stands at an instant. */
export function rangeState({ from, to }: Range, now: Date): keyof typeof LABELS {
  if (from > now) return "scheduled";
  return to === null || to > now ? "active" : "superseded";
}

/** The heads of `RangeCells`. */
export function RangeHeads() {
  return (
    <>
      <TableHead>State</TableHead>
      <TableHead>From (UTC)</TableHead>
      <TableHead>Until (UTC)</TableHead>
    </>
  );
}

/** The cells of a value that holds from one instant to another: how it stands, from when, until when. */
export function RangeCells({ from, to, now }: Range & { now: Date }) {
  const state = rangeState({ from, to }, now);
  return (
    <>
      <TableCell label="State">
        <StatusBadge status={state} label={LABELS[state]} />
      </TableCell>
      <TableCell label="From (UTC)">
        <DateTime value={from} utc />
      </TableCell>
      <TableCell label="Until (UTC)">
        {to ? (
          <DateTime value={to} utc />
        ) : (
          <span className="whitespace-nowrap text-muted-foreground">open</span>
        )}
      </TableCell>
    </>
  );
}
