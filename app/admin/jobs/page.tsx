import { ListChecks } from "lucide-react";
import type { Metadata } from "next";
import { FailureTable, QueueFigures } from "@/components/admin/job-figures";
import { LaneTable } from "@/components/admin/job-lanes";
import { EmptyState } from "@/components/shared/empty-state";
import { LiveRefresh } from "@/components/shared/live-refresh";
import { PageHeader, SectionHeader } from "@/components/shared/page-header";
import { Button } from "@/components/ui/button";
import { getJobStats, listJobLanes } from "@/lib/admin/queries/jobs";
import { requirePlatform } from "@/lib/auth/scope";

export const metadata: Metadata = { title: "Jobs" };

export default async function JobsPage() {
  const scope = await requirePlatform();
  const [stats, lanes] = await Promise.all([getJobStats(scope), listJobLanes(scope)]);
  return (
    <>
      <PageHeader
        title="Jobs"
        description="The durable work behind runs, documents, mail and sweeps."
        actions={
          stats ? (
            <Button asChild variant="outline">
              <a href="/admin/jobs">Read again</a>
            </Button>
          ) : null
        }
      />
      <LiveRefresh active={stats !== null && stats.queueDepth + stats.leased + stats.unroutedEvents > 0} />
      {stats ? (
        <div className="grid grid-cols-[minmax(0,1fr)] gap-8">
          <QueueFigures stats={stats} />
          <section>
            <SectionHeader title="By job and tenant" description="Who waits, the fullest first." />
            {lanes.length === 0 ? (
              <p className="rounded-lg border border-dashed px-4 py-6 text-muted-foreground text-sm">
                Nothing waits and nothing is worked on.
              </p>
            ) : (
              <LaneTable lanes={lanes} />
            )}
          </section>
          <section>
            <SectionHeader title="Recent failures" description="Jobs that gave up after their retries." />
            {stats.recentFailures.length === 0 ? (
              <p className="rounded-lg border border-dashed px-4 py-6 text-muted-foreground text-sm">
                Nothing has failed.
              </p>
            ) : (
              <FailureTable failures={stats.recentFailures} />
            )}
          </section>
        </div>
      ) : (
        <EmptyState icon={ListChecks} title="Inngest runs the jobs of this installation">
          Its queue, runs and failures are on the pages of your Inngest server or account.
        </EmptyState>
      )}
    </>
  );
}
