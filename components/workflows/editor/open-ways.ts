import type { Graph } from "@/lib/workflows/graph";
import { portsOfNode } from "@/lib/workflows/nodes";

/** A way out of a node that leads to nothing, while others of the node do. */
export type OpenWay = {
  readonly nodeId: string;
  readonly port: string;
  readonly node: string;
  readonly label: string;
};

/** Where runs would end early. In a container it is the end of an item or a round, and nothing to tell. */
export function openWays({ nodes, edges }: Graph): readonly OpenWay[] {
  const led = new Set(edges.map(({ source, sourcePort }) => `${source}:${sourcePort}`));
  return nodes
    .filter(({ parent }) => parent === undefined)
    .flatMap((node) => {
      const ways = portsOfNode(node).map(({ id, label }) => ({
        nodeId: node.id,
        port: id,
        node: node.name,
        label,
      }));
      const open = ways.filter(({ port }) => !led.has(`${node.id}:${port}`));
      return open.length < ways.length ? open : [];
    });
}
