import type { Graph, GraphNode } from "@/lib/workflows/graph";
import { portsOfNode } from "@/lib/workflows/nodes";
import { whyNotConnect } from "./edits";

/** A way that may lead to a node; `label` is null on the only way of its node. */
type Way = { readonly source: GraphNode; readonly port: string; readonly label: string | null };

/** Every way that may lead to a node and does not yet. */
export function waysInto(graph: Graph, nodeId: string): readonly Way[] {
  return graph.nodes.flatMap((source) => {
    const ports = portsOfNode(source);
    return ports
      .filter(({ id }) => whyNotConnect(graph, source.id, id, nodeId) === null)
      .map(({ id, label }) => ({ source, port: id, label: ports.length > 1 ? label : null }));
  });
}
