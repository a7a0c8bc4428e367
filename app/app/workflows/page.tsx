import { Workflow } from "lucide-react";
import type { Metadata } from "next";
import { CursorPager } from "@/components/shared/data-table";
import { EmptyState } from "@/components/shared/empty-state";
import { FilterSelect, Toolbar } from "@/components/shared/filter-select";
import { NothingFits } from "@/components/shared/nothing-fits";
import { PageHeader } from "@/components/shared/page-header";
import { SearchInput } from "@/components/shared/search-input";
import { CreateDialog } from "@/components/workflows/create-dialog";
import { StarterTemplates } from "@/components/workflows/starter-templates";
import { WorkflowTable } from "@/components/workflows/workflow-table";
import { denial } from "@/lib/auth/authorize";
import { requireTenant } from "@/lib/auth/scope";
import { readQuery, type SearchParams } from "@/lib/query";
import { listWorkflowsInput } from "@/lib/workflows/input";
import { listWorkflows } from "@/lib/workflows/queries";
import {
  callersAction,
  createWorkflowAction,
  deleteWorkflowAction,
  duplicateWorkflowAction,
  importWorkflowAction,
  renameWorkflowAction,
  setWorkflowActiveAction,
} from "./actions";

const CREATE = { action: createWorkflowAction, importAction: importWorkflowAction };

export const metadata: Metadata = { title: "Workflows" };

const STATUSES = [
  { value: "active", label: "Published and active" },
  { value: "draft", label: "Never published" },
  { value: "inactive", label: "Inactive" },
];

export default async function WorkflowsPage({ searchParams }: { searchParams: SearchParams }) {
  const scope = await requireTenant();
  const query = await readQuery(searchParams, listWorkflowsInput);
  const { items, nextCursor } = await listWorkflows(scope, query);
  const isFiltered = Boolean(query.q || query.status || query.cursor);
  const canCreate = denial(scope, "workflow.create") === null;
  const isEmpty = items.length === 0 && !isFiltered;
  return (
    <>
      <PageHeader
        title="Workflows"
        description="Chain agents, models, documents and decisions, and run the whole with one call."
        actions={canCreate && !isEmpty ? <CreateDialog {...CREATE} /> : null}
      />
      {isEmpty ? (
        <EmptyState
          icon={Workflow}
          title="Build your first workflow"
          action={canCreate ? <CreateDialog {...CREATE} label="Start from nothing" /> : null}
          className="pb-8"
        >
          A workflow takes an input, passes it through your agents and documents, and gives back a result.
          Start from one of these and change what you like.
        </EmptyState>
      ) : (
        <>
          <Toolbar>
            <SearchInput label="Search workflows" />
            <FilterSelect param="status" label="Status" options={STATUSES} allLabel="Any status" />
          </Toolbar>
          {items.length === 0 ? (
            <NothingFits what="workflow" />
          ) : (
            <>
              <WorkflowTable
                workflows={items}
                canEdit={denial(scope, "workflow.update") === null}
                canDelete={denial(scope, "workflow.delete") === null}
                duplicateAction={duplicateWorkflowAction}
                renameAction={renameWorkflowAction}
                setActiveAction={setWorkflowActiveAction}
                deleteAction={deleteWorkflowAction}
                callersAction={callersAction}
              />
              <CursorPager nextCursor={nextCursor} />
            </>
          )}
        </>
      )}
      {canCreate && isEmpty ? <StarterTemplates {...CREATE} /> : null}
    </>
  );
}
