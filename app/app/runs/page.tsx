import { ListChecks, SearchX } from "lucide-react";
import type { Metadata } from "next";
import Link from "next/link";
import { STATUS_LABELS, TRIGGER_LABELS } from "@/components/runs/labels";
import { RunTable } from "@/components/runs/run-table";
import { CursorPager } from "@/components/shared/data-table";
import { EmptyState } from "@/components/shared/empty-state";
import { FilterSelect, Toolbar } from "@/components/shared/filter-select";
import { LiveRefresh } from "@/components/shared/live-refresh";
import { PageHeader } from "@/components/shared/page-header";
import { SearchInput } from "@/components/shared/search-input";
import { Button } from "@/components/ui/button";
import { listAgentChoices } from "@/lib/agents/queries";
import { requireTenant } from "@/lib/auth/scope";
import { readQuery, type SearchParams } from "@/lib/query";
import { isFinished, listRunsInput, RUN_STATUSES, RUN_TRIGGERS } from "@/lib/runs/input";
import { listRuns } from "@/lib/runs/queries";
import { listWorkflowChoices } from "@/lib/workflows/queries";

export const metadata: Metadata = { title: "Runs" };

const STATUSES = RUN_STATUSES.map((value) => ({ value, label: STATUS_LABELS[value] }));
const TRIGGERS = RUN_TRIGGERS.map((value) => ({ value, label: TRIGGER_LABELS[value] }));

export default async function RunsPage({ searchParams }: { searchParams: SearchParams }) {
  const scope = await requireTenant();
  const query = await readQuery(searchParams, listRunsInput);
  const [{ items, nextCursor }, workflows, agents] = await Promise.all([
    listRuns(scope, query),
    listWorkflowChoices(scope),
    listAgentChoices(scope),
  ]);
  const { q, status, trigger, workflowId, agentId, cursor } = query;
  const isFiltered = Boolean(q || status || trigger || workflowId || agentId || cursor);
  return (
    <>
      <PageHeader
        title="Runs"
        description="Everything your agents and workflows did: what each step was given, gave, took and cost."
      />
      <LiveRefresh active={items.some((run) => !isFinished(run.status))} />
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
          <Toolbar>
            <SearchInput label="Search by name or id" />
            <FilterSelect param="status" label="Status" options={STATUSES} allLabel="Any status" />
            <FilterSelect param="trigger" label="Started from" options={TRIGGERS} allLabel="From anywhere" />
            <FilterSelect
              param="workflowId"
              label="Workflow"
              options={choices(workflows)}
              allLabel="Any workflow"
            />
            <FilterSelect param="agentId" label="Agent" options={choices(agents)} allLabel="Any agent" />
          </Toolbar>
          {items.length === 0 ? (
            <EmptyState icon={SearchX} title="No run fits">
              Change the search or the filters to see others.
            </EmptyState>
          ) : (
            <RunTable runs={items} />
          )}
          <CursorPager nextCursor={nextCursor} />
        </>
      )}
    </>
  );
}

function choices(items: readonly { id: string; name: string }[]) {
  return items.map(({ id, name }) => ({ value: id, label: name }));
}
