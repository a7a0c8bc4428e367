import { type Graph, type GraphNode, levelOf, topologicalOrder } from "@/lib/workflows/graph";
import { isFrame, isNote } from "./frames";

export type OutlineRow = { readonly node: GraphNode; readonly depth: number };

/** Every node once, in the order of the run: bodies under their containers, notes at the end of their level. */
export function outlineOf(graph: Graph): readonly OutlineRow[] {
  const rows: OutlineRow[] = [];
  const seen = new Set<string>();

  function addLevel(parent: string | null, depth: number) {
    const level = levelOf(graph, parent);
    const nodes = new Map(level.nodes.map((node) => [node.id, node]));
    const { order, cyclic } = topologicalOrder(level);
    const found = [...order, ...cyclic].flatMap((id) => nodes.get(id) ?? []);
    for (const node of [...found.filter((one) => !isNote(one)), ...found.filter(isNote)]) {
      if (seen.has(node.id)) continue;
      seen.add(node.id);
      rows.push({ node, depth });
      if (isFrame(node)) addLevel(node.id, depth + 1);
    }
  }

  addLevel(null, 0);
  for (const node of graph.nodes) if (!seen.has(node.id)) rows.push({ node, depth: 0 });
  return rows;
}
