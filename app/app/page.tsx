import type { Metadata } from "next";
import { Attention } from "@/app/app/_components/attention";
import { FirstSteps } from "@/app/app/_components/first-steps";
import { RecentRuns } from "@/app/app/_components/recent-runs";
import { BarsByDay } from "@/components/shared/chart/charts";
import { Money } from "@/components/shared/money";
import { PageHeader } from "@/components/shared/page-header";
import { StatGrid, StatTile } from "@/components/shared/stat-tile";
import { Card, CardContent, CardDescription, CardHeader, CardTitle } from "@/components/ui/card";
import { denial } from "@/lib/auth/authorize";
import { requireTenant } from "@/lib/auth/scope";
import { getHome, type Home } from "@/lib/tenants/home-queries";

export const metadata: Metadata = { title: "Home" };

export default async function HomePage() {
  const scope = await requireTenant();
  const home = await getHome(scope);
  return (
    <>
      <PageHeader title="Home" description="What your staff did, what it cost, and what needs you." />
      <div className="grid gap-6">
        <Tiles home={home} />
        {denial(scope, "agent.create") ? null : <FirstSteps done={home.firstSteps} />}
        <div className="grid gap-6 lg:grid-cols-[3fr_2fr]">
          <SpendCard spend={home.spend} />
          <Attention attention={home.attention} maySpend={denial(scope, "billing.read") === null} />
        </div>
        <RecentRuns runs={home.recentRuns} />
      </div>
    </>
  );
}

function Tiles({ home: { spend, runs } }: { home: Home }) {
  return (
    <StatGrid>
      <StatTile
        label="Spend this month"
        value={<Money micros={spend.monthMicros} className="relative z-10" />}
        note="Since the 1st, UTC"
        href="/app/usage"
      />
      <StatTile
        label="Runs today"
        value={runs.today}
        note={`${runs.completedToday} completed, ${runs.failedToday} failed`}
        href="/app/runs"
      />
      <StatTile
        label="At work now"
        value={runs.live}
        note={runs.live === 0 ? "Everything is finished" : "Pending, running or waiting"}
        href="/app/runs"
      />
    </StatGrid>
  );
}

function SpendCard({ spend }: { spend: Home["spend"] }) {
  return (
    <Card>
      <CardHeader>
        <CardTitle>Spend by day</CardTitle>
        <CardDescription>The last 14 days, by UTC day</CardDescription>
      </CardHeader>
      <CardContent>
        <BarsByDay
          title="Spend by day over the last 14 days"
          kind="money"
          height={200}
          series={[{ key: "spend", label: "Spend" }]}
          points={spend.byDay.map(({ day, micros }) => ({ at: day, values: { spend: micros.toString() } }))}
        />
      </CardContent>
    </Card>
  );
}
