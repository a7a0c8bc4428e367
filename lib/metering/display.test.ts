import { describe, expect, it } from "vitest";
import { describePer, describeQuantity } from "./display";

describe("quantities for people", () => {
  it.each([
    ["0.004001", "1M_tokens", "4,001 tokens"],
    ["0.000001", "1M_tokens", "1 token"],
    ["12.000000", "1M_tokens", "12,000,000 tokens"],
    ["42.000000", "node", "42 nodes"],
    ["1.000000", "node", "1 node"],
    ["1.500000", "hour", "1.5 hour"],
  ])("%s %s is %s", (quantity, unit, text) => {
    expect(describeQuantity(quantity, unit)).toBe(text);
  });

  it("names what a price is for", () => {
    expect(describePer("1M_tokens")).toBe("per million tokens");
  });
});
