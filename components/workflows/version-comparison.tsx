import { ArrowRight } from "lucide-react";
import { FilterSelect } from "@/components/shared/filter-select";
import { VersionDiff } from "@/components/workflows/version-diff";
import type { GraphDiff } from "@/lib/workflows/diff";
import type { WorkflowVersionSummary } from "@/lib/workflows/queries";

/** Two versions to choose, and what changed from the first to the second. */
export function VersionComparison({
  versions,
  compared,
  diff,
}: {
  versions: readonly WorkflowVersionSummary[];
  compared: { readonly from: string; readonly to: string };
  diff: GraphDiff;
}) {
  const options = [
    { value: "draft", label: "The draft" },
    ...versions.map(({ id, version, isPublished }) => ({
      value: id,
      label: `Version ${version}${isPublished ? " (published)" : ""}`,
    })),
  ];
  return (
    <>
      <div className="mb-4 flex flex-wrap items-center gap-2">
        <FilterSelect param="from" label="From" options={options} fallback={compared.from} />
        <ArrowRight className="size-4 shrink-0 text-muted-foreground max-sm:hidden" aria-hidden="true" />
        <FilterSelect param="to" label="To" options={options} fallback={compared.to} />
      </div>
      <VersionDiff diff={diff} />
    </>
  );
}
