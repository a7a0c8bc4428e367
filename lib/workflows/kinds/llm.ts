import { z } from "zod";
import { defineKind, type OutputField, rowsOf, singlePort, textOf } from "../kind";
import { fieldKey, requiredTemplate, templateText, uniqueKeys } from "./shared";

const llmOutputField = z.strictObject({
  key: fieldKey,
  type: z.enum(["text", "number", "boolean", "list"]),
  description: z.string().max(500),
});

const llmConfig = z.strictObject({
  modelKey: z.string().min(1, "Choose a model.").max(200),
  system: templateText,
  prompt: requiredTemplate,
  temperature: z.number().min(0).max(2).optional(),
  maxOutputTokens: z.int().min(1).max(100_000).optional(),
  outputFields: z.array(llmOutputField).max(30).superRefine(uniqueKeys),
});

/** One call of a model. With output fields the answer is an object with exactly these, else text. */
export const llmKind = defineKind({
  kind: "llm",
  label: "Model",
  description: "One call of a model: write, extract, classify. Output fields make the answer structured.",
  icon: "sparkles",
  group: "ai",
  config: llmConfig,
  defaults: { modelKey: "", system: "", prompt: "", outputFields: [] },
  form: [
    { name: "modelKey", label: "Model", type: "model" },
    { name: "system", label: "Instructions", type: "template", rows: 4 },
    { name: "prompt", label: "Prompt", type: "template", rows: 8 },
    { name: "temperature", label: "Temperature", type: "number", min: 0, max: 2, step: 0.1 },
    {
      name: "maxOutputTokens",
      label: "Longest answer, in tokens",
      type: "number",
      min: 1,
      max: 100_000,
      step: 1,
    },
    {
      name: "outputFields",
      label: "Output fields",
      type: "rows",
      addLabel: "Add output field",
      item: { key: "", type: "text", description: "" },
      help: "Leave empty for a plain text answer.",
      row: [
        { name: "key", label: "Key", type: "text" },
        {
          name: "type",
          label: "Type",
          type: "choice",
          options: [
            { value: "text", label: "Text" },
            { value: "number", label: "Number" },
            { value: "boolean", label: "Yes or no" },
            { value: "list", label: "List of texts" },
          ],
        },
        { name: "description", label: "What it is", type: "text" },
      ],
    },
  ],
  ports: singlePort,
  hasPolicy: true,
  acceptsEdges: true,
  outputs: (config) => {
    const text: OutputField = { key: "text", label: "Answer", type: "text" };
    const fields = rowsOf(config, "outputFields").map((row): OutputField => {
      const type = textOf(row, "type");
      return {
        key: textOf(row, "key"),
        label: textOf(row, "description") || textOf(row, "key"),
        type: type === "number" || type === "boolean" || type === "list" ? type : "text",
      };
    });
    return [text, ...fields];
  },
});
