"use client";

import dynamic from "next/dynamic";
import { ChartFrame, PointTable } from "@/components/shared/chart/chart-frame";
import {
  colorOf,
  formatValue,
  type Point,
  type Series,
  type Slice,
  sumValues,
  type ValueKind,
} from "@/components/shared/chart/series";
import { Skeleton } from "@/components/ui/skeleton";

const loading = () => <Skeleton className="size-full rounded-lg" />;
const PointCanvas = dynamic(() => import("@/components/shared/chart/point-canvas"), { ssr: false, loading });
const DonutCanvas = dynamic(() => import("@/components/shared/chart/donut-canvas"), { ssr: false, loading });

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
export function BarsByDay(props: PointChartProps) {
  return <PointChart shape="bars" {...props} />;
}

/** Lines over days. */
export function LinesByDay(props: PointChartProps) {
  return <PointChart shape="lines" {...props} />;
}

function PointChart({
  shape,
  title,
  points,
  series,
  kind,
  atLabel = "Day",
  height = 240,
  emptyText = "Nothing in this period yet.",
}: PointChartProps & { shape: "bars" | "lines" }) {
  const isEmpty = points.every(({ values }) => series.every(({ key }) => Number(values[key] ?? 0) === 0));
  if (isEmpty) return <EmptyChart text={emptyText} height={height} />;
  return (
    <ChartFrame
      title={title}
      legend={series}
      height={height}
      table={<PointTable points={points} series={series} kind={kind} atLabel={atLabel} />}
    >
      <PointCanvas shape={shape} points={points} series={series} kind={kind} />
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

/** Shares of a whole, with the figures written beside it; the list is its own text alternative. */
export function Donut({
  title,
  slices,
  kind,
  height = 176,
}: {
  title: string;
  slices: readonly Slice[];
  kind: ValueKind;
  height?: number;
}) {
  const total = sumValues(slices.map(({ value }) => value));
  return (
    <figure className="m-0 grid items-center gap-5 sm:grid-cols-[auto_1fr]">
      <figcaption className="sr-only">{title}</figcaption>
      <div className="relative mx-auto" style={{ height, width: height }} aria-hidden="true">
        <DonutCanvas slices={slices} kind={kind} />
        <div className="pointer-events-none absolute inset-0 grid place-items-center">
          <span className="tabular font-semibold">{formatValue(total, kind)}</span>
        </div>
      </div>
      <ul className="grid gap-1.5 text-sm">
        {slices.map(({ key, label, value }, index) => (
          <li key={key} className="flex items-center gap-2">
            <span
              className="size-2.5 shrink-0 rounded-[3px]"
              style={{ background: colorOf(index) }}
              aria-hidden="true"
            />
            <span className="min-w-0 truncate">{label}</span>
            <span className="tabular ml-auto pl-3 text-muted-foreground">{formatValue(value, kind)}</span>
          </li>
        ))}
      </ul>
    </figure>
  );
}
