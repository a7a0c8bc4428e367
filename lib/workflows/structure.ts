import { type Graph, type Issue, topologicalOrder } from "./graph";
import { checkLevels } from "./levels";
import { findKind, portsOfNode } from "./nodes";

/** Problems of the graph as a whole: cycles, reachability, containers, ports, the input and the outputs. */
export function checkStructure(graph: Graph): Issue[] {
  return [...checkCycles(graph), ...checkLevels(graph), ...checkKindsAndPorts(graph), ...checkEnds(graph)];
}

function checkEnds(graph: Graph): Issue[] {
  const issues: Issue[] = [];
  const inputs = graph.nodes.filter((node) => node.kind === "input");
  if (inputs.length === 0) {
    issues.push({
      level: "structure",
      code: "no_input",
      message: "The workflow needs an Input node to start from.",
    });
  }
  for (const extra of inputs.slice(1)) {
    issues.push({
      level: "structure",
      code: "two_inputs",
      nodeId: extra.id,
      message: `“${extra.name}” is a second Input node; a workflow has one.`,
    });
  }
  if (!graph.nodes.some((node) => node.kind === "output")) {
    issues.push({
      level: "structure",
      code: "no_output",
      message: "The workflow needs at least one Output node.",
    });
  }
  return issues;
}

function checkKindsAndPorts(graph: Graph): Issue[] {
  const issues: Issue[] = [];
  const nodes = new Map(graph.nodes.map((node) => [node.id, node]));
  for (const node of graph.nodes) {
    if (findKind(node.kind)) continue;
    issues.push({
      level: "structure",
      code: "unknown_kind",
      nodeId: node.id,
      message: `“${node.name}” is of a kind we do not know: ${node.kind}.`,
    });
  }
  for (const edge of graph.edges) {
    const source = nodes.get(edge.source);
    const target = nodes.get(edge.target);
    const targetKind = target && findKind(target.kind);
    const ports = source ? portsOfNode(source) : [];
    const sourceKind = source && findKind(source.kind);
    if (sourceKind && !sourceKind.isAnnotation && !ports.some((port) => port.id === edge.sourcePort)) {
      const known = ports.map((port) => port.id).join(", ") || "none";
      issues.push({
        level: "structure",
        code: "unknown_port",
        nodeId: edge.source,
        edgeId: edge.id,
        message: `“${source.name}” has no output “${edge.sourcePort}” (it has: ${known}).`,
      });
    }
    if (targetKind && !targetKind.acceptsEdges && !targetKind.isAnnotation) {
      issues.push({
        level: "structure",
        code: "edge_into_input",
        nodeId: edge.target,
        edgeId: edge.id,
        message: `Nothing can lead into “${target.name}”: it is where the run starts.`,
      });
    }
  }
  return issues;
}

function checkCycles(graph: Graph): Issue[] {
  const issues: Issue[] = [];
  const names = new Map(graph.nodes.map((node) => [node.id, node.name]));
  for (const edge of graph.edges) {
    if (edge.source !== edge.target) continue;
    issues.push({
      level: "structure",
      code: "self_edge",
      nodeId: edge.source,
      edgeId: edge.id,
      message: `“${names.get(edge.source)}” leads into itself.`,
    });
  }
  if (issues.length > 0) return issues;
  const onCycle = nodesOnCycles(graph);
  if (onCycle.length === 0) return [];
  const listed = onCycle
    .slice(0, 8)
    .map((id) => `“${names.get(id)}”`)
    .join(", ");
  const more = onCycle.length > 8 ? ` and ${onCycle.length - 8} more` : "";
  const message = `These nodes wait for each other in a circle: ${listed}${more}.`;
  return onCycle.map((nodeId) => ({ level: "structure", code: "cycle", nodeId, message }));
}

/** Only the nodes of the circles themselves: those merely behind one are not what a person has to change. */
function nodesOnCycles(graph: Graph): readonly string[] {
  const { cyclic } = topologicalOrder(graph);
  if (cyclic.length === 0) return [];
  const inside = new Set(cyclic);
  const reversed: Graph = {
    version: 1,
    nodes: graph.nodes.filter((node) => inside.has(node.id)),
    edges: graph.edges
      .filter((edge) => inside.has(edge.source) && inside.has(edge.target))
      .map((edge) => ({ ...edge, source: edge.target, target: edge.source })),
  };
  return topologicalOrder(reversed).cyclic;
}
