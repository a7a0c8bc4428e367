import { z } from "zod";
import { count, fromMicros } from "@/lib/api/schemas";
import { defineOperation } from "../operation";

export const estimate = z
  .object({
    low: fromMicros,
    likely: fromMicros,
    high: fromMicros,
    basis: z.enum(["runs", "few_runs", "graph"]).meta({
      description:
        "`runs`: runs of the same version that completed, with what they used priced anew: a tenth of them cost less than `low`, half less than `likely`, a tenth more than `high`. `few_runs`: fewer than five of them, so that runs of other versions count and what the graph makes likely widens the range. `graph`: what the graph can use, as nothing like it has run yet.",
      examples: ["runs"],
    }),
    runs: count.meta({ description: "How many runs it is based on.", examples: [50] }),
    assumed: z
      .array(
        z
          .object({
            node: z.string().meta({ description: "The name of the node.", examples: ["Each letter"] }),
            items: z.object({
              low: count.meta({ examples: [3] }),
              likely: count.meta({ examples: [10] }),
              high: count.meta({ examples: [30] }),
            }),
            declared: z.boolean().meta({
              description: "Whether the node says how many are usual; else ten are assumed.",
              examples: [false],
            }),
            perItem: fromMicros.meta({ description: "What one item more costs most likely." }),
          })
          .meta({ id: "AssumedList" }),
      )
      .meta({ description: "Lists whose length is not known before, and how long they are taken to be." }),
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
  refuses: ["precondition"],
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
  refuses: ["precondition"],
});

export type EstimateOut = z.input<typeof estimate>;
