"use server";

import { tenantAction } from "@/lib/action";
import { runQuestionsInput } from "@/lib/approvals/input";
import { openQuestions } from "@/lib/approvals/run-questions";
import { runNodes } from "@/lib/runs/commands/run-nodes";
import { startRun } from "@/lib/runs/commands/start";
import { costRange } from "@/lib/runs/cost-range";
import { estimateRunInput, runNodesInput, startRunInput } from "@/lib/runs/input";
import { listCallers, listCallersToFollow } from "@/lib/workflows/caller-queries";
import { createWorkflow, duplicateWorkflow } from "@/lib/workflows/commands/create";
import { importWorkflow } from "@/lib/workflows/commands/import";
import { deleteWorkflow, renameWorkflow, setWorkflowActive } from "@/lib/workflows/commands/manage";
import { publishWorkflow, restoreVersion } from "@/lib/workflows/commands/publish";
import { saveDraft } from "@/lib/workflows/commands/save";
import { findCalledVersion, findRunStep, loadDraft } from "@/lib/workflows/editor-queries";
import {
  calledVersionInput,
  callersToFollowInput,
  createWorkflowInput,
  importWorkflowInput,
  publishWorkflowInput,
  renameWorkflowInput,
  restoreVersionInput,
  runStepInput,
  saveDraftInput,
  setWorkflowActiveInput,
  workflowIdInput,
} from "@/lib/workflows/input";

export const createWorkflowAction = tenantAction(createWorkflowInput, createWorkflow);

export const importWorkflowAction = tenantAction(importWorkflowInput, importWorkflow);

export const duplicateWorkflowAction = tenantAction(workflowIdInput, duplicateWorkflow);

export const renameWorkflowAction = tenantAction(renameWorkflowInput, renameWorkflow);

export const setWorkflowActiveAction = tenantAction(setWorkflowActiveInput, setWorkflowActive);

export const deleteWorkflowAction = tenantAction(workflowIdInput, deleteWorkflow);

export const saveDraftAction = tenantAction(saveDraftInput, saveDraft);

export const loadDraftAction = tenantAction(workflowIdInput, loadDraft);

export const publishWorkflowAction = tenantAction(publishWorkflowInput, publishWorkflow);

export const restoreVersionAction = tenantAction(restoreVersionInput, restoreVersion);

export const startWorkflowRunAction = tenantAction(startRunInput, (scope, input) => startRun(scope, input));

export const estimateRunAction = tenantAction(estimateRunInput, costRange);

export const runNodesAction = tenantAction(runNodesInput, runNodes);

export const calledVersionAction = tenantAction(calledVersionInput, findCalledVersion);

export const callersAction = tenantAction(workflowIdInput, listCallers);

export const callersToFollowAction = tenantAction(callersToFollowInput, listCallersToFollow);

export const runStepAction = tenantAction(runStepInput, findRunStep);

export const runQuestionsAction = tenantAction(runQuestionsInput, openQuestions);
