"use client";

import { Bar, BarChart, CartesianGrid, ResponsiveContainer, Tooltip, XAxis, YAxis } from "recharts";
import { ChartTooltip } from "@/components/shared/chart/chart-tooltip";
import {
  colorOf,
  formatAt,
  formatTick,
  type Point,
  type Series,
  type ValueKind,
} from "@/components/shared/chart/series";

const AXIS = { fontSize: 11, fill: "var(--muted-foreground)" } as const;

type PointCanvasProps = {
  points: readonly Point[];
  series: readonly Series[];
  kind: ValueKind;
};

/** Draws bars along a day axis. Loaded on its own, so that pages without a chart do not carry the library. */
export default function PointCanvas({ points, series, kind }: PointCanvasProps) {
  const rows = points.map(({ at, values }) => ({
    at,
    ...Object.fromEntries(series.map(({ key }, index) => [`s${index}`, Number(values[key] ?? 0)])),
  }));
  // Half of the last day reaches beyond its bar; where it does not fit, the axis names no other day either.
  const margin = { top: 6, right: 20, bottom: 0, left: 0 };
  return (
    <ResponsiveContainer width="100%" height="100%">
      <BarChart data={rows} margin={margin} barCategoryGap="22%" accessibilityLayer={false}>
        {axes(points, series, kind)}
        {series.map(({ key }, index) => (
          <Bar
            key={key}
            dataKey={`s${index}`}
            stackId="all"
            fill={colorOf(index)}
            maxBarSize={38}
            radius={index === series.length - 1 ? [3, 3, 0, 0] : 0}
            isAnimationActive={false}
          />
        ))}
      </BarChart>
    </ResponsiveContainer>
  );
}

function axes(points: readonly Point[], series: readonly Series[], kind: ValueKind) {
  const byAt = new Map(points.map((point) => [point.at, point]));
  return [
    <CartesianGrid key="grid" vertical={false} stroke="var(--border)" strokeDasharray="3 4" />,
    <XAxis
      key="x"
      dataKey="at"
      tickFormatter={(at: string) => formatAt(at)}
      tick={AXIS}
      tickLine={false}
      axisLine={{ stroke: "var(--border)" }}
      interval="equidistantPreserveEnd"
      minTickGap={28}
    />,
    <YAxis
      key="y"
      tickFormatter={(value: number) => formatTick(value, kind)}
      tick={AXIS}
      tickLine={false}
      axisLine={false}
      width={54}
      tickCount={5}
    />,
    <Tooltip
      key="tooltip"
      cursor={{ fill: "var(--accent)", fillOpacity: 0.6, stroke: "var(--border)" }}
      isAnimationActive={false}
      content={({ active, label }) =>
        active ? <ChartTooltip point={byAt.get(String(label))} series={series} kind={kind} /> : null
      }
    />,
  ];
}
