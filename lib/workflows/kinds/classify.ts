import { z } from "zod";
import { defineKind, ERROR_PORT } from "../kind";
import { branchKey, branchLabel, branchPorts, requiredTemplate, templateText, uniqueKeys } from "./shared";

/** The port of a text that fits no category. */
export const NONE_PORT = "none";

const classifyConfig = z.strictObject({
  modelKey: z.string().min(1, "Choose a model.").max(200),
  text: requiredTemplate,
  instructions: templateText,
  categories: z
    .array(
      z.strictObject({
        key: branchKey([NONE_PORT, ERROR_PORT.id]),
        label: branchLabel,
        description: z.string().max(500),
      }),
    )
    .min(2, "Add at least two categories.")
    .max(20, "At most 20 categories.")
    .superRefine(uniqueKeys),
});

export type ClassifyConfig = z.infer<typeof classifyConfig>;

/** A model puts a text into one category, and the run goes on there. */
export const classifyKind = defineKind({
  kind: "classify",
  label: "Classify",
  description: "A model puts a text into one of your categories, and the run goes on there.",
  icon: "tags",
  group: "ai",
  config: classifyConfig,
  defaults: {
    modelKey: "",
    text: "",
    instructions: "",
    categories: [
      { key: "question", label: "Question", description: "Asks for information" },
      { key: "complaint", label: "Complaint", description: "Is unhappy with something" },
    ],
  },
  form: [
    { name: "modelKey", label: "Model", type: "model" },
    { name: "text", label: "Text", type: "template", rows: 4, placeholder: "{{ input.text }}" },
    {
      name: "categories",
      label: "Categories",
      type: "rows",
      addLabel: "Add category",
      item: { key: "", label: "", description: "" },
      help: "A text that fits none goes on at None of these.",
      row: [
        { name: "label", label: "Label", type: "text" },
        { name: "key", label: "Key", type: "text", help: "What the node gives: node.category" },
        { name: "description", label: "What belongs here", type: "text", optional: true },
      ],
    },
    {
      name: "instructions",
      label: "Instructions",
      type: "template",
      rows: 3,
      optional: true,
      help: "What else the model should know to decide.",
    },
  ],
  ports: (config) => [...branchPorts(config, "categories"), { id: NONE_PORT, label: "None of these" }],
  hasPolicy: true,
  acceptsEdges: true,
  portOfOutput: (config, { category }) =>
    branchPorts(config, "categories").find(({ id }) => id === category)?.id ?? NONE_PORT,
  outputs: () => [
    { key: "category", label: "Key of the category, or none", type: "text" },
    { key: "label", label: "Its label", type: "text" },
  ],
});
