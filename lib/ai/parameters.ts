import { z } from "zod";
import type { Provider } from "./model-ref";

export const REASONING_EFFORTS = ["none", "minimal", "low", "medium", "high"] as const;

/** The knobs of an answer. A model takes some of them: see `parametersSchema`. */
export type ModelParameters = {
  /** 0 (steady) to 2 (wild). */
  temperature?: number | undefined;
  /** Nucleus sampling, 0 to 1. */
  topP?: number | undefined;
  maxOutputTokens?: number | undefined;
  frequencyPenalty?: number | undefined;
  presencePenalty?: number | undefined;
  seed?: number | undefined;
  reasoningEffort?: (typeof REASONING_EFFORTS)[number] | undefined;
};

const sampling = {
  temperature: z.number("Enter a number from 0 to 2.").min(0).max(2).optional(),
  topP: z.number("Enter a number above 0, at most 1.").gt(0).max(1).optional(),
};
const maxOutputTokens = z
  .number("Enter a whole number from 1 to 200,000.")
  .int()
  .min(1)
  .max(200_000)
  .optional();
const penalties = {
  frequencyPenalty: z.number("Enter a number from -2 to 2.").min(-2).max(2).optional(),
  presencePenalty: z.number("Enter a number from -2 to 2.").min(-2).max(2).optional(),
};
const seed = z
  .number("Enter a whole number from 0 to 2,147,483,647.")
  .int()
  .min(0)
  .max(2_147_483_647)
  .optional();

const standard = z.strictObject({ ...sampling, ...penalties, maxOutputTokens, seed });
const reasoning = z.strictObject({ maxOutputTokens, reasoningEffort: z.enum(REASONING_EFFORTS).optional() });
const anything = z.strictObject({
  ...standard.shape,
  reasoningEffort: z.enum(REASONING_EFFORTS).optional(),
});
const internal = z.strictObject({ maxOutputTokens });

/** OpenAI's reasoning families refuse temperature and the like. */
const REASONING_MODEL = /^(o[1-9]|gpt-(?:[5-9]|\d{2,}))(?:\b|[^\d])/i;

/** What one provider's model takes, as a schema: unknown and unsupported parameters are errors beside their field. */
export function parametersSchema(provider: Provider, model: string): z.ZodType<ModelParameters> {
  if (provider === "internal") return internal;
  if (provider === "openai_compatible") return anything;
  return REASONING_MODEL.test(model) ? reasoning : standard;
}

export type ParameterField = {
  name: keyof ModelParameters;
  label: string;
  hint: string;
  min?: number;
  max?: number;
  step?: number;
  options?: readonly string[];
};

const FIELDS: readonly ParameterField[] = [
  { name: "temperature", label: "Temperature", hint: "0 is steady, 2 is wild.", min: 0, max: 2, step: 0.1 },
  {
    name: "topP",
    label: "Top P",
    hint: "Share of likely words to choose from.",
    min: 0.05,
    max: 1,
    step: 0.05,
  },
  { name: "maxOutputTokens", label: "Longest answer", hint: "In tokens.", min: 1, max: 200_000, step: 1 },
  {
    name: "frequencyPenalty",
    label: "Frequency penalty",
    hint: "Above 0 repeats less.",
    min: -2,
    max: 2,
    step: 0.1,
  },
  {
    name: "presencePenalty",
    label: "Presence penalty",
    hint: "Above 0 strays more.",
    min: -2,
    max: 2,
    step: 0.1,
  },
  { name: "seed", label: "Seed", hint: "The same seed asks for the same answer.", min: 0, step: 1 },
  {
    name: "reasoningEffort",
    label: "Reasoning effort",
    hint: "More thinks longer.",
    options: REASONING_EFFORTS,
  },
];

/** Every parameter by its name and what it is called. */
export const PARAMETER_LABELS = FIELDS.map(({ name, label }) => ({ name, label }));

/** The parameters to offer for a model, in the order a form shows them. */
export function parameterFields(provider: Provider, model: string): readonly ParameterField[] {
  const schema = parametersSchema(provider, model);
  return FIELDS.filter((field) => {
    const probe = field.options?.[0] ?? (field.name === "topP" ? 0.5 : 1);
    return schema.safeParse({ [field.name]: probe }).success;
  });
}
