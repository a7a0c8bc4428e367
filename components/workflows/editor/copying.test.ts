import { describe, expect, it } from "vitest";
import type { Graph, GraphNode } from "@/lib/workflows/graph";
import { fragmentOf, paste } from "./copying";
import { addNode } from "./edits";
import { type Point, sizesOf } from "./frames";

const at = { x: 0, y: 0 };

function node(id: string, kind: string, config: GraphNode["config"]): GraphNode {
  return { id, kind, name: id, position: at, config };
}

function graphOf(...nodes: readonly GraphNode[]): Graph {
  return { version: 1, nodes: [...nodes], edges: [] };
}

function text(value: string): GraphNode["config"] {
  return { fields: [{ key: "text", mode: "template", value }] };
}

/** Copies nodes into a workflow that has one of the same name already. */
function pasted(...nodes: readonly GraphNode[]): Readonly<Record<string, GraphNode["config"]>> {
  const source = graphOf(...nodes);
  const fragment = fragmentOf(source, new Set(nodes.map(({ id }) => id)));
  const { graph } = paste(graphOf(node("transform_1", "transform", text("theirs"))), fragment, at);
  return Object.fromEntries(graph.nodes.map(({ id, config }) => [id, config]));
}

describe("references between pasted nodes", () => {
  it("follow each node once, also where its new id is the old one of another", () => {
    const configs = pasted(
      node("transform_1", "transform", text("a")),
      node("transform_2", "transform", text("{{ transform_1.text }}")),
      node("transform_3", "transform", text("{{ transform_1.text }} and {{ transform_2.text }}")),
    );
    expect(configs).toEqual({
      transform_1: text("theirs"),
      transform_2: text("a"),
      transform_3: text("{{ transform_2.text }}"),
      transform_4: text("{{ transform_2.text }} and {{ transform_3.text }}"),
    });
  });

  it("follow however a node is named in them", () => {
    const configs = pasted(
      node("transform_1", "transform", text("a")),
      node("condition_1", "condition", {
        match: "all",
        rules: [{ expression: 'size(transform_1) > 0 && nodes.transform_1["text"] != ""' }],
      }),
      node(
        "transform_9",
        "transform",
        text(
          "{{ transform_1 }}\n{% if transform_1 %}{{transform_1|json}}{% endif %}{{ nodes.transform_1.text }}{{ nodes['transform_1'] }}",
        ),
      ),
    );
    expect(configs.condition_1).toEqual({
      match: "all",
      rules: [{ expression: 'size(transform_2) > 0 && nodes.transform_2["text"] != ""' }],
    });
    expect(configs.transform_9).toEqual(
      text(
        "{{ transform_2 }}\n{% if transform_2 %}{{transform_2|json}}{% endif %}{{ nodes.transform_2.text }}{{ nodes['transform_2'] }}",
      ),
    );
  });

  it("leave what only looks like a reference", () => {
    const configs = pasted(
      node("transform_1", "transform", text("a")),
      node(
        "transform_9",
        "transform",
        text('See transform_1. {{ input.transform_1.text }} {{ "transform_1." }}'),
      ),
    );
    expect(configs.transform_9).toEqual(
      text('See transform_1. {{ input.transform_1.text }} {{ "transform_1." }}'),
    );
  });
});

/** What a card needs below it to say how it is doing in a run. */
const STATE_LINE = 29;

function covered(graph: Graph): readonly string[] {
  const sizes = sizesOf(graph);
  return graph.nodes.flatMap((one, index) =>
    graph.nodes.slice(index + 1).flatMap((other) => {
      const [upper, lower] = one.position.y <= other.position.y ? [one, other] : [other, one];
      const size = sizes.get(upper.id) ?? { width: 0, height: 0 };
      const isBelow = lower.position.y >= upper.position.y + size.height + STATE_LINE;
      const isBeside = Math.abs(one.position.x - other.position.x) >= size.width;
      return one.parent !== other.parent || isBelow || isBeside ? [] : [`${upper.id} and ${lower.id}`];
    }),
  );
}

const placed = (id: string, kind: string, position: Point, parent?: string): GraphNode => ({
  ...node(id, kind, {}),
  position,
  ...(parent ? { parent } : {}),
});

describe("the places of new nodes", () => {
  const offset = { x: 40, y: 40 };
  const graph = graphOf(
    placed("transform_1", "transform", { x: 0, y: 0 }),
    placed("transform_2", "transform", { x: 280, y: 0 }),
    placed("map_1", "map", { x: 0, y: 180 }),
    placed("http_1", "http", { x: 20, y: 80 }, "map_1"),
  );

  it.each([
    ["several nodes", ["transform_1", "transform_2"]],
    ["a container", ["map_1"]],
    ["a node of a container", ["http_1"]],
    ["everything", ["transform_1", "transform_2", "map_1"]],
  ])("cover nothing when %s are copied three times", (_what, ids) => {
    expect(covered(graph)).toEqual([]);
    let grown = graph;
    for (const _time of [1, 2, 3]) grown = paste(grown, fragmentOf(graph, new Set(ids)), offset).graph;
    expect(grown.nodes.length).toBeGreaterThanOrEqual(graph.nodes.length + 3);
    expect(covered(grown)).toEqual([]);
  });

  it("get a name that can be kept, also where a long one is cut at a character of two places", () => {
    const named = { ...node("a", "transform", text("a")), name: `${"n".repeat(109)}🦊 and more` };
    const { graph: grown } = paste(graphOf(named), fragmentOf(graphOf(named), new Set(["a"])), offset);
    expect(grown.nodes[1]?.name).toBe(`${"n".repeat(109)} 2`);
  });

  it("stay to each other as they were copied", () => {
    const { graph: grown, nodeIds } = paste(
      graph,
      fragmentOf(graph, new Set(["transform_1", "transform_2"])),
      offset,
    );
    const [first, second] = grown.nodes.filter(({ id }) => nodeIds.includes(id));
    expect(first?.position.x).toBe(40);
    expect(second?.position).toEqual({ x: 320, y: first?.position.y });
  });

  it("cover nothing when many are added at one place", () => {
    let grown = graph;
    for (const kind of ["llm", "transform", "condition", "map", "note"])
      grown = addNode(grown, kind, { x: 10, y: 10 })?.graph ?? grown;
    expect(grown.nodes.length).toBe(graph.nodes.length + 5);
    expect(covered(grown)).toEqual([]);
  });
});
