import { formatCount, formatDuration } from "@/components/shared/format";
import { SectionHeader } from "@/components/shared/page-header";
import { StatGrid, StatTile } from "@/components/shared/stat-tile";
import { Alert } from "@/components/ui/alert";
import type { JobStats, Jobs } from "@/lib/admin/queries/jobs";
import { jobName } from "./job-name";

/** Due for longer than this with nobody at work: the engine is not running, or it hangs. */
const STALLED_MS = 30_000;

/** Says that no process works; nothing while one does. */
export function JobStallAlert({ stalledMs }: Pick<Jobs, "stalledMs">) {
  if (stalledMs <= STALLED_MS) return null;
  return (
    <Alert tone="danger" title="Nobody works on what is due" role="alert">
      Runs, documents, mail and schedules have waited for {formatDuration(stalledMs)}. Look whether the server
      or its workers run, and what their logs say.
    </Alert>
  );
}

/** What is wrong, before any figure. Nothing when all is well. */
export function JobAlerts({ stalledMs, functions, lanes }: Pick<Jobs, "stalledMs" | "functions" | "lanes">) {
  const paused = functions.filter((job) => job.isPaused).map((job) => jobName(job.functionId));
  const held = lanes.filter(
    (lane) => lane.key !== "" && lane.isPaused && !paused.includes(jobName(lane.functionId)),
  );
  return (
    <>
      <JobStallAlert stalledMs={stalledMs} />
      {paused.length > 0 || held.length > 0 ? (
        <Alert tone="warning" title="Some work is paused">
          {[
            ...paused,
            ...held.map((lane) => `${jobName(lane.functionId)} of ${lane.tenantName ?? lane.key}`),
          ].join(", ")}
          . It waits until it is resumed.
        </Alert>
      ) : null}
    </>
  );
}

/** The queue now, and what ended in the last day. */
export function QueueFigures({ stats }: { stats: JobStats }) {
  return (
    <div className="grid gap-6">
      <section>
        <SectionHeader title="Now" />
        <StatGrid>
          <StatTile
            label="In the queue"
            value={formatCount(stats.queueDepth)}
            note={
              stats.queueDepth > 0
                ? `oldest due for ${formatDuration(stats.oldestJobAgeMs)}`
                : "nothing is due"
            }
          />
          <StatTile label="Worked on" value={formatCount(stats.leased)} note="at this moment" />
          <StatTile label="Scheduled" value={formatCount(stats.scheduled)} note="sleeps and retries" />
          <StatTile label="Waiting" value={formatCount(stats.waiting)} note="for an event" />
          <StatTile label="Events" value={formatCount(stats.unroutedEvents)} note="to be routed" />
        </StatGrid>
      </section>
      <section>
        <SectionHeader title="Ended in the last 24 hours" />
        <StatGrid>
          <StatTile label="Completed" value={formatCount(stats.completedRuns)} />
          <StatTile
            label="Failed"
            value={
              <span className={stats.failedRuns > 0 ? "text-danger" : undefined}>
                {formatCount(stats.failedRuns)}
              </span>
            }
          />
          <StatTile label="Cancelled" value={formatCount(stats.cancelledRuns)} />
        </StatGrid>
      </section>
    </div>
  );
}
