import { expect, it } from "vitest";
import { llmConfig } from "@/lib/agents/input";
import { countTokens } from "@/lib/ai/tokens";
import { worstCase } from "@/lib/metering/estimate";
import { testNode } from "@/lib/workflows/graph-testing";
import { agentUse, nodeUse, withinLimits } from "./worst-case";

const at = new Date("2026-01-01T00:00:00Z");
const rate = (resourceType: string, rateMicros: bigint) => ({
  id: resourceType,
  resourceType,
  unit: "1M_tokens",
  modelKey: "m",
  rateMicros,
  effectiveFrom: new Date("2020-01-01T00:00:00Z"),
  effectiveTo: null,
});
const lists = {
  system: [rate("text_tokens_input", 10_000_000n), rate("text_tokens_output", 20_000_000n)],
  partner: [],
  partnerId: null,
};

const limits = [
  {
    modelKey: "m",
    provider: "internal",
    providerModel: null,
    contextTokens: null,
    maxOutputTokens: null,
    isActive: true,
  },
];

/** What eight rounds cost in micro-dollars when each gives `found` tokens back and the model says 50 in each. */
function roundsCost(found: number): bigint {
  const sent = Array.from({ length: 8 }, (_, round) => 100 + round * (found + 50));
  return BigInt(sent.reduce((sum, tokens) => sum + tokens, 0) * 10 + 8 * 50 * 20);
}

it.each([
  [
    "searches by itself for twenty passages",
    { tools: ["knowledge_search"], knowledge: { mode: "all", topK: 20 } },
    20 * 512,
  ],
  // Of the 5,000 tokens of a page that we count, a provider may count a tenth more.
  ["reads pages", { tools: ["http_get"], allowedHosts: ["example.com"] }, 5_500],
])("what is set aside for an agent that %s covers all its rounds", (_, config, found) => {
  const agent = llmConfig.parse({ modelKey: "m", parameters: { maxOutputTokens: 50 }, ...config });
  const models = withinLimits([agentUse("You help.", agent, "What do the documents say?")], limits);
  expect(worstCase({ hasNodeFee: false, models }, lists, at)).toBeGreaterThanOrEqual(roundsCost(found));
});

it("what is set aside for a model with output fields covers what each of them is, in every correction", () => {
  const description = "The day on which the customer was told that the delivery would be late. ".repeat(6);
  const outputFields = Array.from({ length: 30 }, (_, at) => ({ key: `f${at}`, type: "text", description }));
  const asked = { modelKey: "m", system: "", prompt: "Read it.", maxOutputTokens: 50, outputFields };
  const use = nodeUse(testNode("ask", "llm", asked), { prompt: asked.prompt });
  const schema = 30 * countTokens(description);
  // Each of three calls is sent the schema, and then what was said before and what was wrong with it.
  const sent = [schema, schema + 100, schema + 200].reduce((sum, tokens) => sum + tokens, 0);
  const worst = worstCase({ hasNodeFee: false, models: withinLimits(use ? [use] : [], limits) }, lists, at);
  expect(worst).toBeGreaterThanOrEqual(BigInt(sent * 10 + 3 * 50 * 20));
});
