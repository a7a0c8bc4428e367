import { expect, it } from "vitest";
import { testNode } from "@/lib/workflows/graph-testing";
import { emptyOutput } from "./empty-output";

it("begins an output with what each field is, so that a node that goes through a list finds one", () => {
  expect(emptyOutput(testNode("ask", "agent"))).toEqual({ text: "", citations: [] });
  expect(emptyOutput(testNode("each", "map"))).toEqual({ items: [], errors: [], count: 0 });
  expect(emptyOutput(testNode("call", "http"))).toEqual({ status: 0, body: null, headers: {} });
});
