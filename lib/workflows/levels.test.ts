import { describe, expect, it } from "vitest";
import { checkGraph } from "./check";
import { type Graph, type GraphNode, parseGraph } from "./graph";
import { testEdge, testGraph, testNode } from "./graph-testing";

const inside = (parent: string, node: GraphNode): GraphNode => ({ ...node, parent });

const text = (value: string, mode = "template") => ({ fields: [{ key: "text", mode, value }] });

const mapConfig = (change: GraphNode["config"] = {}) => ({
  items: "input.text.split(',')",
  maxParallel: 2,
  maxItems: 10,
  onItemError: "fail",
  mode: "template",
  value: "{{ second.text }}",
  ...change,
});

/** input → first → each (a map of second → third, and in it a loop around a step) → result */
function sound(): Graph {
  return testGraph(
    [
      testNode("input", "input"),
      testNode("first", "transform", text("{{ input.text }}")),
      testNode("each", "map", mapConfig()),
      inside("each", testNode("second", "transform", text("{{ item }} {{ index }} {{ first.text }}"))),
      inside(
        "each",
        testNode("again", "loop", {
          maxRounds: 3,
          until: "round > 1 && item != ''",
          initialMode: "expression",
          initial: "second.text",
          mode: "template",
          value: "{{ step.text }} {{ last }} {{ item }}",
        }),
      ),
      inside("again", testNode("step", "transform", text("{{ last }} {{ round }} {{ second.text }}"))),
      testNode("result", "output", text("each.items", "expression")),
      testNode("hint", "note"),
      inside("each", testNode("hint_2", "note")),
    ],
    [
      testEdge("input", "first"),
      testEdge("first", "each"),
      testEdge("second", "again"),
      testEdge("each", "result"),
    ],
  );
}

function withNode(graph: Graph, id: string, change: Partial<GraphNode>): Graph {
  return {
    ...graph,
    nodes: graph.nodes.map((node) => (node.id === id ? { ...node, ...change } : node)),
  };
}

const codes = (graph: Graph) => checkGraph(graph).map((issue) => `${issue.code}:${issue.nodeId ?? ""}`);

describe("containers", () => {
  it("a graph with a loop in a map and notes has no problems", () => {
    expect(parseGraph(sound())).toMatchObject({ ok: true });
    expect(checkGraph(sound())).toEqual([]);
  });

  it.each<[what: string, graph: Graph, code: string, message: string]>([
    [
      "a parent that is not there",
      withNode(sound(), "second", { parent: "gone" }),
      "bad_parent:second",
      "gone",
    ],
    [
      "a parent that holds nothing",
      withNode(sound(), "second", { parent: "first" }),
      "bad_parent:second",
      "cannot hold",
    ],
    ["an output inside", withNode(sound(), "result", { parent: "each" }), "end_in_body:result", "outside"],
    ["a container in itself", withNode(sound(), "each", { parent: "again" }), "parent_cycle:each", "“each”"],
    ["an empty body", withNode(sound(), "step", { parent: "each" }), "empty_body:again", "no nodes inside"],
    ["a body of notes", withNode(sound(), "step", { kind: "note" }), "empty_body:again", "no nodes inside"],
    [
      "an edge out of a body",
      { ...sound(), edges: [...sound().edges, testEdge("second", "result")] },
      "crosses_border:second",
      "“second” (inside of “each”) cannot lead to “result” (outside)",
    ],
    [
      "an edge into a body",
      { ...sound(), edges: [...sound().edges, testEdge("each", "step")] },
      "crosses_border:each",
      "stay on one side",
    ],
    [
      "an edge to a note",
      { ...sound(), edges: [...sound().edges, testEdge("first", "hint")] },
      "edge_of_note:hint",
      "is a note",
    ],
    [
      "a circle in a body",
      { ...sound(), edges: [...sound().edges, testEdge("again", "second")] },
      "cycle:second",
      "in a circle",
    ],
  ])("refuses %s, by name", (_what, graph, code, message) => {
    expect(codes(graph)).toContain(code);
    const [, nodeId] = code.split(":");
    const issue = checkGraph(graph).find((found) => `${found.code}:${found.nodeId}` === code);
    expect(issue).toMatchObject({ level: "structure", nodeId });
    expect(issue?.message).toContain(message);
  });

  it("refuses more than four containers around a node", () => {
    const depth = (count: number) => {
      const holders = Array.from({ length: count }, (_, index) => {
        const node = testNode(`m${index}`, "map", mapConfig({ value: "{{ item }}" }));
        return index === 0 ? node : inside(`m${index - 1}`, node);
      });
      const leaf = inside(`m${count - 1}`, testNode("leaf", "transform", text("{{ item }}")));
      const end = testNode("end", "output", text("{{ m0.count }}"));
      return testGraph(
        [testNode("input", "input"), ...holders, leaf, end],
        [testEdge("input", "m0"), testEdge("m0", "end")],
      );
    };
    expect(codes(depth(4))).toEqual([]);
    expect(codes(depth(5))).toEqual(["too_deep:leaf"]);
  });

  it("policies need a kind that has one, and a default output when they promise it", () => {
    const http = (policy: GraphNode["policy"]) => ({
      ...testNode("first", "http"),
      config: { ...testNode("first", "http").config, url: "https://example.com" },
      ...(policy ? { policy } : {}),
    });
    const policies = (policy: GraphNode["policy"], after: string) =>
      checkGraph(withNode(withNode(sound(), "first", http(policy)), "second", { config: text(after) })).map(
        ({ code, field }) => `${code}:${field}`,
      );
    expect(
      policies({ retry: { attempts: 2, backoff: "fixed", firstWaitMs: 0 } }, "{{ first.body }}"),
    ).toEqual([]);
    expect(policies({ onError: "default" }, "{{ first.body }}")).toEqual([
      "missing_default:policy.defaultOutput",
    ]);
    expect(policies({ onError: "default", defaultOutput: { why: 1 } }, "{{ first.why }}")).toEqual([]);
    expect(policies({ onError: "branch" }, "{{ first.error.message }}")).toEqual([]);
    expect(policies({ onError: "fail" }, "{{ first.error.message }}")).toEqual([
      "unknown_name:fields.0.value",
    ]);
    expect(codes(withNode(sound(), "first", { policy: { timeoutMs: 1_000 } }))).toEqual(["no_policy:first"]);
    expect(codes(withNode(sound(), "each", { policy: { timeoutMs: 1_000, onError: "branch" } }))).toEqual([]);
    const retry = { attempts: 2, backoff: "fixed", firstWaitMs: 0 } as const;
    expect(checkGraph(withNode(sound(), "each", { policy: { retry } }))).toMatchObject([
      { code: "no_retry", nodeId: "each", field: "policy.retry" },
    ]);
  });
});

