import { z } from "zod";
import { count, id, instant, pageOf, pagingQuery } from "@/lib/api/schemas";
import { versionDiffInput } from "@/lib/workflows/input";
import { defineOperation } from "../operation";

const params = z.object({ workflowId: z.uuid() });

const version = z
  .object({
    id,
    version: count.meta({ examples: [3] }),
    note: z.string().meta({ examples: ["Answers in the customer's language."] }),
    isPublished: z.boolean().meta({ description: "Whether runs follow it now.", examples: [true] }),
    nodeCount: count.meta({ examples: [4] }),
    createdByName: z
      .string()
      .nullable()
      .meta({ examples: ["Ada Lovelace"] }),
    createdAt: instant,
  })
  .meta({ id: "WorkflowVersion" });

const side = z.object({
  id: z.string().meta({ description: "Of the version, or `draft`.", examples: ["draft"] }),
  version: count.nullable().meta({ description: "Null for the draft.", examples: [3] }),
});

const text = z.string().nullable();

const line = z
  .discriminatedUnion("kind", [
    z.object({ kind: z.enum(["same", "added", "removed"]), text: z.string() }),
    z.object({ kind: z.literal("gap"), count: count.meta({ description: "Lines that did not change." }) }),
  ])
  .meta({ id: "TextLine" });

const settingChange = z
  .object({
    label: z.string().meta({ description: "As the editor calls the setting.", examples: ["Prompt"] }),
    before: text.meta({ description: "Null when it was not there.", examples: ["Answer."] }),
    after: text.meta({ description: "Null when it is gone.", examples: ["Answer in two sentences."] }),
    lines: z.array(line).optional().meta({ description: "Of long texts: the same line by line." }),
  })
  .meta({ id: "SettingChange" });

const nodeChange = z
  .object({
    nodeId: z.string().meta({ examples: ["answer"] }),
    name: z.string().meta({ examples: ["Answer"] }),
    kindLabel: z.string().meta({ examples: ["Agent"] }),
    change: z.enum(["added", "removed", "changed"]).meta({ examples: ["changed"] }),
    renamedFrom: z.string().optional().meta({ description: "Its name before, when that changed." }),
    moved: z
      .object({ from: text, to: text })
      .optional()
      .meta({ description: "The containers it went from and to; null is outside of all." }),
    fields: z.array(settingChange).meta({ description: "The settings that changed." }),
  })
  .meta({ id: "NodeChange" });

const edgeChange = z
  .object({
    change: z.enum(["added", "removed"]).meta({ examples: ["added"] }),
    from: z.string().meta({ description: "The name of the node it leaves.", examples: ["Is it urgent?"] }),
    port: text.meta({ description: "By which way out, where there are several.", examples: ["Yes"] }),
    to: z.string().meta({ description: "The name of the node it goes to.", examples: ["Answer"] }),
  })
  .meta({ id: "EdgeChange" });

export const workflowDiff = z
  .object({
    from: side,
    to: side,
    isSame: z.boolean().meta({ description: "Nothing changed.", examples: [false] }),
    nodes: z.array(nodeChange),
    edges: z.array(edgeChange),
  })
  .meta({ id: "WorkflowDiff" });

export const listVersionsOperation = defineOperation({
  id: "listWorkflowVersions",
  method: "get",
  path: "/workflows/{workflowId}/versions",
  tag: "Workflows",
  summary: "List the versions of a workflow",
  description: "Newest first: what was published, and each draft that was run. A version never changes.",
  apiScope: "workflows:read",
  params,
  query: z.strictObject(pagingQuery),
  response: pageOf(version),
});

const SIDES = "The id of a version, `published` for what runs follow now, or `draft`.";

export const diffVersionsOperation = defineOperation({
  id: "diffWorkflowVersions",
  method: "get",
  path: "/workflows/{workflowId}/diff",
  tag: "Workflows",
  summary: "Compare two versions of a workflow",
  description:
    "What changed from one to the other: nodes, their settings as the editor calls them, and connections by the names of nodes. Without parameters it says what publishing the draft would change. Where nodes are drawn does not count.",
  apiScope: "workflows:read",
  params,
  query: z.strictObject({
    from: versionDiffInput.shape.from.default("published").describe(SIDES),
    to: versionDiffInput.shape.to.default("draft").describe(SIDES),
  }),
  response: workflowDiff,
  example: { query: { from: "published", to: "draft" } },
});
