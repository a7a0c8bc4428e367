import { MOST_AGENTS } from "@/lib/agents/input";
import { type CalledVersions, otherVersion } from "@/lib/workflows/called";
import { MOST_DOCUMENTS, MOST_PEOPLE, MOST_WORKFLOWS } from "@/lib/workflows/choices";
import { type Graph, type GraphNode, levelOf } from "@/lib/workflows/graph";
import { textOf } from "@/lib/workflows/kind";
import { findKind, portsOfNode } from "@/lib/workflows/nodes";
import { type CalledBy, type CheckContext, NO_VERSION, NOT_CALLABLE } from "@/lib/workflows/references";
import { FRAME_PADDING, isFrame, isNote, NODE_WIDTH, type Point, sizesOf } from "./frames";
import type { EditorResources } from "./types";

/** What the graph rules check references against. Where a list may go on, the server alone knows what is not there. */
export function knownThings(
  { agents, models, documents, workflows, people, credentials }: EditorResources,
  versions: CalledVersions,
): CheckContext & { called: CalledBy } {
  const callable = new Map(workflows.map((workflow) => [workflow.id, workflow]));
  return {
    called: (config) => {
      const found = callable.get(textOf(config, "workflowId"));
      if (!found) return workflows.length < MOST_WORKFLOWS ? NOT_CALLABLE : null;
      const other = otherVersion(found, config);
      if (other === null) return found;
      const version = versions.get(other);
      // What is not read yet is checked once it is, and on the server in any case.
      return version === undefined ? null : version === null ? NO_VERSION : { ...found, ...version };
    },
    ...(agents.length < MOST_AGENTS ? { agents: new Map(agents.map((agent) => [agent.id, agent])) } : {}),
    credentialIds: new Set(credentials.map(({ id }) => id)),
    modelKeys: new Set(models.map(({ modelKey }) => modelKey)),
    ...(people.length < MOST_PEOPLE ? { userIds: new Set(people.map(({ id }) => id)) } : {}),
    ...(documents.length < MOST_DOCUMENTS ? { documentIds: new Set(documents.map(({ id }) => id)) } : {}),
  };
}

/** What a new node has beyond what its kind begins with: the first model, as an agent has and a starter's nodes. */
export function begunWith(kind: string, { models }: Pick<EditorResources, "models">): GraphNode["config"] {
  const [model] = models;
  if (!model) return {};
  const asked = (findKind(kind)?.form ?? []).filter(({ type }) => type === "model");
  return Object.fromEntries(asked.map(({ name }) => [name, model.modelKey]));
}

export type Placement = {
  readonly at: Point;
  readonly parent: string | null;
  /** What leads to the new node. */
  readonly from?: { readonly source: string; readonly sourcePort: string };
};

const GAP = 64;

/**
 * Where a new node goes: into the chosen container behind what ends its body, beside the chosen node, or to the
 * middle of what is seen. It follows a node where that has a single way on.
 */
export function placeNew(
  graph: Graph,
  chosen: GraphNode | undefined,
  kind: string,
  middle: Point,
): Placement {
  const outside = { at: { x: middle.x - NODE_WIDTH / 2, y: middle.y - 30 }, parent: null };
  if (!chosen) return outside;
  const isLoose = findKind(kind)?.isAnnotation === true || kind === "input";
  const staysOut = kind === "input" || kind === "output";
  if (staysOut && chosen.parent !== undefined) return outside;
  const { from, ...spot } = isFrame(chosen) && !staysOut ? inFrame(graph, chosen) : beside(graph, chosen);
  return from && !isLoose ? { ...spot, from } : spot;
}

function beside(graph: Graph, node: GraphNode): Placement {
  const width = sizesOf(graph).get(node.id)?.width ?? NODE_WIDTH;
  const at = { x: node.position.x + width + GAP, y: node.position.y };
  const ports = portsOfNode(node);
  const [port] = ports;
  return {
    at,
    parent: node.parent ?? null,
    ...(port && ports.length === 1 ? { from: { source: node.id, sourcePort: port.id } } : {}),
  };
}

/** Behind the one node that nothing follows yet; into the first free place when there are none or several. */
function inFrame(graph: Graph, frame: GraphNode): Placement {
  const body = levelOf(graph, frame.id);
  const sources = new Set(body.edges.map((edge) => edge.source));
  const ends = body.nodes.filter((node) => !sources.has(node.id) && !isNote(node));
  const [last] = ends;
  if (last && ends.length === 1) return beside(graph, last);
  return { at: { x: FRAME_PADDING.left, y: FRAME_PADDING.top }, parent: frame.id };
}
