import { describe, expect, it } from "vitest";
import { z } from "zod";
import { checkRunInput } from "@/lib/runs/run-input";
import type { GraphNode } from "./graph";
import { testGraph, testNode } from "./graph-testing";
import { runInputFields, runInputJsonSchema } from "./run-input";

/** As the editor writes them, with their defaults as text. */
const CONFIG: GraphNode["config"] = {
  fields: [
    { key: "name", label: "Name", type: "text", required: true },
    { key: "note", label: "Note", type: "long_text", required: false },
    { key: "count", label: "Count", type: "number", required: true, default: "400" },
    { key: "sure", label: "Sure", type: "boolean", required: true, default: "true" },
    { key: "size", label: "Size", type: "choice", required: false, options: ["S", "L"], default: "L" },
    { key: "place", label: "Place", type: "text", required: true, default: "12" },
  ],
};
const GRAPH = testGraph([testNode("input", "input", CONFIG)], []);
const SCHEMA = runInputJsonSchema(GRAPH);

const isTaken = (given: Record<string, unknown>) => checkRunInput(runInputFields(GRAPH), given).ok;
const isAsTold = (given: Record<string, unknown>) =>
  z.fromJSONSchema(SCHEMA as Parameters<typeof z.fromJSONSchema>[0]).safeParse(given).success;

describe("the JSON Schema of a run's input", () => {
  it.each([
    {},
    { name: "" },
    { name: " \n" },
    { name: "a".repeat(2_001) },
    { name: "Ada", place: " " },
    { name: "Ada", note: "a".repeat(500_001) },
    { name: "Ada", size: "XL" },
    { name: "Ada", count: 2 ** 53 },
    { name: "Ada", count: -1e20 },
    { name: "Ada", more: 1 },
  ])("does not take what a run does not (%#)", (given) => {
    expect([isTaken(given), isAsTold(given)]).toEqual([false, false]);
  });

  it.each([
    { name: "Ada" },
    { name: "a".repeat(2_000), note: "a".repeat(500_000) },
    { name: "Ada", note: "", count: 0.5, sure: false, size: "S", place: "x" },
    { name: "Ada", count: Number.MIN_SAFE_INTEGER },
  ])("takes what a run does (%#)", (given) => {
    expect([isTaken(given), isAsTold(given)]).toEqual([true, true]);
  });

  it("tells defaults as what they are: given themselves, they change nothing", () => {
    const told = Object.entries(SCHEMA.properties as Record<string, { default?: unknown }>).flatMap(
      ([key, property]) => (property.default === undefined ? [] : [[key, property.default]]),
    );
    const defaults = { name: "Ada", ...Object.fromEntries(told) };
    expect(defaults).toEqual({ name: "Ada", count: 400, sure: true, size: "L", place: "12" });
    expect(isAsTold(defaults)).toBe(true);
    const fields = runInputFields(GRAPH);
    expect(checkRunInput(fields, defaults)).toEqual(checkRunInput(fields, { name: "Ada" }));
  });
});
