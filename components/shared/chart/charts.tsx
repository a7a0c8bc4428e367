"use client";

import dynamic from "next/dynamic";
import { ChartFrame, PointTable } from "@/components/shared/chart/chart-frame";
import type { Point, Series, ValueKind } from "@/components/shared/chart/series";
import { Skeleton } from "@/components/ui/skeleton";

const loading = () => <Skeleton className="size-full rounded-lg" />;
const PointCanvas = dynamic(
  () => import("@/components/shared/chart/point-canvas").catch(() => ({ default: LostCanvas })),
  { ssr: false, loading },
);

/** The page is not lost with the scripts of its drawing. */
function LostCanvas() {
  return (
    <p className="grid size-full place-items-center rounded-lg border border-dashed px-4 text-center text-muted-foreground text-sm">
      The chart could not be loaded. Its figures are in the table below.
    </p>
  );
}

type PointChartProps = {
  title: string;
  points: readonly Point[];
  series: readonly Series[];
  kind: ValueKind;
  /** Heading of the first column of the table, "Day" unless told. */
  atLabel?: string;
  height?: number;
  /** Said instead of a drawing when every value is zero. */
  emptyText?: string;
};

/** Bars by day, stacked by series. */
export function BarsByDay({
  title,
  points,
  series,
  kind,
  atLabel = "Day",
  height = 240,
  emptyText = "Nothing in this period yet.",
}: PointChartProps) {
  const isEmpty = points.every(({ values }) => series.every(({ key }) => Number(values[key] ?? 0) === 0));
  if (isEmpty) return <EmptyChart text={emptyText} height={height} />;
  return (
    <ChartFrame
      title={title}
      legend={series}
      height={height}
      table={<PointTable points={points} series={series} kind={kind} atLabel={atLabel} />}
    >
      <PointCanvas points={points} series={series} kind={kind} />
    </ChartFrame>
  );
}

function EmptyChart({ text, height }: { text: string; height: number }) {
  return (
    <p
      className="grid place-items-center rounded-lg border border-dashed text-muted-foreground text-sm"
      style={{ height }}
    >
      {text}
    </p>
  );
}
