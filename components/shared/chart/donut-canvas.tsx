"use client";

import { Pie, PieChart, ResponsiveContainer, Tooltip } from "recharts";
import { TooltipRow } from "@/components/shared/chart/chart-tooltip";
import { colorOf, formatValue, type Slice, type ValueKind } from "@/components/shared/chart/series";

/** Draws shares of a whole. */
export default function DonutCanvas({ slices, kind }: { slices: readonly Slice[]; kind: ValueKind }) {
  const rows = slices.map((slice, index) => ({
    name: slice.label,
    drawn: Number(slice.value),
    text: formatValue(slice.value, kind),
    fill: colorOf(index),
  }));
  return (
    <ResponsiveContainer width="100%" height="100%">
      <PieChart accessibilityLayer={false}>
        <Pie
          data={rows}
          dataKey="drawn"
          nameKey="name"
          innerRadius="66%"
          outerRadius="96%"
          paddingAngle={rows.length > 1 ? 1.5 : 0}
          stroke="var(--card)"
          startAngle={90}
          endAngle={-270}
          isAnimationActive={false}
          rootTabIndex={-1}
        />
        <Tooltip
          isAnimationActive={false}
          content={({ active, payload }) => {
            const row = rows.find(({ name }) => name === payload?.[0]?.name);
            return active && row ? (
              <div className="rounded-lg border bg-popover px-3 py-2 text-popover-foreground text-xs shadow-md">
                <TooltipRow color={row.fill} label={row.name} value={row.text} />
              </div>
            ) : null;
          }}
        />
      </PieChart>
    </ResponsiveContainer>
  );
}
