import { z } from "zod";
import { count, fromMicros } from "@/lib/api/schemas";
import { defineOperation } from "../operation";

export const estimate = z
  .object({
    low: fromMicros,
    likely: fromMicros,
    high: fromMicros,
    basis: z.enum(["runs", "graph"]).meta({
      description:
        "`runs`: runs of the same version that completed, with what they used priced anew: a tenth of them cost less than `low`, half less than `likely`, a tenth more than `high`. `graph`: what the graph can use at least, most likely and at most, while there are too few runs.",
      examples: ["runs"],
    }),
    runs: count.meta({ description: "How many runs it is based on.", examples: [50] }),
  })
  .meta({ id: "Estimate" });

const DESCRIPTION =
  "The range of its cost in the prices of this workspace as they are now. Nothing is run or set aside.";

export const estimateWorkflowOperation = defineOperation({
  id: "estimateWorkflow",
  method: "get",
  path: "/workflows/{workflowId}/estimate",
  tag: "Workflows",
  summary: "Estimate the cost of a run",
  description: `Of the published version. ${DESCRIPTION}`,
  apiScope: "workflows:read",
  params: z.object({ workflowId: z.uuid() }),
  response: estimate,
});

export const estimateAgentOperation = defineOperation({
  id: "estimateAgent",
  method: "get",
  path: "/agents/{agentId}/estimate",
  tag: "Agents",
  summary: "Estimate the cost of an answer",
  description: DESCRIPTION,
  apiScope: "agents:read",
  params: z.object({ agentId: z.uuid() }),
  response: estimate,
});
