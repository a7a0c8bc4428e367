import { describe, expect, it } from "vitest";
import { NODE_KINDS } from "@/lib/workflows/nodes";
import { findKinds } from "./find-kinds";

const found = (query: string) => findKinds(NODE_KINDS, query).map(({ label }) => label);

describe("a search among the kinds of nodes", () => {
  it.each(NODE_KINDS.map(({ label }) => label))("finds %s by its name before what speaks of it", (label) => {
    expect(found(label)[0]).toBe(label);
  });

  it("finds by the beginning of a name, by what is described, and by several words", () => {
    expect(found("clas")[0]).toBe("Classify");
    expect(found("documents")).toContain("Retrieve");
    expect(found("REQUEST http")).toEqual(["HTTP request"]);
    expect(found("nothing of the kind")).toEqual([]);
  });

  it("gives all in their order when nothing is asked", () => {
    expect(found("  ")).toEqual(NODE_KINDS.map(({ label }) => label));
  });
});
