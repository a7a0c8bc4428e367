import { expect, it } from "vitest";
import { OPERATIONS } from "./catalogue";
import { curlOf } from "./curl";

it("gives each example an idempotency key of its own, so that they work one after the other", () => {
  const keys = OPERATIONS.flatMap(
    (operation) => /Idempotency-Key: (\S+)"/.exec(curlOf(operation))?.[1] ?? [],
  );
  expect(keys).toHaveLength(OPERATIONS.filter(({ isIdempotent }) => isIdempotent).length);
  expect(new Set(keys).size).toBe(keys.length);
});
