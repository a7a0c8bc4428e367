import type { ModelMessage } from "ai";
import { expect, it } from "vitest";
import { llmConfig } from "@/lib/agents/input";
import { AppError } from "@/lib/errors";
import { toolRoom } from "./room";
import { toolsOf } from "./toolset";

const config = llmConfig.parse({ modelKey: "m", tools: ["knowledge_search"], knowledge: { mode: "all" } });
const options = { toolCallId: "t", messages: [], context: undefined };

it.each([
  [new AppError("precondition", "There is no credit left."), "There is no credit left."],
  [new Error("Failed query: select secret from documents"), "It failed on our side."],
])("tells the model of %s: %s", async (thrown, sentence) => {
  const search = () => Promise.reject(thrown);
  const { tools } = toolsOf({ config, now: new Date(), search });
  await expect(tools.knowledge_search?.execute?.({ query: "q" }, options)).rejects.toThrow(
    new RegExp(`^${sentence}$`),
  );
});

const passage = { documentId: "d", chunkId: "c", filename: "f", page: null, heading: null };

it("gives several searches of one round what is set aside for all rounds, and then no more", async () => {
  const text = "A delivery is late after three days. ".repeat(55);
  const search = async () => Array.from({ length: 5 }, (_, at) => ({ ...passage, number: at + 1, text }));
  const { tools, mayUseTools } = toolsOf({ config, now: new Date(), search });
  const ask = async (messages: ModelMessage[]) => {
    const given: unknown = await tools.knowledge_search?.execute?.({ query: "q" }, { ...options, messages });
    return String(given).match(/^\[\d\]/gm)?.length ?? 0;
  };
  const ends = await Promise.allSettled([1, 2, 3, 4, 5, 6, 7].map(() => ask([])));
  expect(ends.map((end) => (end.status === "fulfilled" ? end.value : end.reason.reason))).toEqual([
    ...[5, 5, 5, 5, 5, 1],
    "tools_full",
  ]);
  // What was told of that takes room too: then the next round is asked without tools.
  await expect(ask([{ role: "user", content: "q" }])).rejects.toMatchObject({ reason: "tools_full" });
  expect(mayUseTools({ count: 2, refused: [] })).toBe(false);
});

it("gives more in the next round: that is sent one time fewer", async () => {
  const room = toolRoom(llmConfig.parse({ modelKey: "m", tools: ["calculator"] }));
  const long = "word ".repeat(9_000);
  const give = (messages: ModelMessage[]) => room.round(messages, (round) => round.give(long));
  await expect(give([])).rejects.toMatchObject({ reason: "tools_full" });
  await expect(give([{ role: "user", content: "q" }])).resolves.toBe(long);
});
