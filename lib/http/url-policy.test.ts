import { expect, it } from "vitest";
import { hostMatches } from "./url-policy";

it("matches hosts by name and by sub-domain pattern", () => {
  expect(hostMatches("API.example.com.", ["api.example.com"])).toBe(true);
  expect(hostMatches("a.b.example.com", ["*.example.com"])).toBe(true);
  for (const host of ["example.com", "evilexample.com", "example.com.evil.test"]) {
    expect(hostMatches(host, ["*.example.com"])).toBe(false);
  }
});
