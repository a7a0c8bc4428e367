import { ActionButton } from "@/components/shared/action-button";
import { formatCount, formatDuration } from "@/components/shared/format";
import { StatusBadge } from "@/components/shared/status-badge";
import { Table, TableBody, TableCell, TableHead, TableHeader, TableRow } from "@/components/ui/table";
import type { JobFunction, JobLane } from "@/lib/admin/queries/jobs";
import { cn } from "@/lib/cn";
import type { ServerAction } from "@/lib/result";
import { jobName } from "./job-name";

export type LaneActions = { pause: ServerAction<unknown>; resume: ServerAction<unknown> };

type Figures = Pick<JobLane, "due" | "oldestMs" | "working" | "retrying" | "failed">;
type Row = Figures & {
  functionId: string;
  key: string;
  label: string;
  isPaused: boolean;
  isHeld: boolean;
  /** Tenants that it counts and that have no row of their own. */
  more: number;
};

const QUIET: Figures = { due: 0, oldestMs: 0, working: 0, retrying: 0, failed: 0 };

/** A row for each job, and below it one for each tenant it has something to do for, as far as they are told of. */
function rowsOf({ functionId, isPaused }: JobFunction, lanes: readonly JobLane[]): Row[] {
  const mine = lanes.filter((lane) => lane.functionId === functionId);
  const all = mine.find((lane) => lane.key === "");
  const tenants = mine.filter((lane) => lane.key !== "");
  const label = jobName(functionId);
  return [
    {
      ...(all ?? QUIET),
      functionId,
      key: "",
      label,
      isPaused,
      isHeld: isPaused,
      more: (all?.keys ?? 0) - tenants.length,
    },
    ...tenants.map((lane) => ({ ...lane, label: lane.tenantName ?? lane.key, isHeld: isPaused, more: 0 })),
  ];
}

/** Whose jobs wait, by job and tenant: the first place to look when something is slow, and the place to hold it. */
export function LaneTable({
  functions,
  lanes,
  actions,
}: {
  functions: readonly JobFunction[];
  lanes: readonly JobLane[];
  actions: LaneActions;
}) {
  const isBusy = (job: JobFunction) =>
    job.isPaused || lanes.some((lane) => lane.functionId === job.functionId);
  const busy = functions.filter(isBusy);
  const idle = functions.filter((job) => !isBusy(job));
  return (
    <div className="grid grid-cols-[minmax(0,1fr)] gap-3">
      {busy.length === 0 ? (
        <p className="rounded-lg border border-dashed px-4 py-6 text-muted-foreground text-sm">
          Nothing waits, nothing is worked on, and nothing has failed in the last 24 hours.
        </p>
      ) : (
        <Rows rows={busy.flatMap((job) => rowsOf(job, lanes))} actions={actions} />
      )}
      {idle.length > 0 ? (
        <details>
          <summary className="w-fit cursor-pointer rounded-sm py-1 text-muted-foreground text-sm hover:text-foreground">
            {idle.length} more {idle.length === 1 ? "job has" : "jobs have"} nothing to do
          </summary>
          <div className="mt-2">
            <Rows rows={idle.flatMap((job) => rowsOf(job, []))} actions={actions} />
          </div>
        </details>
      ) : null}
    </div>
  );
}

function Rows({ rows, actions }: { rows: readonly Row[]; actions: LaneActions }) {
  return (
    <Table folds>
      <TableHeader>
        <TableRow>
          <TableHead>Job and tenant</TableHead>
          <TableHead numeric>In the queue</TableHead>
          <TableHead numeric>Oldest</TableHead>
          <TableHead numeric>Worked on</TableHead>
          <TableHead numeric>Tried again</TableHead>
          <TableHead numeric>Failed, 24 h</TableHead>
          <TableHead>
            <span className="sr-only">Pause or resume</span>
          </TableHead>
        </TableRow>
      </TableHeader>
      <TableBody>
        {rows.map((row) => (
          <LaneRow key={`${row.functionId} ${row.key}`} row={row} actions={actions} />
        ))}
      </TableBody>
    </Table>
  );
}

function LaneRow({ row, actions }: { row: Row; actions: LaneActions }) {
  const isTenant = row.key !== "";
  return (
    <TableRow className="[&>td]:py-1.5">
      <TableCell className={cn("min-w-44", isTenant ? "pl-8 text-muted-foreground sm:pl-10" : "font-medium")}>
        <span className="flex flex-wrap items-center gap-x-2 gap-y-1">
          <span className="wrap-anywhere">{row.label}</span>
          {row.isPaused ? <StatusBadge status="paused" /> : null}
        </span>
        {row.more > 0 ? (
          <span className="block font-normal text-muted-foreground text-xs">
            with {formatCount(row.more)} {row.more === 1 ? "tenant" : "tenants"} not listed
          </span>
        ) : null}
      </TableCell>
      <TableCell label="In the queue" numeric>
        {figure(row.due)}
      </TableCell>
      <TableCell label="Oldest" numeric>
        {row.due > 0 ? formatDuration(row.oldestMs) : figure(0)}
      </TableCell>
      <TableCell label="Worked on" numeric>
        {figure(row.working)}
      </TableCell>
      <TableCell label="Tried again" numeric>
        {figure(row.retrying, "text-warning")}
      </TableCell>
      <TableCell label="Failed, 24 h" numeric>
        {figure(row.failed, "text-danger")}
      </TableCell>
      <TableCell className="text-right">
        <PauseButton row={row} actions={actions} />
      </TableCell>
    </TableRow>
  );
}

function figure(count: number, tone?: string) {
  if (count === 0) return <span className="text-muted-foreground">–</span>;
  return <span className={cn(tone && "font-medium", tone)}>{formatCount(count)}</span>;
}

/** Nothing for a tenant's part of a job that is paused as a whole: resuming it would change nothing. */
function PauseButton({ row, actions }: { row: Row; actions: LaneActions }) {
  const what = row.key === "" ? row.label : `${jobName(row.functionId)} of ${row.label}`;
  const input = { functionId: row.functionId, key: row.key };
  if (row.key !== "" && row.isHeld) return null;
  if (row.isPaused) {
    return (
      <ActionButton
        action={actions.resume}
        input={input}
        size="sm"
        variant="outline"
        aria-label={`Resume ${what}`}
        successMessage={`${what} goes on.`}
      >
        Resume
      </ActionButton>
    );
  }
  return (
    <ActionButton
      action={actions.pause}
      input={input}
      size="sm"
      variant="ghost"
      aria-label={`Pause ${what}`}
      successMessage={`${what} is paused.`}
      confirm={{
        title: `Pause ${what}?`,
        description:
          row.key === ""
            ? "No tenant's work of this kind is taken until it is resumed. What is worked on at this moment ends; everything else waits, and nothing is lost."
            : "This tenant's work of this kind waits until it is resumed. What is worked on at this moment ends, and everybody else's goes on.",
        confirmLabel: "Pause",
      }}
    >
      Pause
    </ActionButton>
  );
}
