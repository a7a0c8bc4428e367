import { describe, expect, it } from "vitest";
import { accentProblem, contrastOnWhite, imageTypeOf } from "./rules";

describe("a colour on paper", () => {
  it("has the contrast that WCAG says", () => {
    expect(contrastOnWhite("#000000")).toBeCloseTo(21, 5);
    expect(contrastOnWhite("#ffffff")).toBeCloseTo(1, 5);
    expect(contrastOnWhite("#767676")).toBeCloseTo(4.54, 2);
  });

  it("is refused when nobody could read it", () => {
    expect(accentProblem("#1d4ed8")).toBeNull();
    expect(accentProblem("#ffee00")).toMatch(/too light/);
    expect(accentProblem("blue")).toMatch(/#1d4ed8/);
  });
});

it("an image is what its bytes are, whatever it is called", () => {
  expect(imageTypeOf(Buffer.from("89504e470d0a1a0a00", "hex"))).toBe("image/png");
  expect(imageTypeOf(Buffer.from("ffd8ffe0", "hex"))).toBe("image/jpeg");
  expect(imageTypeOf(Buffer.from("<svg onload=alert(1)>"))).toBeNull();
  expect(imageTypeOf(new Uint8Array())).toBeNull();
});
