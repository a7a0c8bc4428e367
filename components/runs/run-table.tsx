import { Bot, Workflow } from "lucide-react";
import type { ReactNode } from "react";
import { RowLink } from "@/components/shared/data-table";
import { DateTime } from "@/components/shared/date-time";
import { formatDuration } from "@/components/shared/format";
import { Money } from "@/components/shared/money";
import { RelativeTime } from "@/components/shared/relative-time";
import { StatusBadge } from "@/components/shared/status-badge";
import { Checkbox } from "@/components/ui/checkbox";
import { Link } from "@/components/ui/link";
import { Table, TableBody, TableCell, TableHead, TableHeader, TableRow } from "@/components/ui/table";
import { cn } from "@/lib/cn";
import type { RunLine } from "@/lib/runs/queries";
import type { RunSummary } from "@/lib/runs/run-columns";
import {
  askingWords,
  MODE_LABELS,
  MONEY_WORDS,
  retryingWords,
  shownRunStatus,
  TRIGGER_LABELS,
} from "./labels";

function durationOf({ startedAt, completedAt }: RunSummary): string {
  if (!startedAt || !completedAt) return "–";
  return formatDuration(completedAt.getTime() - startedAt.getTime());
}

/** Which runs are chosen, where some can be. */
export type RunChoice = {
  readonly chosen: ReadonlySet<string>;
  readonly onChoose: (ids: readonly string[], isChosen: boolean) => void;
};

/** Runs, each leading to its trace. */
export function RunTable({ runs, choice }: { runs: readonly RunLine[]; choice?: RunChoice }) {
  return (
    <Table folds>
      <TableHeader>
        <TableRow>
          {choice ? (
            <TableHead data-kept className="w-10 max-sm:flex max-sm:items-center max-sm:gap-2">
              <ChooseAll runs={runs} choice={choice} />
              <span className="sm:hidden" aria-hidden="true">
                All of this page
              </span>
            </TableHead>
          ) : null}
          <TableHead>Run</TableHead>
          <TableHead>Status</TableHead>
          <TableHead>Started</TableHead>
          <TableHead numeric>Duration</TableHead>
          <TableHead numeric>Cost</TableHead>
        </TableRow>
      </TableHeader>
      <TableBody>
        {runs.map((run) => (
          <TableRow key={run.id} data-state={choice?.chosen.has(run.id) ? "selected" : undefined}>
            {choice ? (
              <TableCell className="max-sm:absolute max-sm:top-2 max-sm:right-0 max-sm:z-10">
                <Checkbox
                  className="z-10"
                  aria-label={`Choose the run of ${run.name}, ${run.id.slice(0, 13)}`}
                  checked={choice.chosen.has(run.id)}
                  onCheckedChange={(checked) => choice.onChoose([run.id], checked === true)}
                />
              </TableCell>
            ) : null}
            <TableCell className={cn("min-w-52 max-w-96", choice && "max-sm:mr-10")}>
              <RunName run={run} />
            </TableCell>
            <TableCell label="Status">
              <StatusBadge status={shownRunStatus(run)} />
              <WhyNot run={run} />
            </TableCell>
            <TableCell label="Started" className="whitespace-nowrap text-muted-foreground">
              <RelativeTime value={run.createdAt} />
              <span className="block text-xs">
                {TRIGGER_LABELS[run.trigger]}
                {run.startedByName ? `, ${run.startedByName}` : ""}
              </span>
            </TableCell>
            <TableCell label="Duration" numeric>
              {durationOf(run)}
            </TableCell>
            <TableCell label="Cost" numeric>
              <Money micros={run.costMicros} className="relative" />
            </TableCell>
          </TableRow>
        ))}
      </TableBody>
    </Table>
  );
}

/** Why it does not go on at this moment. */
function WhyNot({ run: { asking, retrying, waiting } }: { run: RunLine }) {
  return (
    <>
      {asking ? <Why>{askingWords(asking)}</Why> : null}
      {retrying ? <Why>{retryingWords(retrying, { one: "A step", many: "steps" })}</Why> : null}
      {waiting && "money" in waiting ? <Why>{MONEY_WORDS[waiting.money]}</Why> : null}
      {waiting && "until" in waiting ? (
        <Why>
          Goes on by itself at <DateTime value={waiting.until} />.
        </Why>
      ) : null}
    </>
  );
}

function Why({ children }: { children: ReactNode }) {
  return (
    <span className="wrap-anywhere mt-1 line-clamp-3 max-w-64 text-muted-foreground text-xs">{children}</span>
  );
}

function ChooseAll({ runs, choice }: { runs: readonly RunSummary[]; choice: RunChoice }) {
  const count = runs.filter((run) => choice.chosen.has(run.id)).length;
  return (
    <Checkbox
      aria-label="Choose all runs of this page"
      checked={count === 0 ? false : count === runs.length ? true : "indeterminate"}
      onCheckedChange={(checked) =>
        choice.onChoose(
          runs.map((run) => run.id),
          checked === true,
        )
      }
    />
  );
}

function RunName({ run }: { run: RunSummary }) {
  const Icon = run.workflowId ? Workflow : Bot;
  const mode = MODE_LABELS[run.mode];
  return (
    <>
      <RowLink href={`/app/runs/${run.id}`} className="wrap-anywhere inline-flex items-center gap-2">
        <Icon className="size-4 shrink-0 text-muted-foreground" aria-hidden="true" />
        <span className="sr-only">{run.workflowId ? "Workflow" : "Agent"}</span>
        {run.name}
      </RowLink>
      <span className="wrap-anywhere line-clamp-2 text-muted-foreground text-xs">
        {run.errorMessage ?? <span className="font-mono">{run.id.slice(0, 13)}</span>}
      </span>
      {mode ? (
        <span className="block text-muted-foreground text-xs">
          {mode}
          {run.sourceExecutionId ? (
            <Link
              href={`/app/runs/${run.sourceExecutionId}`}
              className="relative ml-1 rounded-sm font-mono underline-offset-2 hover:underline"
            >
              {run.sourceExecutionId.slice(0, 13)}
            </Link>
          ) : null}
        </span>
      ) : null}
    </>
  );
}
