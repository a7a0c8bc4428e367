import { ActionButton } from "@/components/shared/action-button";
import { RelativeTime } from "@/components/shared/relative-time";
import { StatusBadge } from "@/components/shared/status-badge";
import { Link } from "@/components/ui/link";
import { Table, TableBody, TableCell, TableHead, TableHeader, TableRow } from "@/components/ui/table";
import type { FailedJob, OpenJob } from "@/lib/admin/queries/jobs";
import type { ServerAction } from "@/lib/result";
import { jobName } from "./job-name";

type RunAction = ServerAction<{ runId: string }>;

/** Jobs that go on, the oldest first: one that hangs is at the top. */
export function OpenJobTable({ jobs, cancel }: { jobs: readonly OpenJob[]; cancel: RunAction }) {
  return (
    <Table>
      <TableHeader>
        <TableRow>
          <TableHead>Job</TableHead>
          <TableHead>For</TableHead>
          <TableHead>State</TableHead>
          <TableHead>Begun</TableHead>
          <TableHead>
            <span className="sr-only">Cancel</span>
          </TableHead>
        </TableRow>
      </TableHeader>
      <TableBody>
        {jobs.map((job) => (
          <TableRow key={job.runId}>
            <JobCell job={job} />
            <ForCell job={job} />
            <TableCell>
              <StateOf job={job} />
            </TableCell>
            <TableCell>
              <RelativeTime value={job.createdAt} />
            </TableCell>
            <TableCell className="text-right">
              <CancelButton job={job} cancel={cancel} />
            </TableCell>
          </TableRow>
        ))}
      </TableBody>
    </Table>
  );
}

function JobCell({ job }: { job: OpenJob | FailedJob }) {
  return (
    <TableCell>
      <span className="whitespace-nowrap font-medium">{jobName(job.functionId)}</span>
      <span className="block whitespace-nowrap font-mono text-muted-foreground text-xs" title={job.runId}>
        {job.runId.slice(0, 13)}
      </span>
    </TableCell>
  );
}

/** Whose work it is, and what of theirs. */
function ForCell({ job }: { job: OpenJob | FailedJob }) {
  const { tenantId, executionId, documentId } = job.about;
  if (!tenantId) return <TableCell className="text-muted-foreground">the platform</TableCell>;
  return (
    <TableCell className="min-w-36">
      <Link href={`/admin/tenants/${tenantId}`} className="wrap-anywhere rounded-sm hover:underline">
        {job.tenantName ?? tenantId}
      </Link>
      {executionId ? (
        <Link
          href={`/admin/runs/${executionId}`}
          className="block w-fit whitespace-nowrap rounded-sm text-brand text-xs hover:underline"
        >
          Run {executionId.slice(0, 13)}
        </Link>
      ) : null}
      {documentId ? (
        <span className="block whitespace-nowrap text-muted-foreground text-xs">
          Document {documentId.slice(0, 13)}
        </span>
      ) : null}
    </TableCell>
  );
}

function StateOf({ job }: { job: OpenJob }) {
  if (job.attempt > 0) {
    return (
      <>
        <StatusBadge status="retrying" />
        <span className="mt-1 block whitespace-nowrap text-muted-foreground text-xs">
          try {job.attempt + 1}
          {job.dueAt && !job.isWorking ? (
            <>
              {", "}
              <RelativeTime value={job.dueAt} />
            </>
          ) : null}
        </span>
      </>
    );
  }
  if (job.isWorking) return <StatusBadge status="running" />;
  return <StatusBadge status={job.dueAt ? "queued" : "waiting"} />;
}

function cancelWords({ executionId, documentId }: OpenJob["about"]): string {
  if (executionId)
    return "The run of the workspace that it works for does not end by this: some minutes later it is found and driven on by a new job. To end the run, cancel it in its workspace.";
  if (documentId) return "The document has failed by this. It is tried again on its page in the workspace.";
  return "It ends here and cannot be taken up again.";
}

function CancelButton({ job, cancel }: { job: OpenJob; cancel: RunAction }) {
  const { executionId } = job.about;
  const name = jobName(job.functionId);
  return (
    <ActionButton
      action={cancel}
      input={{ runId: job.runId }}
      size="sm"
      variant="ghost"
      aria-label={`Cancel ${name} ${job.runId}`}
      successMessage={`${name} is cancelled.`}
      confirm={{
        title: `Cancel ${name}?`,
        description: cancelWords(job.about),
        losses: [
          "The answer of what is worked on at this moment is dropped.",
          ...(executionId ? [] : ["What it had still to do is not done."]),
        ],
        confirmLabel: "Cancel job",
        destructive: true,
      }}
    >
      Cancel
    </ActionButton>
  );
}

/** Jobs that gave up, the latest first. */
export function FailureTable({ failures, retry }: { failures: readonly FailedJob[]; retry: RunAction }) {
  return (
    <Table>
      <TableHeader>
        <TableRow>
          <TableHead>Job</TableHead>
          <TableHead>For</TableHead>
          <TableHead>Reason</TableHead>
          <TableHead>Failed</TableHead>
          <TableHead>
            <span className="sr-only">Try again</span>
          </TableHead>
        </TableRow>
      </TableHeader>
      <TableBody>
        {failures.map((job) => (
          <TableRow key={job.runId}>
            <JobCell job={job} />
            <ForCell job={job} />
            <TableCell className="wrap-anywhere min-w-72">
              <span className="line-clamp-4 text-[0.8125rem]" title={job.message}>
                {job.message || "It gave no reason."}
              </span>
            </TableCell>
            <TableCell>
              <RelativeTime value={job.endedAt} />
            </TableCell>
            <TableCell className="text-right">
              <RetryButton job={job} retry={retry} />
            </TableCell>
          </TableRow>
        ))}
      </TableBody>
    </Table>
  );
}

function retryWords({ executionId, documentId }: FailedJob["about"]): string {
  if (executionId)
    return "A run of a workspace that has failed stays failed: it is resumed on its own page in the workspace.";
  if (documentId)
    return "A document that has failed stays failed: it is tried again on its page in the workspace.";
  return "What was done already is not done twice.";
}

function RetryButton({ job, retry }: { job: FailedJob; retry: RunAction }) {
  const name = jobName(job.functionId);
  if (job.retriedAs) {
    return <span className="whitespace-nowrap text-muted-foreground text-xs">Tried again</span>;
  }
  return (
    <ActionButton
      action={retry}
      input={{ runId: job.runId }}
      size="sm"
      variant="outline"
      aria-label={`Try ${name} ${job.runId} again`}
      successMessage={`${name} is tried again.`}
      confirm={{
        title: `Try ${name} again?`,
        description: `A new job is started for the same event. ${retryWords(job.about)}`,
        confirmLabel: "Try again",
      }}
    >
      Try again
    </ActionButton>
  );
}
