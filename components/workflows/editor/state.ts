import type { Graph, GraphNode } from "@/lib/workflows/graph";
import {
  addNode,
  changeNode,
  connect,
  type Fragment,
  fragmentOf,
  moveNodes,
  type Point,
  paste,
  removeItems,
} from "./edits";
import { type PolicyPatch, withPolicy } from "./policy";
import { type PortChange, replaceNode } from "./ports";

const HISTORY_LIMIT = 100;
const PASTE_OFFSET = { x: 40, y: 40 };

export type Selection = { readonly nodes: ReadonlySet<string>; readonly edges: ReadonlySet<string> };

export type SaveState =
  | { readonly status: "idle" }
  | { readonly status: "saving"; readonly graph: Graph }
  /** Refused or failed: kept in the browser, tried again after the next change. */
  | { readonly status: "failed"; readonly message: string; readonly graph: Graph }
  | { readonly status: "conflict"; readonly message: string };

export type EditorState = {
  readonly graph: Graph;
  /** What the server has: the draft is dirty when `graph` is another object. */
  readonly savedGraph: Graph;
  readonly revision: number;
  readonly past: readonly Graph[];
  readonly future: readonly Graph[];
  /** Changes with one key, one after another, are one step of the history: typing in a field, nudging a node. */
  readonly lastKey: string | null;
  readonly selection: Selection;
  readonly save: SaveState;
  /** What the last change did besides what was asked for; told once. */
  readonly notice: { readonly text: string } | null;
};

export type EditorAction =
  | {
      type: "add";
      kind: string;
      at: Point;
      config?: GraphNode["config"];
      from?: { source: string; sourcePort: string };
    }
  | { type: "connect"; source: string; sourcePort: string; target: string }
  | { type: "remove" }
  | { type: "remove_edge"; edgeId: string }
  | { type: "move"; positions: ReadonlyMap<string, Point> }
  | { type: "configure"; nodeId: string; field: string; config: GraphNode["config"] }
  | { type: "set_policy"; nodeId: string; field: string; patch: PolicyPatch }
  | { type: "rename"; nodeId: string; name: string }
  | { type: "paste"; fragment: Fragment }
  | { type: "duplicate" }
  | { type: "replace"; graph: Graph }
  | { type: "undo" }
  | { type: "redo" }
  | { type: "end_edit" }
  | { type: "select"; nodes: readonly string[]; edges?: readonly string[] }
  /** Selects and deselects some, as a click or a box on the canvas does. */
  | { type: "pick"; nodes?: ReadonlyMap<string, boolean>; edges?: ReadonlyMap<string, boolean> }
  | { type: "select_all" }
  | { type: "saving"; graph: Graph }
  | { type: "saved"; graph: Graph; revision: number }
  | { type: "save_failed"; graph: Graph; message: string }
  | { type: "conflict"; message: string }
  /** Theirs becomes the draft; mine stays one undo away. */
  | { type: "take_theirs"; graph: Graph; revision: number }
  /** The next save goes over theirs. */
  | { type: "keep_mine"; revision: number };

const NOTHING: Selection = { nodes: new Set(), edges: new Set() };

export function initialState(graph: Graph, revision: number): EditorState {
  return {
    graph,
    savedGraph: graph,
    revision,
    past: [],
    future: [],
    lastKey: null,
    selection: NOTHING,
    save: { status: "idle" },
    notice: null,
  };
}

export function isDirty(state: EditorState): boolean {
  return state.graph !== state.savedGraph;
}

/** The editor's whole behaviour, without a browser. */
export function reduce(state: EditorState, action: EditorAction): EditorState {
  switch (action.type) {
    case "add":
      return reduceAdd(state, action);
    case "connect":
      return edit(state, connect(state.graph, action.source, action.sourcePort, action.target));
    case "remove":
      return {
        ...edit(state, removeItems(state.graph, state.selection.nodes, state.selection.edges)),
        selection: NOTHING,
      };
    case "remove_edge":
      return edit(state, removeItems(state.graph, new Set(), new Set([action.edgeId])));
    case "move":
      return edit(
        state,
        moveNodes(state.graph, action.positions),
        `move:${[...action.positions.keys()].join()}`,
      );
    case "configure": {
      const node = findNode(state, action.nodeId);
      if (!node) return state;
      const change = replaceNode(state.graph, { ...node, config: action.config });
      return editPorts(state, node, change, `configure:${action.nodeId}:${action.field}`);
    }
    case "set_policy": {
      const node = findNode(state, action.nodeId);
      if (!node) return state;
      const change = replaceNode(state.graph, withPolicy(node, action.patch));
      return editPorts(state, node, change, `policy:${action.nodeId}:${action.field}`);
    }
    case "rename": {
      const renamed = changeNode(state.graph, action.nodeId, (node) => ({ ...node, name: action.name }));
      return edit(state, renamed, `rename:${action.nodeId}`);
    }
    case "paste":
      return pasteInto(state, action.fragment);
    case "duplicate":
      return pasteInto(state, fragmentOf(state.graph, state.selection.nodes));
    case "replace":
      return edit(state, action.graph);
    case "undo":
    case "redo":
      return travel(state, action.type);
    case "end_edit":
      return state.lastKey === null ? state : { ...state, lastKey: null };
    case "select":
      return select(state, action.nodes, action.edges ?? []);
    case "pick":
      return select(
        state,
        picked(state.selection.nodes, action.nodes),
        picked(state.selection.edges, action.edges),
      );
    case "select_all":
      return select(
        state,
        state.graph.nodes.map((node) => node.id),
        state.graph.edges.map((edge) => edge.id),
      );
    default:
      return reduceSave(state, action);
  }
}

