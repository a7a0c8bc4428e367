import { ChevronDown } from "lucide-react";
import { STATUS_LABELS, TRIGGER_LABELS } from "@/components/runs/labels";
import { FilterInput } from "@/components/shared/filter-input";
import { FilterSelect, Toolbar } from "@/components/shared/filter-select";
import { SearchInput } from "@/components/shared/search-input";
import { MAX_PAGE_SIZE, PAGE_SIZE } from "@/lib/paging";
import { RUN_STATUSES, RUN_TRIGGERS, type RunFilter } from "@/lib/runs/input";

const STATUSES = RUN_STATUSES.map((value) => ({ value, label: STATUS_LABELS[value] }));
// Runs that other runs start are parts of these and not listed.
const TRIGGERS = RUN_TRIGGERS.filter((value) => value !== "workflow").map((value) => ({
  value,
  label: TRIGGER_LABELS[value],
}));

const PAGE_SIZES = [50, MAX_PAGE_SIZE].map((size) => ({ value: String(size), label: `${size} a page` }));

type Named = { readonly id: string; readonly name: string };

/** Everything that narrows the list of runs; what is needed less often is folded away until it is used. */
export function RunFilters({
  filter,
  workflows,
  agents,
  people,
}: {
  filter: RunFilter;
  workflows: readonly Named[];
  agents: readonly Named[];
  people: readonly Named[];
}) {
  const { startedBy, from, to, minCost, maxCost } = filter;
  const isNarrowed = Boolean(startedBy || from || to || minCost || maxCost);
  return (
    <>
      <Toolbar>
        <SearchInput label="Search runs, data, errors" />
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
      <details className="group mb-4" open={isNarrowed}>
        <summary className="inline-flex cursor-pointer select-none items-center gap-1.5 rounded-sm text-muted-foreground text-sm hover:text-foreground [&::-webkit-details-marker]:hidden">
          <ChevronDown
            className="size-4 -rotate-90 transition-transform group-open:rotate-0"
            aria-hidden="true"
          />
          Person, time and cost
        </summary>
        <div className="mt-3 flex flex-wrap items-start gap-2">
          <FilterSelect
            param="startedBy"
            label="Started by"
            options={choices(people)}
            allLabel="By anybody"
            className="sm:mt-5"
          />
          <FilterInput
            param="from"
            label="From (UTC)"
            type="date"
            className="w-40 max-sm:w-[calc(50%-0.25rem)]"
          />
          <FilterInput
            param="to"
            label="To (UTC)"
            type="date"
            className="w-40 max-sm:w-[calc(50%-0.25rem)]"
          />
          <FilterInput
            param="minCost"
            label="Cost from, $"
            type="amount"
            placeholder="0"
            className="w-40 max-sm:w-[calc(50%-0.25rem)]"
          />
          <FilterInput
            param="maxCost"
            label="Cost to, $"
            type="amount"
            placeholder="Any"
            className="w-40 max-sm:w-[calc(50%-0.25rem)]"
          />
        </div>
      </details>
    </>
  );
}

/** How many runs are on a page: what is chosen together is on one. */
export function RunsOnPage() {
  return (
    <FilterSelect
      param="limit"
      label="Runs on a page"
      options={PAGE_SIZES}
      allLabel={`${PAGE_SIZE} a page`}
      className="w-auto"
    />
  );
}

function choices(items: readonly Named[]) {
  return items.map(({ id, name }) => ({ value: id, label: name }));
}
