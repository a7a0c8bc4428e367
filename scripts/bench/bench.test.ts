import { expect, test } from "vitest";
import { figure, inTurns, percentile } from "./bench";
import { idsOfBoth, type Statement, withFreshIds } from "./statements";

test("percentiles are the nearest rank, whatever the order of the samples", () => {
  const samples = [5, 1, 4, 2, 3];
  expect([0, 0.5, 0.8, 0.95, 1].map((p) => percentile(samples, p))).toEqual([1, 3, 4, 5, 5]);
});

test("a figure says what it is a ratio of", () => {
  const made = figure("page", 12, "ms", { name: "empty route", value: 4 });
  expect(made).toEqual({
    name: "page",
    value: 12,
    unit: "ms",
    floor: { name: "empty route", value: 4 },
    ratio: 3,
  });
});

test("subject and floor take turns at going first, without the warm-up in the samples", async () => {
  const calls: string[] = [];
  const side = (name: string) => async () => calls.push(name);
  const samples = await inTurns(
    { rounds: 3, warmUp: 1, maxMs: 60_000 },
    { subject: side("s"), floor: side("f") },
  );
  expect(calls.join("")).toBe("sffssffs");
  expect(samples).toEqual({ floor: [3, 6, 7], subject: [4, 5, 8] });
});

test("out of time, at least three rounds are measured", async () => {
  const once = async () => 1;
  const samples = await inTurns({ rounds: 100, warmUp: 0, maxMs: 0 }, { subject: once, floor: once });
  expect(samples.subject).toHaveLength(3);
});

test("a replay keeps what was worked on and gets new ids for what was made, the same in every statement", () => {
  const id = (digit: string) => `${digit.repeat(8)}-0000-7000-8000-000000000000`;
  const recording = (made: string): Statement[] => [
    { text: "insert", values: [id("a"), made, 1] },
    { text: "update", values: [`exec:${id("a")}:${made}:node`] },
  ];
  const first = recording(id("1"));
  const constant = idsOfBoth(first, recording(id("2")));
  expect(constant).toEqual(new Set([id("a")]));
  const [inserted, updated] = withFreshIds(first, constant);
  const fresh = inserted?.values[1];
  expect(fresh).not.toBe(id("1"));
  expect(inserted?.values).toEqual([id("a"), fresh, 1]);
  expect(updated?.values).toEqual([`exec:${id("a")}:${fresh}:node`]);
});
