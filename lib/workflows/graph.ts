import { z } from "zod";
import { cut } from "@/lib/cut";
import { plainProblem } from "@/lib/plain-problem";

export const MAX_NODES = 500;
const MAX_EDGES = 2_000;
const MAX_GRAPH_BYTES = 1_000_000;

/** Ids are short and plain because they appear in templates, keys and addresses. */
const graphId = z.string().regex(/^[a-z0-9_-]{1,64}$/, "An id has 1 to 64 of: a-z 0-9 _ -");

const coordinate = z.number().min(-1_000_000).max(1_000_000);
const extent = z.number().min(100).max(20_000);

/** How a node is tried and what its failure means. What is left out is the default of its kind. */
const nodePolicySchema = z.strictObject({
  /** How long one attempt may take. */
  timeoutMs: z.int().min(100).max(3_600_000).optional(),
  retry: z
    .strictObject({
      /** Attempts in all, the first included: 1 never tries again. */
      attempts: z.int().min(1).max(10),
      /** Waits grow fourfold, or stay the same. */
      backoff: z.enum(["exponential", "fixed"]),
      firstWaitMs: z.int().min(0).max(300_000),
    })
    .optional(),
  /** `default` goes on with `defaultOutput`; `branch` leaves by the port `error`. */
  onError: z.enum(["fail", "default", "branch"]).optional(),
  defaultOutput: z.record(z.string(), z.json()).optional(),
});
export type NodePolicy = z.infer<typeof nodePolicySchema>;

export const nodeSchema = z.strictObject({
  id: graphId,
  kind: z.string().min(1).max(64),
  name: z.string().trim().min(1, "Give the node a name.").max(120, "A name has at most 120 characters."),
  position: z.strictObject({ x: coordinate, y: coordinate }),
  /** Checked by the node's kind, apart from the shape of the graph, so that unfinished drafts can be kept. */
  config: z.record(z.string(), z.json()),
  policy: nodePolicySchema.optional(),
  /** The container (a map or a loop) whose body this node belongs to; none on the nodes outside. */
  parent: graphId.optional(),
  /** How large a container or a note is drawn. */
  size: z.strictObject({ width: extent, height: extent }).optional(),
  /** An output to give instead of running, in tests of the draft. */
  pin: z.record(z.string(), z.json()).optional(),
});

export const edgeSchema = z.strictObject({
  id: z.string().regex(/^[a-z0-9_-]{1,200}$/, "An id has 1 to 200 of: a-z 0-9 _ -"),
  source: graphId,
  sourcePort: z.string().min(1).max(64),
  target: graphId,
});

/** The shape of `workflows.dag_structure`. */
const graphSchema = z.strictObject({
  version: z.literal(1),
  nodes: z.array(nodeSchema),
  edges: z.array(edgeSchema),
});

export type Graph = z.infer<typeof graphSchema>;
export type GraphNode = z.infer<typeof nodeSchema>;
export type GraphEdge = z.infer<typeof edgeSchema>;

/**
 * `malformed` graphs are never stored; `structure` problems are refused when a person saves or publishes, and only
 * autosave keeps them; `config` problems may stay in a draft and are refused on publish.
 */
export type IssueLevel = "malformed" | "structure" | "config";

export type Issue = {
  readonly level: IssueLevel;
  readonly code: string;
  /** For a person; names the node. */
  readonly message: string;
  readonly nodeId?: string;
  readonly edgeId?: string;
  /** Dot path inside the node's config. */
  readonly field?: string;
};

export const EMPTY_GRAPH: Graph = { version: 1, nodes: [], edges: [] };

export type ParsedGraph = { ok: true; graph: Graph } | { ok: false; issues: readonly Issue[] };

/**
 * Reads a graph from outside. Counts are checked before anything is walked, so that an oversized graph costs
 * nothing to refuse. Ids of the result are unique and its edges lead from node to node; the rest is `checkGraph`'s.
 */
