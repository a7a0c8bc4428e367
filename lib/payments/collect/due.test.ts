import { expect, it } from "vitest";
import { dueAtStripe } from "./due";

const at = (day: number) => new Date(Date.UTC(2026, 10, day));

it("is the invoice's own day while that is ahead", () => {
  expect(dueAtStripe({ dueDate: at(20), finalizedAt: at(6) }, at(10))).toEqual(at(20));
});

it("gives what a card was to pay at once the days of a transfer, from when it was made", () => {
  expect(dueAtStripe({ dueDate: at(6), finalizedAt: at(6) }, at(6))).toEqual(at(20));
  expect(dueAtStripe({ dueDate: at(6), finalizedAt: at(6) }, at(28))).toEqual(at(29));
});

it("is the next day of what is overdue", () => {
  expect(dueAtStripe({ dueDate: at(2), finalizedAt: at(1) }, at(10))).toEqual(at(11));
});
