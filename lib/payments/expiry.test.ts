import { expect, it } from "vitest";
import { isExpired } from "./expiry";

it("a card is good until the last moment of its month", () => {
  const card = { month: 12, year: 2026 };
  expect(isExpired(card, new Date("2026-12-31T23:59:59.999Z"))).toBe(false);
  expect(isExpired(card, new Date("2027-01-01T00:00:00Z"))).toBe(true);
  expect(isExpired({ month: 2, year: 2028 }, new Date("2028-02-29T12:00:00Z"))).toBe(false);
  expect(isExpired(null, new Date())).toBe(false);
});
