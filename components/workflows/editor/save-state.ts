import { edit, NOTHING } from "./history";
import type { EditorState, SaveAction } from "./state-types";

/** What saving does to the state: the draft is kept, refused, or meets a newer one. */
export function reduceSave(state: EditorState, action: SaveAction): EditorState {
  switch (action.type) {
    case "saving":
      return { ...state, save: { status: "saving", graph: action.graph } };
    case "saved":
      return { ...state, savedGraph: action.graph, revision: action.revision, save: { status: "idle" } };
    case "save_failed": {
      // A refusal of what the server has as a draft already leaves nothing unsaved.
      if (action.graph === state.savedGraph) return { ...state, save: { status: "idle" } };
      const { message, graph, isRefused } = action;
      return { ...state, save: { status: "failed", message, graph, isRefused } };
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
      return { ...state, revision: action.revision, save: { status: "idle" } };
  }
}
