import { z } from "zod";
import { defineKind, singlePort } from "../kind";
import { fieldKey, templateText, uniqueKeys, VALUE_MODES, valueMode } from "./shared";

/** How deep workflows may call workflows, the first counted. */
export const MAX_WORKFLOW_DEPTH = 10;

const workflowConfig = z.strictObject({
  workflowId: z.uuid("Choose a workflow."),
  /** Empty: the version that is published when the run starts. */
  versionId: z.union([z.literal(""), z.uuid()]),
  inputs: z
    .array(z.strictObject({ key: fieldKey, mode: valueMode, value: templateText }))
    .max(50)
    .superRefine(uniqueKeys),
});

/** Runs another workflow and gives what its outputs give. */
export const workflowKind = defineKind({
  kind: "workflow",
  label: "Workflow",
  description: "Run another of your workflows and use its result.",
  icon: "workflow",
  group: "logic",
  config: workflowConfig,
  defaults: { workflowId: "", versionId: "", inputs: [] },
  form: [
    { name: "workflowId", label: "Workflow", type: "workflow" },
    {
      name: "versionId",
      label: "Version",
      type: "workflow_version",
      workflowField: "workflowId",
      optional: true,
    },
    {
      name: "inputs",
      label: "Inputs",
      type: "rows",
      addLabel: "Add input",
      item: { key: "", mode: "template", value: "" },
      help: "What the fields of its Input node are given.",
      row: [
        { name: "key", label: "Field", type: "text" },
        { name: "mode", label: "Written as", type: "choice", options: VALUE_MODES },
        { name: "value", label: "Value", type: "value", optional: true },
      ],
    },
  ],
  ports: singlePort,
  acceptsEdges: true,
  hasPolicy: true,
  hasOpenOutputs: true,
  outputs: () => [],
});
