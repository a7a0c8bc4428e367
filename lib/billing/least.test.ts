import { expect, it } from "vitest";
import { isTooLittleForCard } from "./least";

it.each([
  [0n, false],
  [1n, true],
  [49n, true],
  [50n, false],
])("no card is charged less than $0.50: of %s cents that is %s", (dueCents, isTooLittle) => {
  expect(isTooLittleForCard(dueCents)).toBe(isTooLittle);
});
