import type { Graph, GraphEdge, GraphNode } from "@/lib/workflows/graph";
import { type Fragment, fragmentOf, paste } from "./copying";
import { addNode, changeNode, connect, freeSpot, moveNodes, removeItems, resizeNodes } from "./edits";
import { type Followed, followKey } from "./following";
import { fitsInside, isFrame, originsOf, placeNodes, sizesOf, targetsOf, withBodies } from "./frames";
import { edit, NOTHING, picked, select, travel } from "./history";
import { answerWith, firstPlace, putInto } from "./inserting";
import { type JsonObject, parseJsonObject } from "./json-text";
import { withPolicy } from "./policy";
import { type PortChange, replaceNode } from "./ports";
import { reduceSave } from "./save-state";
import type { EditorAction, EditorState } from "./state-types";
import { withTyped } from "./typed-fields";

const LIST = new Intl.ListFormat("en-US");
const PASTE_OFFSET = { x: 40, y: 40 };

export function initialState(graph: Graph, revision: number): EditorState {
  return {
    graph,
    savedGraph: graph,
    revision,
    past: [],
    future: [],
    lastKey: null,
    selection: NOTHING,
    fresh: null,
    save: { status: "idle" },
    typed: new Map(),
    notice: null,
  };
}

export function isDirty(state: EditorState): boolean {
  return state.graph !== state.savedGraph;
}

/** The connection that is chosen, and nothing else with it. */
export function chosenEdge({ graph, selection }: EditorState): GraphEdge | undefined {
  if (selection.nodes.size > 0 || selection.edges.size !== 1) return undefined;
  return graph.edges.find(({ id }) => selection.edges.has(id));
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
      const configured = { ...node, config: action.config };
      const change = replaceNode(state.graph, configured);
      const followed = followKey(change.graph, node, configured);
      if (followed.renamed) return editFollowed(state, followed);
      return editPorts(state, node, change, `configure:${action.nodeId}:${action.field}`);
    }
    case "set_policy": {
      const node = findNode(state, action.nodeId);
      if (!node) return state;
      const change = replaceNode(state.graph, withPolicy(node, action.patch));
      return editPorts(state, node, change, `policy:${action.nodeId}:${action.field}`);
    }
    case "set_pin": {
      const pinned = changeNode(state.graph, action.nodeId, (node) => withPin(node, action.pin));
      return edit(state, pinned, `pin:${action.nodeId}:${action.pin === null}`);
    }
    case "type_json":
      return reduceTyped(state, action);
    case "rename": {
      const renamed = changeNode(state.graph, action.nodeId, (node) => ({ ...node, name: action.name }));
      return edit(state, renamed, `rename:${action.nodeId}`);
    }
    case "drop":
      return editAcross(state, placeNodes(state.graph, targetsOf(state.graph, action.positions)));
    case "put_inside":
      return putInside(state, action.nodeId, action.parent);
    case "resize":
      return edit(
        state,
        resizeNodes(state.graph, new Map([[action.nodeId, action.size]])),
        `resize:${action.nodeId}`,
      );
    case "arrange":
      return edit(state, resizeNodes(moveNodes(state.graph, action.positions), action.sizes));
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
      return { ...select(state, action.nodes, action.edges ?? []), fresh: null };
    case "pick": {
      const nodes = picked(state.selection.nodes, action.nodes);
      const chosen = select(state, nodes, picked(state.selection.edges, action.edges));
      return { ...chosen, fresh: state.fresh !== null && nodes.includes(state.fresh) ? state.fresh : null };
    }
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

function findNode(state: EditorState, nodeId: string): GraphNode | undefined {
  return state.graph.nodes.find((node) => node.id === nodeId);
}

function withPin({ pin: _, ...node }: GraphNode, pin: JsonObject | null): GraphNode {
  return pin === null ? node : { ...node, pin };
}

function reduceTyped(state: EditorState, action: Extract<EditorAction, { type: "type_json" }>): EditorState {
  const { nodeId, field, text } = action;
  const node = findNode(state, nodeId);
  if (!node) return state;
  const kept = { ...state, typed: withTyped(state, node, field, text) };
  const read = parseJsonObject(text);
  if (!read.ok) return kept;
  return field === "pin"
    ? reduce(kept, { type: "set_pin", nodeId, pin: read.value })
    : reduce(kept, { type: "set_policy", nodeId, field, patch: { defaultOutput: read.value } });
}

