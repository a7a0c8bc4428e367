import { expect, it } from "vitest";
import { startTopupInput } from "@/lib/payments/input";
import { amountInput, dollarsInput } from "./amount";

const price = amountInput({ example: "0.25", mayBeZero: true, mostMicros: 5_000_000n, what: "This price" });
const cents = amountInput({ example: "12.50", inCents: true, isSigned: true });
const amount = amountInput({ example: "50.00" });

it.each([
  [amount, "50", 50_000_000n],
  [amount, " 0.000001 ", 1n],
  [amount, "10000000", 10_000_000_000_000n],
  [amount, "$1,000.50", 1_000_500_000n],
  [amount, "1,000,000", 1_000_000_000_000n],
  [cents, "-$12.50", -12_500_000n],
  [price, "0", 0n],
  [price, "5", 5_000_000n],
] as const)("takes what can be kept exactly (%#)", (input, text, micros) => {
  expect(input.parse(text)).toBe(micros);
});

it.each([
  [amount, "-5", "This amount cannot be negative."],
  [amount, "-0.1234567", "This amount cannot be negative."],
  [amount, "0", "This amount must be more than 0."],
  [amount, "0.1234567", "Use at most six decimals: what is finer cannot be kept exactly."],
  [amount, "10000000.000001", "This amount is too high to be right."],
  [amount, "99999999999999", "This amount is too high to be right."],
  [amount, "", "Give an amount in dollars, such as 50.00."],
  [amount, "1,50", "Give an amount in dollars, such as 50.00."],
  [amount, "0,500", "Give an amount in dollars, such as 50.00."],
  [amount, "1000,500", "Give an amount in dollars, such as 50.00."],
  [amount, "1e3", "Give an amount in dollars, such as 50.00."],
  [cents, "0", "This amount cannot be 0."],
  [cents, "12.505", "Use whole cents: at most two decimals."],
  [cents, "-0.1234567", "Use whole cents: at most two decimals."],
  [cents, "-10000000.01", "This amount is too high to be right."],
  [price, "5.000001", "This price is too high to be right."],
  [price, "-1", "This price cannot be negative."],
] as const)("says why something is refused (%#)", (input, text, reason) => {
  expect(input.safeParse(text).error?.issues.map(({ message }) => message)).toEqual([reason]);
});

it.each([
  [amount, "50.00"],
  [dollarsInput, "0.25"],
  [startTopupInput.shape.amount, "50.00"],
])("tells a program that sends a number of JSON how an amount is written (%#)", (input, written) => {
  const [issue] = input.safeParse(Number(written)).error?.issues ?? [];
  expect(issue?.message).toBe(
    `Give the amount as a text, such as "${written}": a number may be rounded on its way.`,
  );
  expect(input.safeParse(written).success).toBe(true);
});
