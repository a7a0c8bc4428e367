import { edgesBy, findInputNode, type Graph, type GraphNode, type Issue } from "./graph";
import { containersOf } from "./names";
import { findKind } from "./nodes";

/** How many containers may be around a node. */
const MAX_NESTING = 4;

/** Problems of containers, their bodies, and notes: who belongs where, and what may lead to what. */
export function checkLevels(graph: Graph): Issue[] {
  const nodes = new Map(graph.nodes.map((node) => [node.id, node]));
  return [
    ...graph.nodes.flatMap((node) => checkParent(nodes, node)),
    ...checkBorders(graph, nodes),
    ...checkBodies(graph),
    ...checkReachable(graph, nodes),
  ];
}

type Nodes = ReadonlyMap<string, GraphNode>;

function issue(code: string, node: GraphNode, message: string, field?: string): Issue {
  return { level: "structure", code, nodeId: node.id, message, ...(field ? { field } : {}) };
}

function checkParent(nodes: Nodes, node: GraphNode): Issue[] {
  if (node.parent === undefined) return [];
  const parent = nodes.get(node.parent);
  const bad = (code: string, message: string) => [issue(code, node, message, "parent")];
  if (!parent)
    return bad("bad_parent", `“${node.name}” is inside of “${node.parent}”, which does not exist.`);
  if (!findKind(parent.kind)?.isContainer)
    return bad("bad_parent", `“${node.name}” is inside of “${parent.name}”, which cannot hold nodes.`);
  if (node.kind === "input" || node.kind === "output")
    return bad(
      "end_in_body",
      `“${node.name}” cannot be inside of “${parent.name}”: runs start and end outside.`,
    );
  const around = containersOf(nodes, node);
  if (nodes.has(around.at(-1)?.parent ?? "")) {
    const names = [...new Set([...around, node])].map(({ name }) => `“${name}”`).join(", ");
    return bad("parent_cycle", `“${node.name}” is inside of itself: ${names} hold each other.`);
  }
  if (around.length > MAX_NESTING)
    return bad(
      "too_deep",
      `“${node.name}” is inside of ${around.length} nodes; at most ${MAX_NESTING} are allowed.`,
    );
  return [];
}

/** Edges stay on one level, and none touches a note. */
function checkBorders(graph: Graph, nodes: Nodes): Issue[] {
  return graph.edges.flatMap((edge): Issue[] => {
    const [source, target] = [nodes.get(edge.source), nodes.get(edge.target)];
    if (!source || !target) return [];
    const note = [source, target].find(({ kind }) => findKind(kind)?.isAnnotation);
    if (note)
      return [
        {
          ...issue("edge_of_note", note, `“${note.name}” is a note: nothing leads to or from it.`),
          edgeId: edge.id,
        },
      ];
    if (source.parent === target.parent) return [];
    const where = (node: GraphNode) =>
      node.parent === undefined ? "outside" : `inside of “${nodes.get(node.parent)?.name ?? node.parent}”`;
    const message = `“${source.name}” (${where(source)}) cannot lead to “${target.name}” (${where(target)}): connections stay on one side of the border.`;
    return [{ ...issue("crosses_border", source, message), edgeId: edge.id }];
  });
}

function checkBodies(graph: Graph): Issue[] {
  const filled = new Set(
    graph.nodes.filter(({ kind }) => !findKind(kind)?.isAnnotation).map(({ parent }) => parent),
  );
  return graph.nodes
    .filter((node) => findKind(node.kind)?.isContainer && !filled.has(node.id))
    .map((node) =>
      issue("empty_body", node, `“${node.name}” has no nodes inside: put in what it should run.`),
    );
}

/**
 * Nodes that no path of their own level leads to: from the input outside of containers, inside from the nodes that
 * nothing leads to.
 */
function checkReachable(graph: Graph, nodes: Nodes): Issue[] {
  const input = findInputNode(graph);
  const levelOf = (nodeId: string) => nodes.get(nodeId)?.parent;
  const edges = graph.edges.filter((edge) => levelOf(edge.source) === levelOf(edge.target));
  const led = new Set(edges.map((edge) => edge.target));
  const starts = graph.nodes.filter(({ id, parent }) => parent !== undefined && !led.has(id));
  const reached = new Set([...(input ? [input.id] : []), ...starts.map(({ id }) => id)]);
  const outgoing = edgesBy({ ...graph, edges }, "source");
  // A set gives what is added while it is walked.
  for (const id of reached) for (const edge of outgoing.get(id) ?? []) reached.add(edge.target);
  return graph.nodes
    .filter(({ id, kind, parent }) => !reached.has(id) && kind !== "input" && (input || parent !== undefined))
    .filter(({ kind }) => !findKind(kind)?.isAnnotation)
    .map((node) => {
      const from = node.parent === undefined ? "the input" : "a start of the nodes around it";
      return issue(
        "unreachable",
        node,
        `“${node.name}” cannot be reached from ${from}: connect it or delete it.`,
      );
    });
}
