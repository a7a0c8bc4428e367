import type { EditorPlace } from "@/lib/runs/editor-places";

/** The editor of a workflow with a run of it laid over it. */
export function editorHref({ workflowId, executionId }: EditorPlace): string {
  return `/app/workflows/${workflowId}?run=${executionId}`;
}
