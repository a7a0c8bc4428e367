import { version } from "uuid";
import { describe, expect, it } from "vitest";
import { isId, newId } from "./ids";

describe("an id", () => {
  const ids = Array.from({ length: 20_000 }, newId);

  it("is a UUIDv7", () => {
    expect(ids.every((id) => isId(id) && version(id) === 7)).toBe(true);
  });

  it("sorts behind every one that was made before it, also in its millisecond", () => {
    expect(ids.toSorted()).toEqual(ids);
    expect(new Set(ids).size).toBe(ids.length);
  });

  it("cannot be told from the one before it", () => {
    const ends = new Set(ids.map((id) => id.slice(-8)));
    expect(ends.size).toBeGreaterThan(ids.length - 20);
  });
});
