import { describe, expect, it } from "vitest";
import { worstCase } from "./estimate";
import type { Rate } from "./pricing";
import type { PriceLists } from "./rates";

const at = new Date(Date.UTC(2026, 10, 1));
const rate = (over: Partial<Rate>): Rate => ({
  id: "r",
  resourceType: "text_tokens_input",
  unit: "1M_tokens",
  modelKey: null,
  rateMicros: 10_000_000n,
  effectiveFrom: new Date(0),
  effectiveTo: null,
  ...over,
});
const lists: PriceLists = {
  system: [
    rate({}),
    rate({ resourceType: "text_tokens_output", rateMicros: 20_000_000n }),
    rate({ resourceType: "workflow_node", unit: "node", rateMicros: 100n }),
  ],
  partner: [],
  partnerId: null,
};
const use = { modelKey: "m", inputTokens: 1_000, maxOutputTokens: 500, contextTokens: null, calls: 1 };

describe("the worst case of a piece of work", () => {
  it("is the node's fee, what is sent with a margin, and the longest answer", () => {
    // 1,100 tokens at $10 and 500 at $20 a million, and the fee.
    expect(worstCase({ hasNodeFee: true, models: [use] }, lists, at)).toBe(11_000n + 10_000n + 100n);
    expect(worstCase({ hasNodeFee: false, models: [] }, lists, at)).toBe(0n);
  });

  it("grows with each round by what came before, up to what the model can take", () => {
    const rounds = { ...use, calls: 3 };
    // 1,100 + 3,600 + 6,100 tokens in, 1,500 out.
    expect(worstCase({ hasNodeFee: false, models: [rounds] }, lists, at)).toBe(108_000n + 30_000n);
    const small = { ...rounds, contextTokens: 2_000 };
    expect(worstCase({ hasNodeFee: false, models: [small] }, lists, at)).toBe(51_000n + 30_000n);
  });

  it("has the same margin for what tools give, which is counted before it is sent, too", () => {
    const tools = { ...use, calls: 3, replyTokens: 10_000 };
    // 1,100 + 12,600 + 24,100 tokens in, 1,500 out.
    expect(worstCase({ hasNodeFee: false, models: [tools] }, lists, at)).toBe(378_000n + 30_000n);
  });

  it("is refused without a price", () => {
    const none = { system: [], partner: [], partnerId: null };
    expect(() => worstCase({ hasNodeFee: false, models: [use] }, none, at)).toThrow(/no price/);
  });
});
