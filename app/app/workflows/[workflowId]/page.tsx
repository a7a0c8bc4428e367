import type { Metadata } from "next";
import { cache } from "react";
import { WorkflowEditor } from "@/components/workflows/editor/editor";
import { listAgentChoices } from "@/lib/agents/queries";
import { denial } from "@/lib/auth/authorize";
import { orNotFound } from "@/lib/auth/page";
import { requireTenant } from "@/lib/auth/scope";
import { listCredentialChoices } from "@/lib/credentials/queries";
import { listModels } from "@/lib/models/queries";
import { findRunOf } from "@/lib/runs/run-queries";
import {
  listCallableWorkflows,
  listDocumentChoices,
  listPeopleChoices,
} from "@/lib/workflows/editor-queries";
import { getWorkflow } from "@/lib/workflows/queries";
import { findDocumentsAction } from "../../knowledge/actions";
import {
  calledVersionAction,
  callersToFollowAction,
  estimateRunAction,
  loadDraftAction,
  publishWorkflowAction,
  runNodesAction,
  runQuestionsAction,
  runStepAction,
  saveDraftAction,
  startWorkflowRunAction,
} from "../actions";
import { triggersToFollowAction } from "./triggers/actions";

const ACTIONS = {
  save: saveDraftAction,
  load: loadDraftAction,
  publish: publishWorkflowAction,
  toFollow: triggersToFollowAction,
  callersToFollow: callersToFollowAction,
  start: startWorkflowRunAction,
  estimate: estimateRunAction,
  runNodes: runNodesAction,
  step: runStepAction,
  calledVersion: calledVersionAction,
  questions: runQuestionsAction,
  findDocuments: findDocumentsAction,
};

type WorkflowPageProps = {
  params: Promise<{ workflowId: string }>;
  searchParams: Promise<{ run?: string | string[] }>;
};

const workflowOf = cache(async (id: string) => orNotFound(getWorkflow(await requireTenant(), id)));

export async function generateMetadata({ params }: WorkflowPageProps): Promise<Metadata> {
  return { title: (await workflowOf((await params).workflowId)).name };
}

export default async function WorkflowPage({ params, searchParams }: WorkflowPageProps) {
  const scope = await requireTenant();
  const { workflowId } = await params;
  const { run } = await searchParams;
  const [workflow, agents, models, documents, workflows, people, credentials, runId] = await orNotFound(
    Promise.all([
      workflowOf(workflowId),
      listAgentChoices(scope),
      listModels(scope),
      listDocumentChoices(scope),
      listCallableWorkflows(scope, workflowId),
      listPeopleChoices(scope),
      listCredentialChoices(scope),
      findRunOf(scope, workflowId, run),
    ]),
  );
  const choices = models.map(({ modelKey, modelName }) => ({ modelKey, modelName }));
  return (
    <WorkflowEditor
      key={workflow.id}
      workflow={workflow}
      resources={{ agents, models: choices, documents, workflows, people, credentials }}
      actions={ACTIONS}
      mayEdit={denial(scope, "workflow.update") === null}
      runId={runId}
      hasNoSuchRun={run !== undefined && runId === null}
    />
  );
}
