import { z } from "zod";
import { AGENT_STATUSES, listAgentsInput, TOOL_NAMES } from "@/lib/agents/input";
import { count, id, instant, pageOf, pagingQuery } from "@/lib/api/schemas";
import { defineOperation } from "../operation";
import { RUN_DESCRIPTION, runOperation } from "./start";

const params = z.object({ agentId: z.uuid() });

export const agent = z
  .object({
    id,
    name: z.string().meta({ examples: ["Mara, customer service"] }),
    description: z.string().meta({ examples: ["Answers customers from the handbook."] }),
    isActive: z.boolean().meta({ examples: [true] }),
    version: count.meta({ description: "Grows with every change.", examples: [3] }),
    modelKey: z.string().meta({ examples: ["gpt-5-mini"] }),
    tools: z.array(z.enum(TOOL_NAMES)).meta({ examples: [["knowledge_search"]] }),
    createdAt: instant,
    updatedAt: instant,
  })
  .meta({ id: "Agent" });

export const agentDetail = agent
  .extend({
    role: z.string().meta({
      description: "What the agent is told to be: its system prompt.",
      examples: ["You are Mara …"],
    }),
    parameters: z
      .record(z.string(), z.union([z.number(), z.string()]).optional())
      .meta({ description: "Parameters of the model that were set.", examples: [{ temperature: 0.2 }] }),
    knowledge: z.object({
      mode: z.enum(["none", "all", "selected"]).meta({ examples: ["all"] }),
      documentIds: z.array(id),
      topK: count.meta({ examples: [5] }),
    }),
  })
  .meta({ id: "AgentDetail" });

export const listAgentsOperation = defineOperation({
  id: "listAgents",
  method: "get",
  path: "/agents",
  tag: "Agents",
  summary: "List agents",
  description: "Newest first.",
  apiScope: "agents:read",
  query: z.strictObject({
    q: listAgentsInput.shape.q.describe("Part of a name or description."),
    status: z.enum(AGENT_STATUSES).optional().describe("Only agents in this state."),
    ...pagingQuery,
  }),
  response: pageOf(agent),
});

export const getAgentOperation = defineOperation({
  id: "getAgent",
  method: "get",
  path: "/agents/{agentId}",
  tag: "Agents",
  summary: "Get an agent",
  apiScope: "agents:read",
  params,
  response: agentDetail,
});

export const runAgentOperation = defineOperation({
  ...runOperation,
  id: "runAgent",
  path: "/agents/{agentId}/runs",
  tag: "Agents",
  summary: "Run an agent",
  description: `Puts a prompt before the agent. ${RUN_DESCRIPTION}`,
  apiScope: "agents:run",
  params,
  body: z.strictObject({
    prompt: z
      .string()
      .trim()
      .min(1, "Write what the agent should do.")
      .max(200_000)
      .describe("What the agent should do or answer."),
  }),
  example: {
    query: { wait: "30" },
    body: { prompt: "What do I get when my delivery is more than four hours late?" },
  },
});
