import "server-only";
import type { z } from "zod";
import type { VersionDiffDto } from "@/lib/workflows/diff-queries";
import type { workflowDiff } from "./operations/versions";

/** What changed between two versions of a workflow, as the API shows it. */
export function versionDiffView({ from, to, diff }: VersionDiffDto): z.input<typeof workflowDiff> {
  const nodes = diff.nodes.map((node) => ({
    ...node,
    fields: node.fields.map(({ lines, ...field }) => ({ ...field, ...(lines ? { lines: [...lines] } : {}) })),
  }));
  return { from, to, isSame: diff.isSame, nodes, edges: [...diff.edges] };
}
