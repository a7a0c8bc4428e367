import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type Graph, parseGraph } from "@/lib/workflows/graph";
import { templateGraph } from "@/lib/workflows/templates";
import { fragmentOf } from "./copying";
import { whyNotConnect } from "./edits";
import { FRAME_PADDING, originsOf, sizesOf } from "./frames";
import { autoLayout } from "./layout";
import { outlineOf } from "./outline-model";
import { placeNew } from "./placing";
import { initialState, reduce } from "./state";
import type { EditorAction, EditorState } from "./state-types";
import { variablesFor } from "./variables";

/** A map at (1000, 1000) with two connected nodes in it, beside the nodes of a template. */
const start = play(
  [
    { type: "add", kind: "map", at: { x: 1_000, y: 1_000 } },
    { type: "add", kind: "transform", parent: "map_1", at: { x: 20, y: 80 } },
    {
      type: "add",
      kind: "http",
      parent: "map_1",
      at: { x: 300, y: 80 },
      from: { source: "transform_1", sourcePort: "out" },
    },
  ],
  initialState(templateGraph("triage", "mini"), 1),
);

function play(actions: readonly EditorAction[], from: EditorState = start): EditorState {
  return actions.reduce(reduce, from);
}

function nodeIn(graph: Graph, id: string) {
  const node = graph.nodes.find((one) => one.id === id);
  if (!node) throw new Error(`no node ${id}`);
  return node;
}

function parents(graph: Graph) {
  return Object.fromEntries(graph.nodes.flatMap(({ id, parent }) => (parent ? [[id, parent]] : [])));
}

const drop = (id: string, x: number, y: number): EditorAction => ({
  type: "drop",
  positions: new Map([[id, { x, y }]]),
});

