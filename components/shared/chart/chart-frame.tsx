"use client";

import type { ReactNode } from "react";
import {
  colorOf,
  formatAt,
  formatValue,
  type Point,
  type Series,
  sumValues,
  type ValueKind,
} from "@/components/shared/chart/series";
import { Table, TableBody, TableCell, TableHead, TableHeader, TableRow } from "@/components/ui/table";

/** A drawing with its name, its legend, and the same figures as a table for whoever cannot or will not read it. */
export function ChartFrame({
  title,
  legend,
  table,
  height,
  children,
}: {
  title: string;
  legend: readonly Series[];
  table: ReactNode;
  height: number;
  children: ReactNode;
}) {
  return (
    <figure className="m-0">
      <figcaption className="sr-only">{title}</figcaption>
      <div role="img" aria-label={`${title}. The same figures are in the table below it.`} style={{ height }}>
        {children}
      </div>
      <Legend series={legend} />
      <details className="mt-3 text-sm">
        <summary className="w-fit rounded-sm text-muted-foreground text-xs hover:text-foreground">
          Show as a table
        </summary>
        <div className="mt-2">{table}</div>
      </details>
    </figure>
  );
}

function Legend({ series }: { series: readonly Series[] }) {
  if (series.length < 2) return null;
  return (
    <ul className="mt-3 flex flex-wrap gap-x-4 gap-y-1 text-muted-foreground text-xs" aria-hidden="true">
      {series.map(({ key, label }, index) => (
        <li key={key} className="flex items-center gap-1.5">
          <span className="size-2.5 rounded-[3px]" style={{ background: colorOf(index) }} />
          {label}
        </li>
      ))}
    </ul>
  );
}

/** The points of a chart as rows, one column a series, with a total when there are several. */
export function PointTable({
  points,
  series,
  kind,
  atLabel,
}: {
  points: readonly Point[];
  series: readonly Series[];
  kind: ValueKind;
  atLabel: string;
}) {
  const withTotal = series.length > 1 && kind !== "duration";
  return (
    <Table folds>
      <TableHeader>
        <TableRow>
          <TableHead>{atLabel}</TableHead>
          {series.map(({ key, label }) => (
            <TableHead key={key} numeric>
              {label}
            </TableHead>
          ))}
          {withTotal ? <TableHead numeric>Total</TableHead> : null}
        </TableRow>
      </TableHeader>
      <TableBody>
        {points.map(({ at, values }) => (
          <TableRow key={at}>
            <TableCell>{formatAt(at)}</TableCell>
            {series.map(({ key, label }) => (
              <TableCell key={key} label={label} numeric>
                {formatValue(values[key] ?? 0, kind)}
              </TableCell>
            ))}
            {withTotal ? (
              <TableCell label="Total" numeric>
                {formatValue(sumValues(series.map(({ key }) => values[key] ?? 0)), kind)}
              </TableCell>
            ) : null}
          </TableRow>
        ))}
      </TableBody>
    </Table>
  );
}
