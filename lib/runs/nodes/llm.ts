import { z } from "zod";
import type { Need } from "@/lib/metering/rates";
import { promptDetail } from "../prompt-detail";
import { effectRunner, type NodeResult } from "./runner";
import { render } from "./values";

const FIELD_TYPES = {
  text: z.string(),
  number: z.number(),
  boolean: z.boolean(),
  list: z.array(z.string()),
} as const;

type OutputField = {
  readonly key: string;
  readonly type: keyof typeof FIELD_TYPES;
  readonly description: string;
};

function schemaOf(fields: readonly OutputField[]) {
  return z.strictObject(
    Object.fromEntries(
      fields.map(({ key, type, description }) => [
        key,
        description ? FIELD_TYPES[type].describe(description) : FIELD_TYPES[type],
      ]),
    ),
  );
}

/** Both directions of a text model. */
export function textModelNeeds(modelKey: string): Need[] {
  return [
    { resourceType: "text_tokens_input", modelKey },
    { resourceType: "text_tokens_output", modelKey },
  ];
}

/** One call of a model; with output fields the answer is an object with exactly these. */
export const llmRunner = effectRunner("llm", {
  asks: "llm",
  ahead: () => "to_call",
  needs: (config) => textModelNeeds(config.modelKey),
  prepare: (config, values) => ({
    model: config.modelKey,
    system: config.system ? render(values, "Instructions", config.system) : "",
    prompt: render(values, "Prompt", config.prompt),
  }),
  run: async (input, config, context): Promise<NodeResult> => {
    const options = {
      model: await context.models.refOf(config.modelKey),
      ...(input.system ? { system: input.system } : {}),
      prompt: input.prompt,
      ...(config.temperature === undefined ? {} : { temperature: config.temperature }),
      ...(config.maxOutputTokens === undefined ? {} : { maxOutputTokens: config.maxOutputTokens }),
    };
    const prompt = promptDetail(input.system, [{ role: "user", content: input.prompt }]);
    if (config.outputFields.length === 0) {
      const answer = await context.calls.generate(options);
      return {
        output: { text: answer.text },
        detail: { ...prompt, finishReason: answer.finishReason },
      };
    }
    const answer = await context.calls.generate({ ...options, schema: schemaOf(config.outputFields) });
    return {
      output: { text: answer.text, ...answer.object },
      detail: { ...prompt, finishReason: answer.finishReason },
    };
  },
});
