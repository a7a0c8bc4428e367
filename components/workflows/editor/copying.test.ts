import { describe, expect, it } from "vitest";
import type { Graph, GraphNode } from "@/lib/workflows/graph";
import { fragmentOf, paste } from "./copying";

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
