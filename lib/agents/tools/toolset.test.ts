import type { ModelMessage } from "ai";
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

const passage = { documentId: "d", chunkId: "c", filename: "f", page: null, heading: null };

it("gives several searches of one round what is set aside for all rounds, and then no more", async () => {
  const text = "A delivery is late after three days. ".repeat(55);
  const search = async () => Array.from({ length: 5 }, (_, at) => ({ ...passage, number: at + 1, text }));
  const { knowledge_search: tool } = toolsOf({ config, now: new Date(), search });
  const ask = async (messages: ModelMessage[]) => {
    const given: unknown = await tool?.execute?.({ query: "q" }, { ...options, messages });
    return String(given).match(/^\[\d\]/gm)?.length ?? 0;
  };
  const ends = await Promise.allSettled([1, 2, 3, 4, 5, 6, 7].map(() => ask([])));
  expect(ends.map((end) => (end.status === "fulfilled" ? end.value : end.reason.reason))).toEqual([
    ...[5, 5, 5, 5, 5, 1],
    "tools_full",
  ]);
  // What the next round gives is sent one time fewer: there is room for a passage, and then for none.
  const later: ModelMessage[] = [{ role: "user", content: "q" }];
  expect(await ask(later)).toBe(1);
  await expect(ask(later)).rejects.toMatchObject({ reason: "tools_full" });
});