describe("names", () => {
  it.each<[nodeId: string, field: string, value: string, message: string]>([
    ["first", "fields.0.value", "{{ item }}", "“item” is only known inside “For each”."],
    ["second", "fields.0.value", "{{ last }}", "“last” is only known inside “Loop”."],
    ["second", "fields.0.value", "{{ result.text }}", "does not come before"],
    ["second", "fields.0.value", "{{ each.items }}", "does not come before"],
    ["second", "fields.0.value", "{{ step.text }}", "is inside of a node"],
    ["result", "fields.0.value", "{{ second.text }}", "is inside of a node"],
  ])("%s cannot use %s = %s", (nodeId, field, value, message) => {
    const issues = checkGraph(withNode(sound(), nodeId, { config: text(value) }));
    expect(issues).toMatchObject([{ code: "unknown_name", nodeId, field }]);
    expect(issues[0]?.message).toContain(message);
  });

  it("what a container computes after its body sees the body, what it starts with does not", () => {
    const loop = (change: GraphNode["config"]) => {
      const node = sound().nodes.find(({ id }) => id === "again");
      return checkGraph(withNode(sound(), "again", { config: { ...node?.config, ...change } }));
    };
    expect(loop({ initial: "step.text" })).toMatchObject([{ field: "initial" }]);
    expect(loop({ initial: "last" })).toMatchObject([{ field: "initial" }]);
    expect(loop({ until: "step.text == ''" })).toMatchObject([{ field: "until" }]);
    expect(loop({ until: "last == second.text" })).toEqual([]);
    const map = (change: GraphNode["config"]) =>
      checkGraph(withNode(sound(), "each", { config: mapConfig(change) }));
    expect(map({ items: "[item]" })).toMatchObject([{ field: "items" }]);
    expect(map({ items: "second.text" })).toMatchObject([{ field: "items" }]);
    expect(map({ mode: "expression", value: "[item, index, again.last, first.text]" })).toEqual([]);
    expect(map({ value: "{{ step.text }}" })).toMatchObject([{ field: "value" }]);
  });

  it("no node may be called like one", () => {
    for (const id of ["item", "index", "round", "last"]) {
      const graph = testGraph([testNode("input", "input"), testNode(id, "merge")], [testEdge("input", id)]);
      expect(codes(graph)).toContain(`reserved_id:${id}`);
    }
  });
});

describe("size", () => {
  it("checks 500 nodes in containers", () => {
    const maps = Array.from({ length: 50 }, (_, index) => `m${index}`);
    const bodies = maps.flatMap((id, at) =>
      Array.from({ length: 9 }, (_, index) =>
        inside(
          id,
          testNode(
            `${id}_${index}`,
            "transform",
            text(`{{ item }} {{ index }} {{ input.text }}${at > 0 ? ` {{ m${at - 1}.count }}` : ""}`),
          ),
        ),
      ),
    );
    const top = [
      testNode("input", "input"),
      ...maps.map((id) => testNode(id, "map", mapConfig({ value: `{{ ${id}_8.text }}` }))),
      testNode("end", "output", text("{{ m49.count }}")),
    ];
    const inner = bodies.slice(1).flatMap((node, index) => {
      const before = bodies[index];
      return before?.parent === node.parent ? [testEdge(before?.id ?? "", node.id)] : [];
    });
    const outer = top.slice(1).map((node, index) => testEdge(top[index]?.id ?? "", node.id));
    // Two of the 502 nodes are left out of the last body to stay within the limit.
    const nodes = [...top, ...bodies].filter(({ id }) => id !== "m0_0" && id !== "m1_0");
    const kept = [...outer, ...inner].filter(({ source }) => source !== "m0_0" && source !== "m1_0");
    const graph = testGraph(nodes, kept);
    expect(parseGraph(graph)).toMatchObject({ ok: true });
    expect(checkGraph(graph)).toEqual([]);
  });
});
