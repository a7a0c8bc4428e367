"use client";

import { createContext, type Dispatch, useContext } from "react";
import type { Issue } from "@/lib/workflows/graph";
import type { LiveRun } from "./live-run";
import type { EditorAction, EditorState } from "./state";
import type { EditorActions, EditorResources, EditorWorkflow } from "./types";

export type Editor = {
  readonly workflow: EditorWorkflow;
  readonly state: EditorState;
  readonly dispatch: Dispatch<EditorAction>;
  readonly resources: EditorResources;
  readonly actions: EditorActions;
  readonly issues: readonly Issue[];
  /** The run shown on the canvas, if any. */
  readonly run: LiveRun | null;
  /** False on small screens and for people who may only look. */
  readonly canEdit: boolean;
  /** Chooses a node and brings it into view. */
  readonly goTo: (nodeId: string) => void;
};

export const EditorContext = createContext<Editor | null>(null);

export function useEditor(): Editor {
  const editor = useContext(EditorContext);
  if (!editor) throw new Error("useEditor outside an editor");
  return editor;
}
