import { describe, expect, it } from "vitest";
import { parameterFields, parametersSchema } from "./parameters";

describe("parameters by provider", () => {
  it.each([
    ["openai", "gpt-4.1", { temperature: 0.3, topP: 0.9, maxOutputTokens: 500, seed: 1 }, true],
    ["openai", "gpt-4.1", { temperature: 2.1 }, false],
    ["openai", "gpt-4.1", { reasoningEffort: "low" }, false],
    ["openai", "gpt-5-mini", { reasoningEffort: "low", maxOutputTokens: 100 }, true],
    ["openai", "gpt-5-mini", { temperature: 1 }, false],
    ["openai", "o3", { temperature: 1 }, false],
    ["openai_compatible", "llama-4", { temperature: 0, reasoningEffort: "high" }, true],
    ["internal", "mini", { maxOutputTokens: 10 }, true],
    ["internal", "mini", { temperature: 1 }, false],
    ["openai", "gpt-4.1", { unknown: 1 }, false],
    ["openai", "gpt-4.1", { maxOutputTokens: 1.5 }, false],
    ["openai", "gpt-4.1", { temperature: Number.NaN }, false],
  ] as const)("%s %s %o: %s", (provider, model, parameters, isValid) => {
    expect(parametersSchema(provider, model).safeParse(parameters).success).toBe(isValid);
  });

  it("says within which bounds a value has to be", () => {
    const said = (parameters: Record<string, number>) =>
      parametersSchema("openai", "gpt-4.1").safeParse(parameters).error?.issues[0]?.message;
    expect(said({ maxOutputTokens: 0 })).toBe("Enter a whole number from 1 to 200,000.");
    expect(said({ maxOutputTokens: 1.5 })).toBe("Enter a whole number from 1 to 200,000.");
    expect(said({ seed: -1 })).toBe("Enter a whole number from 0 to 2,147,483,647.");
    expect(said({ topP: 0 })).toBe("Enter a number above 0, at most 1.");
  });

  it("offers in a form exactly what the schema takes", () => {
    expect(parameterFields("internal", "mini").map((field) => field.name)).toEqual(["maxOutputTokens"]);
    expect(parameterFields("openai", "gpt-5").map((field) => field.name)).toEqual([
      "maxOutputTokens",
      "reasoningEffort",
    ]);
    expect(parameterFields("openai_compatible", "x")).toHaveLength(7);
  });
});
