import { BarsByDay } from "@/components/shared/chart/charts";
import { microsFromNumeric } from "@/lib/money";

export type MoneyPoint = { at: string; cost: string; commission: string };

const SERIES = [
  { key: "cost", label: "Base cost" },
  { key: "commission", label: "Margin" },
] as const;

/** What customers paid, as the base cost with the margin on top. Amounts are the decimal text of the database. */
export function MarginChart({
  title,
  points,
  atLabel = "Day",
  labels = SERIES,
}: {
  title: string;
  points: readonly MoneyPoint[];
  atLabel?: string;
  labels?: readonly { key: "cost" | "commission"; label: string }[];
}) {
  return (
    <BarsByDay
      title={title}
      kind="money"
      atLabel={atLabel}
      points={points.map(({ at, cost, commission }) => ({
        at,
        values: {
          cost: microsFromNumeric(cost).toString(),
          commission: microsFromNumeric(commission).toString(),
        },
      }))}
      series={labels}
    />
  );
}

/** A point for each of `days`, zero where there is none among `known`. */
export function everyPoint(days: readonly string[], known: readonly MoneyPoint[]): MoneyPoint[] {
  const byDay = new Map(known.map((point) => [point.at, point]));
  return days.map((at) => byDay.get(at) ?? { at, cost: "0", commission: "0" });
}
