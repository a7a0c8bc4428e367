import { describe, expect, it } from "vitest";
import type { z } from "zod";
import { createWorkflowInput } from "@/lib/workflows/input";
import { createAgentInput, llmConfig, updateAgentInput } from "./input";

const DOCUMENT = "01890a5d-ac96-774b-bcce-b302099a8057";
const base = { name: "Ana", role: "You answer.", llmConfig: { modelKey: "mini" } };

function invalidFields(result: z.ZodSafeParseResult<unknown>): string[] {
  return result.error?.issues.map((issue) => issue.path.join(".")) ?? [];
}

describe("agent input", () => {
  it("fills in what is left out, so that the least a person or program must say is little", () => {
    expect(createAgentInput.parse(base)).toEqual({
      name: "Ana",
      role: "You answer.",
      description: "",
      llmConfig: {
        modelKey: "mini",
        parameters: {},
        tools: [],
        allowedHosts: [],
        knowledge: { mode: "none", documentIds: [], topK: 5 },
      },
    });
  });

  it("takes no name and no role of characters that nobody sees", () => {
    const hidden = createAgentInput.safeParse({ ...base, name: "\u200b\u200b", role: " \u2060" });
    expect(invalidFields(hidden)).toEqual(["name", "role"]);
    expect(createWorkflowInput.safeParse({ name: "\u200b" }).error?.issues[0]?.message).toBe(
      "Give the workflow a name.",
    );
  });

  it("reads a form's text: numbers, one box ticked, hosts by line", () => {
    const parsed = llmConfig.parse({
      modelKey: "mini",
      parameters: { temperature: "0.5", maxOutputTokens: "", reasoningEffort: "" },
      tools: "http_get",
      allowedHosts: "API.example.com\n*.example.org",
      knowledge: { mode: "selected", documentIds: DOCUMENT, topK: "3" },
    });
    expect(parsed.parameters).toEqual({ temperature: 0.5 });
    expect(parsed).toMatchObject({
      tools: ["http_get"],
      allowedHosts: ["api.example.com", "*.example.org"],
      knowledge: { documentIds: [DOCUMENT], topK: 3 },
    });
    expect(llmConfig.parse(JSON.parse(JSON.stringify(parsed)))).toEqual(parsed);
  });

  it.each([
    [{ ...base, name: " " }, "name"],
    [{ ...base, tenantId: DOCUMENT }, ""],
    [{ ...base, llmConfig: { modelKey: "" } }, "llmConfig.modelKey"],
    [
      { ...base, llmConfig: { modelKey: "m", parameters: { temperature: "warm" } } },
      "llmConfig.parameters.temperature",
    ],
    [{ ...base, llmConfig: { modelKey: "m", parameters: { apiKey: "x" } } }, "llmConfig.parameters"],
    [{ ...base, llmConfig: { modelKey: "m", tools: ["shell"] } }, "llmConfig.tools.0"],
    [{ ...base, llmConfig: { modelKey: "m", tools: ["http_get"] } }, "llmConfig.allowedHosts"],
    [
      { ...base, llmConfig: { modelKey: "m", tools: ["http_get"], allowedHosts: "http://x/ y" } },
      "llmConfig.allowedHosts",
    ],
    [
      { ...base, llmConfig: { modelKey: "m", knowledge: { mode: "selected" } } },
      "llmConfig.knowledge.documentIds",
    ],
    [
      { ...base, llmConfig: { modelKey: "m", knowledge: { mode: "all", topK: 99 } } },
      "llmConfig.knowledge.topK",
    ],
    [{ ...base, llmConfig: { modelKey: "m", tools: ["knowledge_search"] } }, "llmConfig.knowledge.mode"],
  ])("says which field is wrong: %#", (input, path) => {
    expect(invalidFields(createAgentInput.safeParse(input))).toContain(path);
  });

  it("wants to know which version is saved over", () => {
    expect(invalidFields(updateAgentInput.safeParse({ ...base, agentId: DOCUMENT }))).toEqual(["version"]);
  });
});
