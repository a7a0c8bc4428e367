import type { Metadata } from "next";
import { JobAlerts, QueueFigures } from "@/components/admin/job-figures";
import { LaneTable } from "@/components/admin/job-lanes";
import { ProcessAlerts, ProcessTable } from "@/components/admin/job-processes";
import { FailureTable, OpenJobTable } from "@/components/admin/job-runs";
import { BacklogFigures, BacklogTable } from "@/components/admin/run-backlog";
import { ActionButton } from "@/components/shared/action-button";
import { LiveRefresh } from "@/components/shared/live-refresh";
import { PageHeader, SectionHeader } from "@/components/shared/page-header";
import { Alert } from "@/components/ui/alert";
import { Button } from "@/components/ui/button";
import { getJobs, type Jobs, listRunBacklog } from "@/lib/admin/queries/jobs";
import { requirePlatform } from "@/lib/auth/scope";
import { cancelJobAction, pauseJobAction, purgeJobsAction, resumeJobAction, retryJobAction } from "./actions";

export const metadata: Metadata = { title: "Jobs" };

export default async function JobsPage() {
  const scope = await requirePlatform();
  const [jobs, backlog] = await Promise.all([getJobs(scope), listRunBacklog(scope)]);
  return (
    <>
      <PageHeader
        title="Jobs"
        description="The durable work behind runs, documents, mail and sweeps."
        actions={
          <>
            {jobs ? <PurgeButton stats={jobs.stats} /> : null}
            <Button asChild variant="outline">
              <a href="/admin/jobs">Read again</a>
            </Button>
          </>
        }
      />
      <LiveRefresh
        active={jobs !== null && jobs.stats.queueDepth + jobs.stats.leased + jobs.stats.unroutedEvents > 0}
      />
      <div className="grid grid-cols-[minmax(0,1fr)] gap-8">
        {jobs ? (
          <EmbeddedJobs jobs={jobs} />
        ) : (
          <Alert title="Inngest runs the jobs of this installation">
            Its queue and failures, and what pauses, retries and cancels, are on the pages of your Inngest
            server or account. Below is what this installation's own database knows of runs.
          </Alert>
        )}
        <section className="grid grid-cols-[minmax(0,1fr)] gap-3">
          <SectionHeader
            title="Runs of workspaces"
            description="What was started, also while its workspace's limits hold it back."
          />
          {jobs ? null : <BacklogFigures backlog={backlog} />}
          <BacklogTable backlog={backlog} />
        </section>
      </div>
    </>
  );
}

function EmbeddedJobs({ jobs }: { jobs: Jobs }) {
  return (
    <>
      <JobAlerts {...jobs} />
      <ProcessAlerts processes={jobs.processes} now={new Date()} />
      <QueueFigures stats={jobs.stats} />
      <section>
        <SectionHeader title="By job and tenant" description="Who waits, and what was held or failed." />
        <LaneTable
          functions={jobs.functions}
          lanes={jobs.lanes}
          actions={{ pause: pauseJobAction, resume: resumeJobAction }}
        />
      </section>
      <section>
        <SectionHeader
          title="Processes"
          description="Who works on jobs. While one stands still it answers nobody and keeps no time limit."
        />
        {jobs.processes.length === 0 ? (
          <Nothing>No process works on jobs: start the server or a worker.</Nothing>
        ) : (
          <ProcessTable processes={jobs.processes} />
        )}
      </section>
      <section>
        <SectionHeader
          title="Recent failures"
          description="Jobs that gave up after their retries. The latest first, behind them what was tried again; 25 at most."
        />
        {jobs.failures.length === 0 ? (
          <Nothing>Nothing has failed.</Nothing>
        ) : (
          <FailureTable failures={jobs.failures} retry={retryJobAction} />
        )}
      </section>
      <section>
        <SectionHeader title="Under way" description="The oldest first, 25 at most." />
        {jobs.open.length === 0 ? (
          <Nothing>No job is under way.</Nothing>
        ) : (
          <OpenJobTable jobs={jobs.open} cancel={cancelJobAction} />
        )}
      </section>
    </>
  );
}

function Nothing({ children }: { children: string }) {
  return (
    <p className="rounded-lg border border-dashed px-4 py-6 text-muted-foreground text-sm">{children}</p>
  );
}

function PurgeButton({ stats }: { stats: Jobs["stats"] }) {
  return (
    <ActionButton
      action={purgeJobsAction}
      input={{}}
      variant="outline"
      successMessage="The ended jobs are purged."
      confirm={{
        title: "Purge ended jobs now?",
        description: `They are purged by age anyway. Runs, documents and their records stay; ${stats.failedRuns} failed in the last 24 hours.`,
        losses: ["The list of recent failures, and the chance to try them again."],
        confirmLabel: "Purge",
        destructive: true,
      }}
    >
      Purge ended
    </ActionButton>
  );
}
