import { z } from "zod";
import { fieldError } from "@/lib/errors";
import { outsideProblem } from "@/lib/outside-value";
import { plainProblem } from "@/lib/plain-problem";
import type { Graph } from "./graph";
import { workflowDescription, workflowName } from "./input";
import { isRecord } from "./kind";

const FORMAT = "workflow/1";

/** What is used by a file's workflow, by its id there: only the names, so that it can be found elsewhere. */
const names = z.record(z.uuid(), z.string().max(255)).default({});

const workflowFile = z.strictObject({
  format: z.literal(FORMAT),
  name: workflowName,
  description: workflowDescription,
  /** Checked by `parseGraph`. */
  graph: z.unknown(),
  uses: z.strictObject({ agents: names, workflows: names, documents: names, credentials: names }),
});

export type WorkflowFile = z.output<typeof workflowFile>;

/** A workflow as a file, to keep, compare or take elsewhere. Without pinned outputs, which are somebody's data. */
export function writeWorkflowFile({
  graph,
  ...file
}: Omit<WorkflowFile, "format" | "graph"> & { graph: Graph }): string {
  const nodes = graph.nodes.map(({ pin: _, ...node }) => node);
  return `${JSON.stringify({ format: FORMAT, ...file, graph: { ...graph, nodes } }, null, 2)}\n`;
}

/**
 * Reads such a file; its graph is still to be checked.
 * @throws AppError `invalid`, beside the field `file`
 */
export function readWorkflowFile(text: string): WorkflowFile {
  const value = parseJson(text);
  const problem = outsideProblem(value);
  if (problem)
    throw fieldError("file", [problem.path.join("."), problem.sentence].filter(Boolean).join(": "));
  if (!isRecord(value) || value.format !== FORMAT)
    throw fieldError("file", "This is not the file of a workflow, as “Save as file” in its menu makes one.");
  const read = workflowFile.safeParse(value, { error: plainProblem });
  if (read.success) return read.data;
  const [issue] = read.error.issues;
  const at = issue?.path.join(".");
  throw fieldError("file", `The file cannot be read. ${at ? `${at}: ` : ""}${issue?.message}`);
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