export function parseGraph(raw: unknown): ParsedGraph {
  const oversize = findOversize(raw);
  if (oversize) return { ok: false, issues: [oversize] };
  const parsed = graphSchema.safeParse(raw, { error: plainProblem });
  if (!parsed.success)
    return { ok: false, issues: parsed.error.issues.slice(0, 50).map((issue) => shapeIssue(raw, issue)) };
  const issues = checkReferences(parsed.data);
  return issues.length > 0 ? { ok: false, issues } : { ok: true, graph: parsed.data };
}

/** What of a graph is more than any may have, or null. */
export function findOversize(raw: unknown): Issue | null {
  const nodes = listLength(raw, "nodes");
  const edges = listLength(raw, "edges");
  if (nodes > MAX_NODES) return tooLarge(`${nodes.toLocaleString("en-US")} nodes; the limit is ${MAX_NODES}`);
  if (edges > MAX_EDGES) return tooLarge(`${edges.toLocaleString("en-US")} edges; the limit is 2,000`);
  if (jsonBytes(raw) > MAX_GRAPH_BYTES) {
    return tooLarge("more than 1 MB of JSON");
  }
  return null;
}

/** Infinity for what JSON cannot hold, such as circular data: that is no graph either. */
function jsonBytes(raw: unknown): number {
  try {
    return new TextEncoder().encode(JSON.stringify(raw) ?? "").length;
  } catch {
    return Number.POSITIVE_INFINITY;
  }
}

function tooLarge(what: string): Issue {
  return { level: "malformed", code: "too_large", message: `The workflow is too large: it has ${what}.` };
}

function listLength(raw: unknown, key: "nodes" | "edges"): number {
  const list = typeof raw === "object" && raw !== null ? Reflect.get(raw, key) : undefined;
  return Array.isArray(list) ? list.length : 0;
}

function shapeIssue(raw: unknown, issue: z.core.$ZodIssue): Issue {
  const [list, index, ...rest] = issue.path;
  const items = typeof raw === "object" && raw !== null && list ? Reflect.get(raw, list) : undefined;
  const item: unknown = Array.isArray(items) && typeof index === "number" ? items[index] : undefined;
  const [id, name] = ["id", "name"].map((key) =>
    typeof item === "object" && item !== null ? Reflect.get(item, key) : undefined,
  );
  const where = typeof id === "string" ? (list === "edges" ? { edgeId: id } : { nodeId: id }) : {};
  const what = [list, index].filter((part) => part !== undefined).join(" ");
  const called = [name, id].find((label) => typeof label === "string" && label.trim() !== "");
  const prefix = typeof called === "string" ? `“${shortened(called)}”` : what || "The workflow";
  const field = rest.map(String).join(".");
  return {
    level: "malformed",
    code: "malformed",
    message: `${prefix}${field ? ` (${field})` : ""}: ${issue.message}`,
    ...where,
    ...(field ? { field } : {}),
  };
}

function shortened(label: string): string {
  return label.length > 64 ? `${cut(label, 63)}…` : label;
}

/** Duplicate ids and edges that lead nowhere: without these there is no graph to speak of. */
function checkReferences(graph: Graph): Issue[] {
  const issues: Issue[] = [];
  const nodeIds = new Set<string>();
  for (const node of graph.nodes) {
    if (nodeIds.has(node.id)) {
      issues.push({
        level: "malformed",
        code: "duplicate_id",
        nodeId: node.id,
        message: `Two nodes have the id “${node.id}”.`,
      });
    }
    nodeIds.add(node.id);
  }
  const edgeIds = new Set<string>();
  for (const edge of graph.edges) {
    if (edgeIds.has(edge.id)) {
      issues.push({
        level: "malformed",
        code: "duplicate_id",
        edgeId: edge.id,
        message: `Two edges have the id “${edge.id}”.`,
      });
    }
    edgeIds.add(edge.id);
    const missing = [edge.source, edge.target].filter((id) => !nodeIds.has(id));
    for (const id of missing) {
      issues.push({
        level: "malformed",
        code: "dangling_edge",
        edgeId: edge.id,
        message: `The edge from “${edge.source}” to “${edge.target}” needs the node “${id}”, which does not exist.`,
      });
    }
  }
  return issues;
}

/**
 * The nodes that run together: those outside of containers (`parent` null), or those of one container's body. What
 * connects them comes along.
 */
