import { expect, it } from "vitest";
import { llmConfig } from "@/lib/agents/input";
import { AppError } from "@/lib/errors";
import { toolsOf } from "./toolset";

const config = llmConfig.parse({ modelKey: "m", tools: ["knowledge_search"], knowledge: { mode: "all" } });
const options = { toolCallId: "t", messages: [], context: undefined };

it.each([
  [new AppError("precondition", "There is no credit left."), "There is no credit left."],
  [new Error("Failed query: select secret from documents"), "It failed on our side."],
])("tells the model of %s: %s", async (thrown, sentence) => {
  const search = () => Promise.reject(thrown);
  const { knowledge_search: tool } = toolsOf({ config, now: new Date(), search });
  await expect(tool?.execute?.({ query: "q" }, options)).rejects.toThrow(new RegExp(`^${sentence}$`));
});