describe("containers", () => {
  it("hold what is added to them, at places relative to their corner, and are never smaller than it", () => {
    expect(parents(start.graph)).toEqual({ transform_1: "map_1", http_1: "map_1" });
    expect(start.graph.edges.map(({ id }) => id)).toContain("transform_1-out-http_1");
    expect(originsOf(start.graph).get("http_1")).toEqual({ x: 1_300, y: 1_080 });
    const size = sizesOf(start.graph).get("map_1");
    expect(size?.width).toBeGreaterThanOrEqual(300 + 208 + FRAME_PADDING.right);
  });

  it("take a node dropped on them and let one go, without the connections that would cross the frame", () => {
    const into = play([drop("file", 1_020, 1_100)]);
    expect(nodeIn(into.graph, "file")).toMatchObject({ parent: "map_1", position: { x: 20, y: 100 } });
    expect(into.graph.edges.filter(({ source, target }) => [source, target].includes("file"))).toEqual([]);
    expect(into.notice?.text).toBe("2 connections would have crossed the frame and went with the move.");
    expect(reduce(into, { type: "undo" }).graph).toBe(start.graph);

    const out = play([drop("http_1", 300, -400)]);
    expect(nodeIn(out.graph, "http_1").position).toEqual({ x: 1_300, y: 600 });
    expect(parents(out.graph)).toEqual({ transform_1: "map_1" });
    expect(out.graph.edges.map(({ id }) => id)).not.toContain("transform_1-out-http_1");
  });

  it("keep a connection between nodes that move together", () => {
    const both = new Map([
      ["transform_1", { x: 0, y: -400 }],
      ["http_1", { x: 300, y: -400 }],
    ]);
    const out = play([{ type: "drop", positions: both }]);
    expect(parents(out.graph)).toEqual({});
    expect(out.graph.edges.map(({ id }) => id)).toContain("transform_1-out-http_1");
    expect(out.notice).toBeNull();
  });

  it("are left and entered without a pointer as well, and never by the input", () => {
    const out = play([{ type: "put_inside", nodeId: "http_1", parent: null }]);
    expect(nodeIn(out.graph, "http_1").parent).toBeUndefined();
    const back = reduce(out, { type: "put_inside", nodeId: "http_1", parent: "map_1" });
    expect(nodeIn(back.graph, "http_1").parent).toBe("map_1");
    expect(nodeIn(back.graph, "http_1").position).not.toEqual(nodeIn(back.graph, "transform_1").position);
    expect(nodeIn(play([drop("input", 1_020, 1_100)]).graph, "input").parent).toBeUndefined();
  });

  it("say why nothing leads through their frame", () => {
    const { graph } = start;
    expect(whyNotConnect(graph, "sort", "out", "http_1")).toBe(
      "“HTTP request” is inside of “For each” and “Sort” is not: connections do not cross the frame.",
    );
    expect(whyNotConnect(graph, "map_1", "out", "http_1")).toBe(
      "“HTTP request” is inside of “For each”: what is inside starts and ends by itself.",
    );
    expect(whyNotConnect(graph, "sort", "out", "map_1")).toBeNull();
  });

  it("are copied and deleted with their bodies", () => {
    const copied = play([{ type: "select", nodes: ["map_1"] }, { type: "duplicate" }]);
    expect([...copied.selection.nodes]).toEqual(["map_2"]);
    expect(parents(copied.graph)).toMatchObject({ transform_2: "map_2", http_2: "map_2" });
    expect(nodeIn(copied.graph, "http_2").position).toEqual(nodeIn(start.graph, "http_1").position);
    const removed = play([{ type: "select", nodes: ["map_1"] }, { type: "remove" }]);
    expect(parents(removed.graph)).toEqual({});
    expect(removed.graph.nodes.map(({ id }) => id)).not.toContain("http_1");

    const alone = play([{ type: "select", nodes: ["http_1"] }, { type: "duplicate" }]);
    expect(nodeIn(alone.graph, "http_2").parent).toBe("map_1");
    const elsewhere = reduce(initialState(templateGraph("answer", "mini"), 1), {
      type: "paste",
      fragment: fragmentOf(start.graph, new Set(["http_1"])),
    });
    expect(parents(elsewhere.graph)).toEqual({});
  });

  it("are laid out from the inside, each frame around its body", () => {
    const nested = play([
      { type: "add", kind: "loop", parent: "map_1", at: { x: 20, y: 300 } },
      { type: "add", kind: "llm", parent: "loop_1", at: { x: 20, y: 80 } },
    ]);
    const arranged = reduce(nested, { type: "arrange", ...autoLayout(nested.graph) });
    const [origins, sizes] = [originsOf(arranged.graph), sizesOf(arranged.graph)];
    for (const { id, parent } of arranged.graph.nodes) {
      if (!parent) continue;
      const [own, around] = [origins.get(id), origins.get(parent)];
      const [size, frame] = [sizes.get(id), sizes.get(parent)];
      if (!own || !around || !size || !frame) throw new Error(id);
      expect(own.y).toBeGreaterThanOrEqual(around.y + FRAME_PADDING.top);
      expect(own.x + size.width).toBeLessThanOrEqual(around.x + frame.width);
      expect(own.y + size.height).toBeLessThanOrEqual(around.y + frame.height);
    }
    expect(outlineOf(nested.graph).map(({ node, depth }) => `${depth} ${node.id}`)).toEqual(
      expect.arrayContaining(["0 map_1", "1 loop_1", "2 llm_1"]),
    );
  });

  it("are where the palette adds, behind the end of their body", () => {
    const { graph } = start;
    const middle = { x: 0, y: 0 };
    expect(placeNew(graph, nodeIn(graph, "map_1"), "llm", middle)).toMatchObject({
      parent: "map_1",
      from: { source: "http_1", sourcePort: "out" },
    });
    expect(placeNew(graph, nodeIn(graph, "http_1"), "output", middle)).toMatchObject({ parent: null });
    expect(placeNew(graph, nodeIn(graph, "http_1"), "note", middle)).not.toHaveProperty("from");
  });

  it("lend their names to their bodies, and their bodies' to the result", () => {
    const paths = (nodeId: string, sees: "body" | "body_names" | null) =>
      variablesFor(start.graph, nodeId, sees).flatMap(({ variables }) => variables.map(({ path }) => path));
    expect(paths("http_1", null)).toEqual(["item", "index", "transform_1.text"]);
    expect(paths("map_1", null)).toEqual([]);
    expect(paths("map_1", "body")).toEqual(
      expect.arrayContaining(["item", "transform_1.text", "http_1.body"]),
    );
  });

  it("stay sound whatever is done: no edge crosses a frame, no parent is missing, nothing is lost from the outline", () => {
    const anyId = fc.constantFrom(
      "map_1",
      "transform_1",
      "http_1",
      "loop_1",
      "sort",
      "file",
      "input",
      "gone",
    );
    const anyPoint = fc.record({
      x: fc.integer({ min: -200, max: 1_600 }),
      y: fc.integer({ min: -200, max: 1_600 }),
    });
    const anyAction: fc.Arbitrary<EditorAction> = fc.oneof(
      fc.record({
        type: fc.constant("add" as const),
        kind: fc.constantFrom("loop", "map", "llm", "note"),
        parent: fc.constantFrom(null, "map_1"),
        at: anyPoint,
      }),
      fc.tuple(anyId, anyPoint).map(([id, { x, y }]) => drop(id, x, y)),
      fc.record({
        type: fc.constant("put_inside" as const),
        nodeId: anyId,
        parent: fc.constantFrom(null, "map_1", "loop_1"),
      }),
      fc.record({ type: fc.constant("select" as const), nodes: fc.uniqueArray(anyId, { maxLength: 3 }) }),
      fc.record({
        type: fc.constant("connect" as const),
        source: anyId,
        sourcePort: fc.constant("out"),
        target: anyId,
      }),
      fc.constantFrom<EditorAction>(
        { type: "remove" },
        { type: "duplicate" },
        { type: "undo" },
        { type: "redo" },
      ),
    );
    fc.assert(
      fc.property(fc.array(anyAction, { maxLength: 25 }), (actions) => {
        const { graph } = play(actions);
        expect(parseGraph(graph).ok).toBe(true);
        const around = new Map(graph.nodes.map(({ id, parent }) => [id, parent]));
        for (const { source, target } of graph.edges) expect(around.get(source)).toBe(around.get(target));
        for (const { parent } of graph.nodes) if (parent) expect(around.has(parent)).toBe(true);
        expect(outlineOf(graph)).toHaveLength(graph.nodes.length);
        const rooted = graph.nodes.filter(({ id }) => {
          const seen = new Set<string>();
          for (let at: string | undefined = id; at; at = around.get(at)) {
            if (seen.has(at)) return false;
            seen.add(at);
          }
          return true;
        });
        expect(rooted).toHaveLength(graph.nodes.length);
      }),
      { numRuns: 200 },
    );
  });
});