export function levelOf(graph: Graph, parent: string | null): Graph {
  const nodes = graph.nodes.filter((node) => (node.parent ?? null) === parent);
  const inside = new Set(nodes.map((node) => node.id));
  return {
    version: 1,
    nodes,
    edges: graph.edges.filter((edge) => inside.has(edge.source) && inside.has(edge.target)),
  };
}

/** Edges grouped by a node, for walking in either direction in O(V + E). */
export function edgesBy(graph: Graph, end: "source" | "target"): ReadonlyMap<string, readonly GraphEdge[]> {
  const groups = new Map<string, GraphEdge[]>();
  for (const node of graph.nodes) groups.set(node.id, []);
  for (const edge of graph.edges) groups.get(edge[end])?.push(edge);
  return groups;
}

/** Kahn's algorithm: an order in which every edge leads forward, and the nodes on or behind a cycle. */
export function topologicalOrder(graph: Graph): { order: readonly string[]; cyclic: readonly string[] } {
  const outgoing = edgesBy(graph, "source");
  const waiting = new Map<string, number>(graph.nodes.map((node) => [node.id, 0]));
  for (const edge of graph.edges) waiting.set(edge.target, (waiting.get(edge.target) ?? 0) + 1);
  const order = graph.nodes.filter((node) => waiting.get(node.id) === 0).map((node) => node.id);
  for (let next = 0; next < order.length; next += 1) {
    for (const edge of outgoing.get(order[next] ?? "") ?? []) {
      const left = (waiting.get(edge.target) ?? 0) - 1;
      waiting.set(edge.target, left);
      if (left === 0) order.push(edge.target);
    }
  }
  const sorted = new Set(order);
  return { order, cyclic: graph.nodes.filter((node) => !sorted.has(node.id)).map((node) => node.id) };
}

/**
 * Every node from which a path of edges leads to this one: what its templates and expressions may name. Give
 * `incoming` (`edgesBy(graph, "target")`) when asking for many nodes.
 */
export function ancestorsOf(
  graph: Graph,
  nodeId: string,
  incoming: ReadonlyMap<string, readonly GraphEdge[]> = edgesBy(graph, "target"),
): ReadonlySet<string> {
  return reach(incoming, [nodeId], "source");
}

/**
 * Every node whose output a node may name: those before it on its own level, and those before the containers it is in.
 * `incoming` as for `ancestorsOf`.
 */
export function nodesBefore(
  graph: Graph,
  nodeId: string,
  incoming: ReadonlyMap<string, readonly GraphEdge[]> = edgesBy(graph, "target"),
): ReadonlySet<string> {
  const parents = new Map(graph.nodes.map((node) => [node.id, node.parent]));
  const found = new Set<string>();
  const seen = new Set<string>();
  for (let at: string | undefined = nodeId; at !== undefined && !seen.has(at); at = parents.get(at)) {
    seen.add(at);
    for (const id of ancestorsOf(graph, at, incoming)) found.add(id);
  }
  return found;
}

/** Every node a path of edges leads to from this one. */
export function descendantsOf(graph: Graph, nodeId: string): ReadonlySet<string> {
  return reach(edgesBy(graph, "source"), [nodeId], "target");
}

function reach(
  edges: ReadonlyMap<string, readonly GraphEdge[]>,
  from: readonly string[],
  end: "source" | "target",
): ReadonlySet<string> {
  const found = new Set<string>();
  const stack = [...from];
  for (let id = stack.pop(); id !== undefined; id = stack.pop()) {
    for (const edge of edges.get(id) ?? []) {
      if (found.has(edge[end])) continue;
      found.add(edge[end]);
      stack.push(edge[end]);
    }
  }
  return found;
}

/** The one input node, or null in a graph that is not ready to run. */
export function findInputNode(graph: Graph): GraphNode | null {
  return graph.nodes.find((node) => node.kind === "input") ?? null;
}

/** Whether an edge from one node to another would close a cycle. */
export function wouldCycle(graph: Graph, source: string, target: string): boolean {
  return source === target || descendantsOf(graph, target).has(source);
}
