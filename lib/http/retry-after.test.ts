import { expect, it } from "vitest";
import { retryAfter } from "./retry-after";

const NOW = Date.parse("2026-05-01T00:00:00Z");

it.each([
  [{ "retry-after": "7" }, 7_000],
  [{ "retry-after": "Fri, 01 May 2026 00:01:00 GMT" }, 60_000],
  [{ "retry-after": "Thu, 30 Apr 2026 00:00:00 GMT" }, 0],
  [{ "retry-after": "7", "retry-after-ms": "1500" }, 1_500],
  [{ "retry-after": "86400" }, 600_000],
  [{ "retry-after": "soon" }, undefined],
  [{}, undefined],
])("%o asks for %s milliseconds", (headers, expected) => {
  expect(retryAfter(headers, NOW)).toBe(expected);
});

it("is asked for no longer than the caller waits", () => {
  expect(retryAfter({ "retry-after": "86400" }, NOW, 3_600_000)).toBe(3_600_000);
});
