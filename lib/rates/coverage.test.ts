import { describe, expect, it } from "vitest";
import { missingPrices } from "./coverage";
import { formatShare } from "./share";

const now = new Date("2026-11-23T10:00:00Z");
const hour = (count: number) => new Date(now.getTime() + count * 3_600_000);
const price = (resourceType: string, modelKey: string | null, from = hour(-1), to: Date | null = null) => ({
  resourceType,
  modelKey,
  effectiveFrom: from,
  effectiveTo: to,
});
const model = { modelKey: "small", modelType: "text" };

describe("missing prices", () => {
  it("are those of no price in force, of the model or of every model", () => {
    expect(missingPrices(model, [], now)).toEqual(["input tokens", "output tokens"]);
    const input = price("text_tokens_input", null);
    expect(missingPrices(model, [input, price("text_tokens_output", "large")], now)).toEqual([
      "output tokens",
    ]);
    expect(missingPrices(model, [input, price("text_tokens_output", "small")], now)).toEqual([]);
  });

  it("do not count a price that is over or still to come", () => {
    const prices = [
      price("text_tokens_input", "small", hour(1)),
      price("text_tokens_output", "small", hour(-2), now),
    ];
    expect(missingPrices(model, prices, now)).toHaveLength(2);
  });
});

describe("a share", () => {
  it("is rounded to one decimal and never divides by nothing", () => {
    expect(formatShare(1n, 3n)).toBe("33.3 %");
    expect(formatShare(-1n, 8n)).toBe("−12.5 %");
    expect(formatShare(5n, 0n)).toBe("–");
  });
});
