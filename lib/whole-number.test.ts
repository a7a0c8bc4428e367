import { expect, it } from "vitest";
import { updatePlanInput } from "@/lib/plans/input";
import { wholeNumber } from "./whole-number";

const said = (given: unknown) => wholeNumber(0, 10_000).safeParse(given).error?.issues[0]?.message ?? null;

it("takes whole numbers within its bounds, says what is wrong with others, and reads an emptied field as none", () => {
  expect(wholeNumber(0, 10_000).parse(" 10000 ")).toBe(10_000);
  expect(["", "  ", "x", "1.5", "-1", "10001"].map(said)).toEqual([
    "Give a number.",
    "Give a number.",
    "Give a number.",
    "Give a whole number.",
    "At least 0.",
    "At most 10,000.",
  ]);
});

it("bounds a plan's place in the list in the words of every other number", () => {
  const { error } = updatePlanInput.pick({ position: true }).safeParse({ position: "1001" });
  expect(error?.issues[0]?.message).toBe("At most 1,000.");
});
