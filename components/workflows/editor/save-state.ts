import type { ErrorCode } from "@/lib/errors";
import { edit, NOTHING } from "./history";
import type { EditorState, SaveAction } from "./state-types";

const PAUSE_MS = 1_500;
const RETRY_MS = 8_000;

/** What is said of a draft, or to who sends it, each time it is sent as it is. */
const REFUSALS: ReadonlySet<ErrorCode> = new Set(["invalid", "limit_exceeded", "forbidden", "not_found"]);

/** Whether an error is an answer to the draft, and not a save that may work in a while. */
export function isRefusal(code: ErrorCode): boolean {
  return REFUSALS.has(code);
}

/**
 * After how long a draft saves itself as it is: a moment after the last change, a while after a save that failed.
 * @returns null for what is saved or being saved, meets a newer one, or was refused: that is not sent again until it is another
 */
export function autosaveWait({
  graph,
  savedGraph,
  save,
}: Pick<EditorState, "graph" | "savedGraph" | "save">): number | null {
  if (graph === savedGraph || save.status === "saving" || save.status === "conflict") return null;
  if (save.status !== "failed" || save.graph !== graph) return PAUSE_MS;
  return save.isRefused ? null : RETRY_MS;
}

/** What saving does to the state: the draft is kept, refused, or meets a newer one. */
export function reduceSave(state: EditorState, action: SaveAction): EditorState {
  switch (action.type) {
    case "saving":
      return { ...state, save: { status: "saving", graph: action.graph } };
    case "saved":
      return { ...state, savedGraph: action.graph, revision: action.revision, save: { status: "idle" } };
    case "save_failed": {
      const { message, graph, isRefused } = action;
      // A refusal of what the server has as a draft already leaves nothing unsaved.
      if (isRefused && graph === state.savedGraph) return { ...state, save: { status: "idle" } };
      // What was not refused may have arrived: until it is known, no draft is taken for the one that the server has.
      const savedGraph = isRefused ? state.savedGraph : { ...state.savedGraph };
      return { ...state, savedGraph, save: { status: "failed", message, graph, isRefused } };
    }
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
      return { ...state, savedGraph: action.graph, revision: action.revision, save: { status: "idle" } };
  }
}
