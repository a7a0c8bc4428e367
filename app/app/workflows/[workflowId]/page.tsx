import type { Metadata } from "next";
import { WorkflowEditor } from "@/components/workflows/editor/editor";
import { listAgentChoices } from "@/lib/agents/queries";
import { requireTenant } from "@/lib/auth/scope";
import { listModels } from "@/lib/models/queries";
import { listDocumentChoices } from "@/lib/workflows/editor-queries";
import { getWorkflow } from "@/lib/workflows/queries";
import {
  loadDraftAction,
  publishWorkflowAction,
  runStepAction,
  saveDraftAction,
  startWorkflowRunAction,
} from "../actions";

export const metadata: Metadata = { title: "Workflow" };

const ACTIONS = {
  save: saveDraftAction,
  load: loadDraftAction,
  publish: publishWorkflowAction,
  start: startWorkflowRunAction,
  step: runStepAction,
};

export default async function WorkflowPage({ params }: { params: Promise<{ workflowId: string }> }) {
  const scope = await requireTenant();
  const { workflowId } = await params;
  const [workflow, agents, models, documents] = await Promise.all([
    getWorkflow(scope, workflowId),
    listAgentChoices(scope),
    listModels(scope),
    listDocumentChoices(scope),
  ]);
  const choices = models.map(({ modelKey, modelName }) => ({ modelKey, modelName }));
  return (
    <WorkflowEditor
      // A restored version or somebody else's save is another starting point.
      key={`${workflow.id}:${workflow.name}`}
      workflow={workflow}
      resources={{ agents, models: choices, documents }}
      actions={ACTIONS}
      mayEdit={!scope.isReadOnly}
    />
  );
}
