"use client";

import {
  colorOf,
  formatAt,
  formatValue,
  type Point,
  type Series,
  sumValues,
  type ValueKind,
} from "@/components/shared/chart/series";

/** What floats beside the pointer: the exact figures of one point. */
export function ChartTooltip({
  point,
  series,
  kind,
}: {
  point: Point | undefined;
  series: readonly Series[];
  kind: ValueKind;
}) {
  if (!point) return null;
  const shown = series.filter(({ key }) => Number(point.values[key] ?? 0) !== 0);
  return (
    <div className="grid min-w-40 gap-1 rounded-lg border bg-popover px-3 py-2 text-popover-foreground text-xs shadow-md">
      <p className="font-medium">{formatAt(point.at)}</p>
      {shown.length === 0 ? <p className="text-muted-foreground">Nothing</p> : null}
      {shown.map(({ key, label }) => (
        <TooltipRow
          key={key}
          color={colorOf(series.findIndex((one) => one.key === key))}
          label={label}
          value={formatValue(point.values[key] ?? 0, kind)}
        />
      ))}
      {shown.length > 1 && kind !== "duration" ? (
        <p className="tabular flex justify-between gap-4 border-t pt-1 font-medium">
          <span>Total</span>
          {formatValue(sumValues(series.map(({ key }) => point.values[key] ?? 0)), kind)}
        </p>
      ) : null}
    </div>
  );
}

function TooltipRow({ color, label, value }: { color: string; label: string; value: string }) {
  return (
    <p className="flex items-center gap-1.5">
      <span className="size-2.5 rounded-[3px]" style={{ background: color }} />
      <span className="text-muted-foreground">{label}</span>
      <span className="tabular ml-auto pl-4">{value}</span>
    </p>
  );
}
