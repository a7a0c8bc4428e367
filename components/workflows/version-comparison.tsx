import { VersionPair } from "@/components/shared/version-pair";
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
  const options = [
    { value: "draft", label: "The draft" },
    ...versions.map(({ id, version, isPublished }) => ({
      value: id,
      label: `Version ${version}${isPublished ? " (published)" : ""}`,
    })),
  ];
  return (
    <>
      <VersionPair options={options} from={from} to={to} />
      <VersionDiff diff={diff} />
    </>
  );
}