function editPorts(state: EditorState, node: GraphNode, change: PortChange, key: string): EditorState {
  const { graph, removedEdges } = change;
  if (removedEdges === 0) return edit(state, graph, key);
  const what = removedEdges === 1 ? "A connection" : `${removedEdges} connections`;
  return { ...edit(state, graph), notice: { text: `${what} of “${node.name}” went with it.` } };
}

/** A key with what uses it, as one step of the history. */
function editFollowed(state: EditorState, { graph, renamed, texts, outputs }: Followed): EditorState {
  const using = texts === 1 ? ["1 text that uses it"] : texts > 1 ? [`${texts} texts that use it`] : [];
  const which = [...using, ...outputs.map((output) => `the ${output}`)];
  const say = which.length === 1 && texts < 2 ? "says" : "say";
  const text = `“${renamed?.from}” is “${renamed?.to}” now, and ${LIST.format(which)} ${say} so too.`;
  return { ...edit(state, graph), notice: { text } };
}

/** Nodes in another frame: what crossed its border is gone, and said so. */
function editAcross(state: EditorState, change: PortChange): EditorState {
  const { graph, removedEdges } = change;
  const moved = edit(state, graph);
  if (removedEdges === 0) return moved;
  const what = removedEdges === 1 ? "A connection" : `${removedEdges} connections`;
  return { ...moved, notice: { text: `${what} would have crossed the frame and went with the move.` } };
}

/** Whether a container takes a node: not one that is in the node itself. */
function mayHold(graph: Graph, parent: string | null, node: GraphNode): boolean {
  if (parent === null) return true;
  const frame = graph.nodes.find((other) => other.id === parent);
  const own = withBodies(graph, new Set([node.id]));
  return frame !== undefined && isFrame(frame) && fitsInside(node) && !own.has(parent);
}

function putInside(state: EditorState, nodeId: string, parent: string | null): EditorState {
  const node = findNode(state, nodeId);
  if (!node || (node.parent ?? null) === parent || !mayHold(state.graph, parent, node)) return state;
  const container = state.graph.nodes.find((other) => other.id === (parent ?? node.parent));
  const origin = container ? originsOf(state.graph).get(container.id) : undefined;
  // Out of a container a node goes below it, into one to the first free place.
  const below = {
    x: origin?.x ?? 0,
    y: (origin?.y ?? 0) + (sizesOf(state.graph).get(container?.id ?? "")?.height ?? 0) + 40,
  };
  const spot = { parent, at: parent === null ? below : { x: 0, y: 0 } };
  const placed = placeNodes(state.graph, new Map([[nodeId, spot]]));
  const fresh = placed.graph.nodes.find((other) => other.id === nodeId) ?? node;
  const position = freeSpot(placed.graph, fresh, fresh.position);
  return editAcross(state, {
    ...placed,
    graph: changeNode(placed.graph, nodeId, (moved) => ({ ...moved, position })),
  });
}

function reduceAdd(state: EditorState, action: Extract<EditorAction, { type: "add" }>): EditorState {
  const frame = state.graph.nodes.find(({ id }) => id === action.parent);
  const parent = frame && isFrame(frame) ? frame.id : null;
  const added = addNode(state.graph, action.kind, action.at, parent, action.config);
  if (!added) return state;
  const { from } = action;
  const edge = state.graph.edges.find(({ id }) => id === action.into);
  const led = from ? connect(added.graph, from.source, from.sourcePort, added.nodeId) : added.graph;
  const put = edge ? putInto(led, edge, added.nodeId) : led;
  const isFirst = edge !== undefined && firstPlace(state.graph, action.kind) === edge;
  const graph = isFirst ? answerWith(put, added.nodeId) : put;
  const changed = { ...select(edit(state, graph), [added.nodeId], []), fresh: added.nodeId };
  const name = graph.nodes.find(({ id }) => id === added.nodeId)?.name;
  return graph === put ? changed : { ...changed, notice: { text: `The output gives what “${name}” gives.` } };
}

function pasteInto(state: EditorState, fragment: Fragment): EditorState {
  const pasted = paste(state.graph, fragment, PASTE_OFFSET);
  if (pasted.nodeIds.length === 0) return state;
  return select(edit(state, pasted.graph), pasted.nodeIds, []);
}
