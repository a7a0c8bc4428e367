import type { Graph } from "@/lib/workflows/graph";
import type { EditorState, Selection } from "./state-types";

const HISTORY_LIMIT = 100;

export const NOTHING: Selection = { nodes: new Set(), edges: new Set() };

/** Makes a graph the current one and the old one a step back. The same graph is no step. */
export function edit(state: EditorState, graph: Graph, key: string | null = null): EditorState {
  if (graph === state.graph) return state;
  const continues = key !== null && key === state.lastKey;
  const past = continues ? state.past : [...state.past, state.graph].slice(-HISTORY_LIMIT);
  return { ...state, graph, past, future: [], lastKey: key };
}

export function travel(state: EditorState, direction: "undo" | "redo"): EditorState {
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

export function select(state: EditorState, nodes: readonly string[], edges: readonly string[]): EditorState {
  return { ...state, lastKey: null, selection: { nodes: new Set(nodes), edges: new Set(edges) } };
}

export function picked(
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
