import type { CheckContext } from "@/lib/workflows/check";
import type { GraphNode } from "@/lib/workflows/graph";
import { portsOfNode } from "@/lib/workflows/nodes";
import { NODE_HEIGHT, NODE_WIDTH, type Point } from "./edits";
import type { EditorResources } from "./types";

/** What the graph rules check references against. */
export function knownThings({ agents, models, documents }: EditorResources): CheckContext {
  return {
    agentIds: new Set(agents.map(({ id }) => id)),
    modelKeys: new Set(models.map(({ modelKey }) => modelKey)),
    documentIds: new Set(documents.map(({ id }) => id)),
  };
}

/** Right of the chosen node, or a place in the middle of what is seen. */
export function placeFor(after: GraphNode | undefined, middle: Point): Point {
  if (after) return { x: after.position.x + NODE_WIDTH + 64, y: after.position.y };
  return { x: middle.x - NODE_WIDTH / 2, y: middle.y - NODE_HEIGHT / 2 };
}

/** A new node follows the chosen one where that has a single way on. */
export function followOn(after: GraphNode | undefined): { from?: { source: string; sourcePort: string } } {
  const ports = after ? portsOfNode(after) : [];
  const [port] = ports;
  return after && port && ports.length === 1 ? { from: { source: after.id, sourcePort: port.id } } : {};
}
