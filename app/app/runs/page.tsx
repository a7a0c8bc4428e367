import { Download, ListChecks } from "lucide-react";
import type { Metadata } from "next";
import { RecentBatches } from "@/components/runs/control/recent-batches";
import { RunList } from "@/components/runs/control/run-list";
import { CursorPager } from "@/components/shared/data-table";
import { DateTime } from "@/components/shared/date-time";
import { EmptyState } from "@/components/shared/empty-state";
import { LiveRefresh } from "@/components/shared/live-refresh";
import { NothingFits } from "@/components/shared/nothing-fits";
import { PageHeader } from "@/components/shared/page-header";
import { Button } from "@/components/ui/button";
import { Link } from "@/components/ui/link";
import { listAgentChoices } from "@/lib/agents/queries";
import { denial } from "@/lib/auth/authorize";
import { requireTenant } from "@/lib/auth/scope";
import { readQuery, type SearchParams } from "@/lib/query";
import { listRecentBatches } from "@/lib/runs/batch-queries";
import { isFinished, type RunFilter, runsQuery, whyNoneFits } from "@/lib/runs/input";
import { listRuns, type RunPage } from "@/lib/runs/queries";
import { listPeopleChoices } from "@/lib/team/queries";
import { listWorkflowChoices } from "@/lib/workflows/queries";
import { RunFilters, RunsOnPage } from "./_components/run-filters";
import {
  cancelRunsAction,
  previewBatchAction,
  replayRunsAction,
  resumeRunsAction,
  startBatchAction,
} from "./actions";

export const metadata: Metadata = { title: "Runs" };

const NOTHING: RunPage = { items: [], nextCursor: null, searchedTo: null };

export default async function RunsPage({ searchParams }: { searchParams: SearchParams }) {
  const scope = await requireTenant();
  const { cursor, limit, ...filter } = await readQuery(searchParams, runsQuery);
  const wrong = whyNoneFits(filter);
  const [page, workflows, agents, people, batches] = await Promise.all([
    wrong ? NOTHING : listRuns(scope, { ...filter, cursor, limit }),
    listWorkflowChoices(scope),
    listAgentChoices(scope),
    listPeopleChoices(scope),
    listRecentBatches(scope),
  ]);
  const { items, nextCursor, searchedTo } = page;
  const isFiltered = Boolean(cursor) || Object.values(filter).some(Boolean);
  return (
    <>
      <PageHeader
        title="Runs"
        description="Everything your agents and workflows did: what each step was given, gave, took and cost."
        actions={
          items.length > 0 ? (
            <Button asChild variant="outline">
              <a href={exportHref(filter)} download>
                <Download aria-hidden="true" />
                Export CSV
              </a>
            </Button>
          ) : null
        }
      />
      <LiveRefresh
        active={
          items.some((run) => !isFinished(run.status)) || batches.some((batch) => batch.status === "running")
        }
      />
      <RecentBatches batches={batches} />
      {items.length === 0 && !isFiltered ? (
        <EmptyState
          icon={ListChecks}
          title="Nothing has run yet"
          action={
            <Button asChild>
              <Link href="/app/workflows">Choose a workflow to run</Link>
            </Button>
          }
        >
          Run a workflow, or ask an agent in its playground. Each run leaves a trace here, with its cost to
          the last token.
        </EmptyState>
      ) : (
        <>
          <RunFilters filter={filter} workflows={workflows} agents={agents} people={people} />
          {items.length === 0 ? (
            wrong ? (
              <NothingFits what="run" title="No run can fit">
                {wrong.message}
              </NothingFits>
            ) : searchedTo ? (
              <NothingFits what="run" title="No run fits so far">
                There are older runs that were not looked through yet: the next page goes on.
              </NothingFits>
            ) : (
              <NothingFits what="run" />
            )
          ) : (
            <RunList
              // What was chosen of one list is not chosen of another.
              key={JSON.stringify(filter)}
              runs={items}
              actions={{
                cancel: denial(scope, "run.cancel") ? null : cancelRunsAction,
                resume: denial(scope, "run.resume") ? null : resumeRunsAction,
                replay: denial(scope, "run.replay") ? null : replayRunsAction,
              }}
              batch={{
                filter,
                hasOthers: Boolean(cursor ?? nextCursor),
                preview: previewBatchAction,
                start: startBatchAction,
              }}
            />
          )}
          {items.length > 0 || searchedTo ? (
            <CursorPager
              nextCursor={nextCursor}
              size={<RunsOnPage />}
              note={
                searchedTo ? (
                  <>
                    Looked through the runs back to <DateTime value={searchedTo} />.
                  </>
                ) : null
              }
            />
          ) : null}
        </>
      )}
    </>
  );
}

/** The same list as a file. */
function exportHref(filter: RunFilter): string {
  const given = Object.entries(filter).filter((entry): entry is [string, string] => Boolean(entry[1]));
  const query = new URLSearchParams(given).toString();
  return `/app/runs/export${query ? `?${query}` : ""}`;
}
