import { isDeepStrictEqual } from "node:util";
import { edgesBy, type Graph, type GraphNode, levelOf, topologicalOrder } from "@/lib/workflows/graph";
import { findKind } from "@/lib/workflows/nodes";

/** How a node ended in the run that is resumed. */
export type SourceStep = { readonly id: string; readonly nodeId: string; readonly status: string };

/**
 * Why a node runs again, or for the first time: how it ended, that the node or what it refers to has changed since, or
 * that it follows one that runs again.
 */
export type AgainReason = "failed" | "stopped" | "not_reached" | "changed" | "follows";

export type ReusePlan = {
  readonly reused: readonly SourceStep[];
  readonly again: readonly { readonly node: GraphNode; readonly reason: AgainReason }[];
  /** Of the nodes that run again, those whose items, rounds or called run go on where they were. */
  readonly continued: readonly SourceStep[];
};

type Asked = {
  /** The graph the source followed. */
  readonly before: Graph;
  /** The graph the new run follows. */
  readonly after: Graph;
  readonly steps: readonly SourceStep[];
  /** The steps that the source was to go on with itself, by node: those of nodes it did not come to are left to the new run. */
  readonly left?: Readonly<Record<string, string>> | null;
  /** Nodes that refer to something that has changed since, such as an agent. */
  readonly changed?: ReadonlySet<string>;
  /** Whether nodes with a pinned output give that instead of running. */
  readonly usesPins?: boolean;
  /** The nodes that the source was to run, where these were not all: what it had of the others it was given. */
  readonly only?: readonly string[] | null;
};

/**
 * Which steps of an ended run stay true in a new run of the same input: those that completed or were skipped, whose node
 * is the same (kind, settings, policy, what leads into it, and what is inside of it), and before which everything is
 * reused too. What the source was given stays as it was, unless another output is pinned by now. Of the nodes outside of
 * containers, in an order in which they can run.
 */
export function planReuse({
  before,
  after,
  steps,
  left,
  changed = new Set(),
  usesPins = false,
  only,
}: Asked): ReusePlan {
  const level = levelOf(after, null);
  const ended = new Map(steps.map((step) => [step.nodeId, step]));
  const isSame = sameness(before, after, { changed, usesPins });
  const old = new Map(before.nodes.map((node) => [node.id, node]));
  const isGivenAgain = (node: GraphNode, status?: string) =>
    status === "skipped" || !node.pin || isDeepStrictEqual(old.get(node.id)?.pin, node.pin);
  const incoming = edgesBy(level, "target");
  const nodes = new Map(level.nodes.map((node) => [node.id, node]));
  const reused = new Map<string, SourceStep>();
  const again: { node: GraphNode; reason: AgainReason }[] = [];
  const continued: SourceStep[] = [];
  for (const nodeId of topologicalOrder(level).order) {
    const node = nodes.get(nodeId);
    const kind = node && findKind(node.kind);
    if (!node || kind?.isAnnotation) continue;
    const step = ended.get(nodeId);
    const isDone = step?.status === "completed" || step?.status === "skipped";
    const wasGiven = only ? !only.includes(nodeId) : false;
    const isIntact = wasGiven || (incoming.get(nodeId) ?? []).every((edge) => reused.has(edge.source));
    const isUnchanged = wasGiven ? isGivenAgain(node, step?.status) : isSame(node);
    if (step && isDone && isIntact && isUnchanged) {
      reused.set(nodeId, step);
      continue;
    }
    const hasParts = kind?.isContainer || node.kind === "workflow";
    const goesOn = step ?? leftStep(nodeId, left?.[nodeId]);
    if (hasParts && goesOn && !isDone && isIntact && isUnchanged) continued.push(goesOn);
    again.push({ node, reason: isUnchanged ? reasonOf(step?.status) : "changed" });
  }
  return { reused: [...reused.values()], again, continued };
}

function leftStep(nodeId: string, id: string | undefined): SourceStep | null {
  return id === undefined ? null : { id, nodeId, status: "cancelled" };
}

/** Why a node that is as it was runs again, by how its step ended; undefined where there is none. */
export function reasonOf(status: string | undefined): AgainReason {
  if (status === "failed") return "failed";
  if (status === "completed" || status === "skipped") return "follows";
  return status === undefined ? "not_reached" : "stopped";
}

/** Whether a node of the new graph is what it was: all that changes nothing of what it gives aside, as names and places. */
function sameness(
  before: Graph,
  after: Graph,
  { changed, usesPins }: Required<Pick<Asked, "changed" | "usesPins">>,
): (node: GraphNode) => boolean {
  const old = new Map(before.nodes.map((node) => [node.id, node]));
  const essenceOf = ({ kind, config, policy, parent, pin }: GraphNode) => ({
    kind,
    config,
    policy: policy ?? {},
    parent: parent ?? null,
    pin: usesPins ? pin : null,
  });
  const isSame = (node: GraphNode): boolean => {
    const was = old.get(node.id);
    return (
      was !== undefined &&
      !changed.has(node.id) &&
      isDeepStrictEqual(essenceOf(was), essenceOf(node)) &&
      isDeepStrictEqual(edgesInto(before, node.id), edgesInto(after, node.id)) &&
      (!findKind(node.kind)?.isContainer || isSameBody(node.id))
    );
  };
  const isSameBody = (containerId: string): boolean => {
    const [was, is] = [levelOf(before, containerId), levelOf(after, containerId)].map(withoutNotes);
    return was?.length === is?.length && (is ?? []).every(isSame);
  };
  return isSame;
}

function withoutNotes(level: Graph): readonly GraphNode[] {
  return level.nodes.filter((node) => !findKind(node.kind)?.isAnnotation);
}

function edgesInto(graph: Graph, nodeId: string) {
  return graph.edges
    .filter((edge) => edge.target === nodeId)
    .map(({ source, sourcePort }) => [source, sourcePort]);
}