type SaveAction = Extract<
  EditorAction,
  { type: "saving" | "saved" | "save_failed" | "conflict" | "take_theirs" | "keep_mine" }
>;

function reduceSave(state: EditorState, action: SaveAction): EditorState {
  switch (action.type) {
    case "saving":
      return { ...state, save: { status: "saving", graph: action.graph } };
    case "saved":
      return { ...state, savedGraph: action.graph, revision: action.revision, save: { status: "idle" } };
    case "save_failed":
      // A refusal of what the server has as a draft already leaves nothing unsaved.
      if (action.graph === state.savedGraph) return { ...state, save: { status: "idle" } };
      return { ...state, save: { status: "failed", message: action.message, graph: action.graph } };
    case "conflict":
      return { ...state, save: { status: "conflict", message: action.message } };
    case "take_theirs": {
      const taken = edit(state, action.graph);
      return {
        ...taken,
        savedGraph: action.graph,
        revision: action.revision,
        selection: NOTHING,
        save: { status: "idle" },
      };
    }
    case "keep_mine":
      return { ...state, revision: action.revision, save: { status: "idle" } };
  }
}

/** Makes a graph the current one and the old one a step back. The same graph is no step. */
function edit(state: EditorState, graph: Graph, key: string | null = null): EditorState {
  if (graph === state.graph) return state;
  const continues = key !== null && key === state.lastKey;
  const past = continues ? state.past : [...state.past, state.graph].slice(-HISTORY_LIMIT);
  return { ...state, graph, past, future: [], lastKey: key };
}

function findNode(state: EditorState, nodeId: string): GraphNode | undefined {
  return state.graph.nodes.find((node) => node.id === nodeId);
}

function editPorts(state: EditorState, node: GraphNode, change: PortChange, key: string): EditorState {
  const { graph, removedEdges } = change;
  if (removedEdges === 0) return edit(state, graph, key);
  const what = removedEdges === 1 ? "A connection" : `${removedEdges} connections`;
  return { ...edit(state, graph), notice: { text: `${what} of “${node.name}” went with it.` } };
}

function travel(state: EditorState, direction: "undo" | "redo"): EditorState {
  const [from, to] = direction === "undo" ? [state.past, state.future] : [state.future, state.past];
  const graph = from.at(-1);
  if (!graph) return state;
  const [rest, added] = [from.slice(0, -1), [...to, state.graph]];
  const ids = new Set(graph.nodes.map((node) => node.id));
  const selection = {
    nodes: new Set([...state.selection.nodes].filter((id) => ids.has(id))),
    edges: new Set<string>(),
  };
  const past = direction === "undo" ? rest : added;
  const future = direction === "undo" ? added : rest;
  return { ...state, graph, past, future, lastKey: null, selection };
}

function select(state: EditorState, nodes: readonly string[], edges: readonly string[]): EditorState {
  return { ...state, lastKey: null, selection: { nodes: new Set(nodes), edges: new Set(edges) } };
}

function picked(
  chosen: ReadonlySet<string>,
  changes: ReadonlyMap<string, boolean> = new Map(),
): readonly string[] {
  const next = new Set(chosen);
  for (const [id, isChosen] of changes) {
    if (isChosen) next.add(id);
    else next.delete(id);
  }
  return [...next];
}

function reduceAdd(state: EditorState, action: Extract<EditorAction, { type: "add" }>): EditorState {
  const added = addNode(state.graph, action.kind, action.at, action.config);
  if (!added) return state;
  const { from } = action;
  const graph = from ? connect(added.graph, from.source, from.sourcePort, added.nodeId) : added.graph;
  return select(edit(state, graph), [added.nodeId], []);
}

function pasteInto(state: EditorState, fragment: Fragment): EditorState {
  const pasted = paste(state.graph, fragment, PASTE_OFFSET);
  if (pasted.nodeIds.length === 0) return state;
  return select(edit(state, pasted.graph), pasted.nodeIds, []);
}
