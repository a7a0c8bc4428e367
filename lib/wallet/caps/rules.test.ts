import { describe, expect, it } from "vitest";
import { amountToAsk, choiceOf } from "./rules";

const cap = { bound: 10_000_000n, used: 0n, switchAtPercent: 80, fallbackModelKey: "small" };

describe("an agent under a cap with a cheaper model", () => {
  it("switches from the chosen percent on, and when its own model no longer fits", () => {
    expect(choiceOf({ ...cap, used: 7_999_999n }, 1n)).toBe("go");
    expect(choiceOf({ ...cap, used: 8_000_000n }, 1n)).toBe("switch");
    expect(choiceOf({ ...cap, used: 5_000_000n }, 5_000_000n)).toBe("go");
    expect(choiceOf({ ...cap, used: 5_000_000n }, 5_000_001n)).toBe("switch");
    expect(choiceOf(cap, 10_000_001n)).toBe("switch");
    expect(choiceOf({ ...cap, switchAtPercent: 100, used: 10_000_000n }, 0n)).toBe("switch");
  });
});

it("asks for what is missing, in whole dollars, for one at least", () => {
  expect(amountToAsk(5_000_001n, 0n)).toBe(6_000_000n);
  expect(amountToAsk(5_000_000n, 4_000_000n)).toBe(1_000_000n);
  expect(amountToAsk(100n, 99n)).toBe(1_000_000n);
  expect(amountToAsk(1n, 1n)).toBe(1_000_000n);
});
