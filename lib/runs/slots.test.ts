import { expect, it } from "vitest";
import { isSurelyLeased } from "./slots";
import { LEASE_MS } from "./steps";

it("takes a step to be leased for half of its lease, which leaves a transaction time to end it, and never one of which that is not known", () => {
  const nowMs = 10 * LEASE_MS;
  const after = (ms: number) => isSurelyLeased(nowMs - ms, nowMs);
  expect([after(0), after(LEASE_MS / 2 - 1), after(LEASE_MS / 2)]).toEqual([true, true, false]);
  expect(isSurelyLeased(undefined, nowMs)).toBe(false);
});
