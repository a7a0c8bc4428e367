import { z } from "zod";
import { executionStatus } from "@/lib/api/execution-schemas";
import { count, id, instant, json, pageOf, pagingQuery } from "@/lib/api/schemas";
import { listWorkflowsInput } from "@/lib/workflows/input";
import { inputField } from "../input-field";
import { defineOperation } from "../operation";
import { RUN_DESCRIPTION, runOperation } from "./start";

const params = z.object({ workflowId: z.uuid() });

export const workflow = z
  .object({
    id,
    name: z.string().meta({ examples: ["Answer a customer"] }),
    description: z.string().meta({ examples: ["Answers from the handbook, or hands over."] }),
    isActive: z.boolean().meta({ examples: [true] }),
    publishedVersion: count
      .nullable()
      .meta({ description: "What a run follows; null while there is only a draft.", examples: [3] }),
    lastRun: z.object({ id, status: executionStatus, createdAt: instant }).nullable(),
    updatedAt: instant,
  })
  .meta({ id: "Workflow" });

const node = z
  .object({
    id: z.string().meta({ examples: ["answer"] }),
    name: z.string().meta({ examples: ["Answer"] }),
    kind: z.string().meta({ examples: ["agent"] }),
  })
  .meta({ id: "WorkflowNode" });

export const workflowDetail = workflow
  .omit({ lastRun: true })
  .extend({
    inputFields: z.array(inputField).meta({ description: "What a run is given. Empty while not published." }),
    inputSchema: z
      .record(z.string(), z.unknown())
      .nullable()
      .meta({
        description: "The same as JSON Schema.",
        examples: [
          {
            type: "object",
            properties: { question: { type: "string", title: "Question" } },
            required: ["question"],
            additionalProperties: false,
          },
        ],
      }),
    nodes: z.array(node).meta({ description: "Of the published version." }),
  })
  .meta({ id: "WorkflowDetail" });

export const listWorkflowsOperation = defineOperation({
  id: "listWorkflows",
  method: "get",
  path: "/workflows",
  tag: "Workflows",
  summary: "List workflows",
  description: "Newest first, each with its last run.",
  apiScope: "workflows:read",
  query: z.strictObject({
    q: listWorkflowsInput.shape.q.describe("Part of the name."),
    status: listWorkflowsInput.shape.status.describe("`draft`: never published."),
    ...pagingQuery,
  }),
  response: pageOf(workflow),
});

export const getWorkflowOperation = defineOperation({
  id: "getWorkflow",
  method: "get",
  path: "/workflows/{workflowId}",
  tag: "Workflows",
  summary: "Get a workflow",
  description: "With the fields a run of its published version takes.",
  apiScope: "workflows:read",
  params,
  response: workflowDetail,
});

export const runWorkflowOperation = defineOperation({
  ...runOperation,
  id: "runWorkflow",
  path: "/workflows/{workflowId}/runs",
  tag: "Workflows",
  summary: "Run a workflow",
  description: `Runs the published version. ${RUN_DESCRIPTION}`,
  apiScope: "workflows:run",
  params,
  body: z.strictObject({
    input: z
      .record(z.string().max(100), json)
      .default({})
      .describe("The fields of the workflow's input; `GET /workflows/{workflowId}` lists them."),
  }),
  example: {
    query: { wait: "30" },
    body: { input: { customer: "Ada", question: "When is a delivery late?" } },
  },
});
