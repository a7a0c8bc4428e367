import { expect, it } from "vitest";
import { checkGraph } from "./check";
import { parseGraph } from "./graph";
import { TEMPLATE_KEYS, templateGraph } from "./templates";

it.each(TEMPLATE_KEYS)("the template %s is a graph without problems", (key) => {
  const parsed = parseGraph(templateGraph(key, "mini"));
  expect(parsed.ok && checkGraph(parsed.graph, { modelKeys: new Set(["mini"]) })).toEqual([]);
});
