import { expect, it } from "vitest";
import { completionsFor } from "./completions";
import { checkExpression, evaluateExpression, expressionReferences } from "./condition";
import { testEdge, testGraph, testNode } from "./graph-testing";
import { buildScope, RESERVED_IDS } from "./scope";
import { checkTemplate, renderTemplate } from "./template";
import { variablesFor } from "./variables";

const inside = (parent: string, id: string, kind: string, config?: Parameters<typeof testNode>[2]) => ({
  ...testNode(id, kind, config),
  parent,
});

const graph = testGraph(
  [
    testNode("input", "input"),
    testNode("call-1", "workflow", { workflowId: "w", versionId: "", inputs: [] }),
    testNode("each", "map"),
    inside("each", "find", "retrieve"),
    inside("each", "tell", "transform"),
    testNode("end", "output"),
  ],
  [
    testEdge("input", "call-1"),
    testEdge("call-1", "each"),
    testEdge("find", "tell"),
    testEdge("each", "end"),
  ],
);
const called = () => ({ id: "w", name: "Other", isActive: true, inputs: [], outputs: ["answer"] });

const names = (nodeId: string, sees?: "body" | "body_names") =>
  completionsFor(graph, nodeId, "expression", { ...(sees ? { sees } : {}), called })
    .filter(({ type }) => type === "name")
    .map(({ label, detail }) => `${label}: ${detail}`);

it("names what a node sees with its type: before it, around it, and after a body also in it", () => {
  const before = ["input.text: text", 'nodes["call-1"].answer: any'];
  expect(names("each")).toEqual(before);
  const inBody = [
    "item: any",
    "index: number",
    "find.text: text",
    "find.passages: list",
    "find.count: number",
  ];
  expect(names("tell").toSorted()).toEqual([...inBody, ...before].toSorted());
  expect(names("end")).toEqual([...before, "each.items: list", "each.errors: list", "each.count: number"]);
  expect(names("each", "body_names")).toEqual(["item: any", "index: number", ...before]);
  expect(names("each", "body")).toEqual(
    expect.arrayContaining(["item: any", "find.text: text", "tell.text: text"]),
  );
  expect(names("nowhere")).toEqual([]);
});

it("names what went wrong at a node that has a way for errors", () => {
  const call = (onError?: "branch" | "default") => {
    const http = { ...testNode("call", "http"), ...(onError ? { policy: { onError } } : {}) };
    const nodes = [testNode("input", "input"), http, testNode("end", "output")];
    const drawn = testGraph(nodes, [testEdge("input", "call"), testEdge("call", "end", "error")]);
    const paths = variablesFor(drawn, "end").flatMap(({ variables }) => variables.map(({ path }) => path));
    return paths.filter((path) => path.startsWith("call.error"));
  };
  expect(call("branch")).toEqual(["call.error.message", "call.error.code"]);
  expect([...call(), ...call("default")]).toEqual([]);
});

it("names each field that people fill in at an approval, with its type", () => {
  const field = (key: string, type: string) => ({ key, label: `The ${key}`, type, required: false });
  const fields = [field("limit", "number"), field("in", "text"), field("", "text")];
  const nodes = [
    testNode("input", "input"),
    testNode("ask", "approval", { fields }),
    testNode("end", "output"),
  ];
  const drawn = testGraph(nodes, [testEdge("input", "ask"), testEdge("ask", "end", "approved")]);
  const offered = completionsFor(drawn, "end", "expression").filter(({ label }) =>
    /^ask\.answer\b/.test(label),
  );
  expect(offered.map(({ label, detail, info }) => [label, detail, info])).toEqual([
    ["ask.answer", "object", "ask: What was filled in, by field"],
    ["ask.answer.limit", "number", "ask: The limit"],
    ['ask.answer["in"]', "text", "ask: The in"],
  ]);
  for (const { label } of offered) expect(checkExpression(label)).toBeNull();
});

it("every name can be written as it is, in both languages", () => {
  for (const { label } of completionsFor(graph, "end", "template", { called }).filter(
    ({ type }) => type === "name",
  )) {
    expect(checkTemplate(`{{ ${label} }}`)).toBeNull();
    expect(checkExpression(label)).toBeNull();
    expect(expressionReferences(label)).toHaveLength(1);
  }
});

it.each(["in", "true", "null", "map", "string", "type", "if", "for", "optional", "size", "contains"])(
  "a node or a key that is called %s gives its value by the name that is offered",
  (word) => {
    const id = RESERVED_IDS.has(word) ? "plain" : word;
    const fields = [{ key: word, mode: "template", value: "here" }];
    const nodes = [
      testNode("input", "input"),
      testNode(id, "transform", { fields }),
      testNode("end", "output"),
    ];
    const drawn = testGraph(nodes, [testEdge("input", id), testEdge(id, "end")]);
    const [, own] = variablesFor(drawn, "end");
    const path = own?.variables[0]?.path ?? "";
    const scope = buildScope({}, { [id]: { [word]: "here" } });
    expect(checkExpression(path)).toBeNull();
    expect(evaluateExpression(path, scope)).toEqual({ ok: true, value: "here" });
    expect(renderTemplate(`{{ ${path} }}`, scope)).toEqual({ ok: true, text: "here" });
  },
);

it("offers the words of the language only", () => {
  const types = (language: "template" | "expression") =>
    [...new Set(completionsFor(graph, "end", language).map(({ type }) => type))].toSorted();
  expect(types("expression")).toEqual(["function", "method", "name"]);
  expect(types("template")).toEqual(["filter", "name", "tag"]);
});
