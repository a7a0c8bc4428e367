"use server";

import { tenantAction } from "@/lib/action";
import {
  createAgent,
  duplicateAgent,
  restoreAgent,
  setAgentActive,
  updateAgent,
} from "@/lib/agents/commands";
import {
  createAgentInput,
  duplicateAgentInput,
  restoreAgentInput,
  setAgentActiveInput,
  updateAgentInput,
} from "@/lib/agents/input";
import { listWorkflowsAsking } from "@/lib/workflows/agent-queries";
import { agentInput } from "@/lib/workflows/input";

export const createAgentAction = tenantAction(createAgentInput, createAgent);

export const updateAgentAction = tenantAction(updateAgentInput, updateAgent);

export const setAgentActiveAction = tenantAction(setAgentActiveInput, setAgentActive);

export const duplicateAgentAction = tenantAction(duplicateAgentInput, duplicateAgent);

export const restoreAgentAction = tenantAction(restoreAgentInput, restoreAgent);

export const workflowsAskingAction = tenantAction(agentInput, listWorkflowsAsking);
