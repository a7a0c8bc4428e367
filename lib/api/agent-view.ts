import type { z } from "zod";
import type { AgentDto, AgentListItem } from "@/lib/agents/queries";
import type { agent, agentDetail } from "./operations/agents";

/** An agent as a list of the API shows it. */
export function agentView(row: AgentListItem): z.input<typeof agent> {
  return { ...row, modelKey: row.llmConfig.modelKey, tools: row.llmConfig.tools };
}

export function agentDetailView(row: AgentDto): z.input<typeof agentDetail> {
  const { parameters, knowledge } = row.llmConfig;
  return { ...agentView(row), role: row.role, parameters, knowledge };
}
