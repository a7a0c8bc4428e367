import { Bot, Plus } from "lucide-react";
import type { Metadata } from "next";
import { AgentTable } from "@/components/agents/agent-table";
import { CursorPager } from "@/components/shared/data-table";
import { EmptyState } from "@/components/shared/empty-state";
import { FilterSelect, Toolbar } from "@/components/shared/filter-select";
import { NothingFits } from "@/components/shared/nothing-fits";
import { PageHeader } from "@/components/shared/page-header";
import { SearchInput } from "@/components/shared/search-input";
import { Button } from "@/components/ui/button";
import { Link } from "@/components/ui/link";
import { listAgentsInput } from "@/lib/agents/input";
import { listAgents } from "@/lib/agents/queries";
import { denial } from "@/lib/auth/authorize";
import { requireTenant } from "@/lib/auth/scope";
import { listModels } from "@/lib/models/queries";
import { readQuery, type SearchParams } from "@/lib/query";
import { duplicateAgentAction, setAgentActiveAction, workflowsAskingAction } from "./actions";

export const metadata: Metadata = { title: "Agents" };

const STATUSES = [
  { value: "active", label: "Active" },
  { value: "inactive", label: "Inactive" },
];

export default async function AgentsPage({ searchParams }: { searchParams: SearchParams }) {
  const scope = await requireTenant();
  const query = await readQuery(searchParams, listAgentsInput);
  const [{ items, nextCursor }, models] = await Promise.all([listAgents(scope, query), listModels(scope)]);
  const isFiltered = Boolean(query.q || query.status || query.cursor);
  const modelNames = Object.fromEntries(models.map((model) => [model.modelKey, model.modelName]));
  const canCreate = denial(scope, "agent.create") === null;
  return (
    <>
      <PageHeader
        title="Agents"
        description="Your AI staff. Each has a role, a model, tools, and the documents it may read."
        actions={canCreate && (items.length > 0 || isFiltered) ? <NewAgentButton /> : null}
      />
      {items.length === 0 && !isFiltered ? (
        <EmptyState icon={Bot} title="Hire your first agent" action={canCreate ? <NewAgentButton /> : null}>
          Say in your own words what it does, pick a model, and try it in the playground. Later, chain agents
          into workflows that run by themselves.
        </EmptyState>
      ) : (
        <>
          <Toolbar>
            <SearchInput label="Search agents" />
            <FilterSelect param="status" label="Status" options={STATUSES} allLabel="Any status" />
          </Toolbar>
          {items.length === 0 ? (
            <NothingFits what="agent" />
          ) : (
            <>
              <AgentTable
                agents={items}
                modelNames={modelNames}
                canEdit={denial(scope, "agent.update") === null}
                duplicateAction={duplicateAgentAction}
                setActiveAction={setAgentActiveAction}
                askingAction={workflowsAskingAction}
              />
              <CursorPager nextCursor={nextCursor} />
            </>
          )}
        </>
      )}
    </>
  );
}

function NewAgentButton() {
  return (
    <Button asChild>
      <Link href="/app/agents/new">
        <Plus aria-hidden="true" />
        New agent
      </Link>
    </Button>
  );
}
