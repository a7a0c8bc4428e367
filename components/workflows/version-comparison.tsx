import { ArrowRight } from "lucide-react";
import { FilterSelect } from "@/components/shared/filter-select";
import { VersionDiff } from "@/components/workflows/version-diff";
import type { VersionDiffDto } from "@/lib/workflows/diff-queries";
import type { WorkflowVersionSummary } from "@/lib/workflows/version-queries";

/** Two versions to choose, and what changed from the first to the second. */
export function VersionComparison({
  versions,
  compared: { from, to, diff },
}: {
  versions: readonly WorkflowVersionSummary[];
  compared: VersionDiffDto;
}) {
  // An address may name versions of another page of the list.
  const elsewhere = [from, to]
    .filter(({ id }) => id !== "draft" && !versions.some((version) => version.id === id))
    .map(({ id, version }) => ({ value: id, label: `Version ${version}` }));
  const options = [
    { value: "draft", label: "The draft" },
    ...versions.map(({ id, version, isPublished }) => ({
      value: id,
      label: `Version ${version}${isPublished ? " (published)" : ""}`,
    })),
    ...new Map(elsewhere.map((option) => [option.value, option])).values(),
  ];
  return (
    <>
      <div className="mb-4 flex flex-wrap items-center gap-2">
        <FilterSelect param="from" label="From" options={options} fallback={from.id} />
        <ArrowRight className="size-4 shrink-0 text-muted-foreground max-sm:hidden" aria-hidden="true" />
        <FilterSelect param="to" label="To" options={options} fallback={to.id} />
      </div>
      <VersionDiff diff={diff} />
    </>
  );
}
