import { ChartColumn } from "lucide-react";
import type { Metadata } from "next";
import { BarsByDay } from "@/components/shared/chart/charts";
import { DateTime } from "@/components/shared/date-time";
import { EmptyState } from "@/components/shared/empty-state";
import { formatCount } from "@/components/shared/format";
import { Money } from "@/components/shared/money";
import { PageHeader, SectionHeader } from "@/components/shared/page-header";
import { StatGrid, StatTile } from "@/components/shared/stat-tile";
import { Button } from "@/components/ui/button";
import { Card, CardContent, CardHeader, CardTitle } from "@/components/ui/card";
import { Link } from "@/components/ui/link";
import { requireTenant } from "@/lib/auth/scope";
import { currentTime } from "@/lib/clock";
import { microsFromNumeric } from "@/lib/money";
import { readQuery, type SearchParams } from "@/lib/query";
import {
  thisMonth,
  USAGE_GROUPS,
  type UsageInput,
  usageInput,
  usagePageInput,
  usagePresets,
} from "@/lib/usage/input";
import { type UsageReport, usageReport } from "@/lib/usage/queries";
import { GroupTabs } from "./_components/group-tabs";
import { RangeForm } from "./_components/range-form";
import { UsageTable } from "./_components/usage-table";

export const metadata: Metadata = { title: "Usage" };

function everyDay(range: UsageInput, rows: UsageReport["byDay"]) {
  const byDay = new Map(rows.map(({ day, cost }) => [day, microsFromNumeric(cost).toString()]));
  const days = [];
  for (let at = Date.parse(range.from); at <= Date.parse(range.to); at += 86_400_000) {
    const day = new Date(at).toISOString().slice(0, 10);
    days.push({ at: day, values: { cost: byDay.get(day) ?? "0" } });
  }
  return days;
}

const Day = ({ day }: { day: string }) => <DateTime value={`${day}T00:00:00Z`} format="date" utc />;

export default async function UsagePage({ searchParams }: { searchParams: SearchParams }) {
  const scope = await requireTenant();
  const query = await readQuery(searchParams, usagePageInput);
  const asked = usageInput.safeParse({ from: query.from, to: query.to });
  const now = currentTime();
  const range = asked.success ? asked.data : thisMonth(now);
  const groupBy = query.by ?? "agent";
  const { rows, total, byDay } = await usageReport(scope, range, groupBy);
  const { inputTokens, outputTokens, embeddingTokens, runs } = total;
  const exportHref = `/app/usage/export?from=${range.from}&to=${range.to}&by=${groupBy}`;
  return (
    <>
      <PageHeader
        title="Usage"
        description="What your agents, workflows and documents used, at your prices. Days are UTC, as on the invoice."
        actions={
          <Button asChild variant="outline">
            <a href={exportHref} download>
              Export CSV
            </a>
          </Button>
        }
      />
      <RangeForm
        range={range}
        presets={usagePresets(now)}
        groupBy={groupBy}
        error={asked.success || !query.from ? null : (asked.error.issues[0]?.message ?? null)}
      />
      {rows.length === 0 ? (
        <EmptyState
          icon={ChartColumn}
          title="Nothing was used in these days"
          action={
            <Button asChild>
              <Link href="/app/agents">Run an agent</Link>
            </Button>
          }
        >
          Every model call, every embedded document and every workflow node appears here the moment it
          happened, with its price.
        </EmptyState>
      ) : (
        <div className="grid gap-6">
          <StatGrid>
            <StatTile
              label="Cost"
              value={<Money numeric={total.cost} />}
              note={
                <>
                  <Day day={range.from} /> to <Day day={range.to} />
                </>
              }
            />
            <StatTile label="Runs" value={formatCount(runs)} note="that used something" />
            <StatTile
              label="Tokens"
              value={formatCount(inputTokens + outputTokens + embeddingTokens)}
              note="read, written and embedded"
            />
          </StatGrid>
          <Card>
            <CardHeader>
              <CardTitle>Cost by day</CardTitle>
            </CardHeader>
            <CardContent className="pt-3">
              <BarsByDay
                title="Cost by day"
                kind="money"
                points={everyDay(range, byDay)}
                series={[{ key: "cost", label: "Cost" }]}
              />
            </CardContent>
          </Card>
          <section>
            <SectionHeader title="Where it went" />
            <GroupTabs current={groupBy} groups={USAGE_GROUPS} range={range} />
            <UsageTable rows={rows} groupBy={groupBy} total={total} />
          </section>
        </div>
      )}
    </>
  );
}
