import { expect, it } from "vitest";
import { autoTopupDue } from "./auto-topup-rules";

const auto = { isOn: true, threshold: 10_000_000n, amount: 50_000_000n, monthlyMax: 120_000_000n };

it("credit is bought below the threshold, within the month's maximum", () => {
  expect(autoTopupDue(auto, 9_999_999n, 0n)).toBe(50_000_000n);
  expect(autoTopupDue(auto, 10_000_000n, 0n)).toBeNull();
  expect(autoTopupDue(auto, -5_000_000n, 70_000_000n)).toBe(50_000_000n);
  expect(autoTopupDue(auto, 0n, 70_000_001n)).toBeNull();
  expect(autoTopupDue({ ...auto, isOn: false }, 0n, 0n)).toBeNull();
  expect(autoTopupDue({ ...auto, threshold: 0n }, 0n, 0n)).toBeNull();
});
