"use client";

import { createContext, type Dispatch, useContext } from "react";
import type { Issue } from "@/lib/workflows/graph";
import type { CalledBy } from "@/lib/workflows/references";
import type { LiveRun } from "./live-run";
import type { EditorAction, EditorState } from "./state-types";
import type { EditorActions, EditorResources, EditorWorkflow, RunScope } from "./types";

export type Editor = {
  readonly workflow: EditorWorkflow;
  readonly state: EditorState;
  readonly dispatch: Dispatch<EditorAction>;
  readonly resources: EditorResources;
  readonly called: CalledBy;
  readonly actions: EditorActions;
  readonly issues: readonly Issue[];
  /** The run shown on the canvas, if any. */
  readonly run: LiveRun | null;
  /** False on small screens and for people who may only look. */
  readonly canEdit: boolean;
  /** Chooses a node and brings it into view. */
  readonly goTo: (nodeId: string) => void;
  /** Chooses a container and goes to the palette: what is added next goes into it. */
  readonly addInside: (nodeId: string) => void;
  /** Chooses a connection and goes to the palette: what is added next goes into it. */
  readonly addBetween: (edgeId: string) => void;
  /** Removes nodes; asks first when others are inside of them. */
  readonly remove: (nodeIds: readonly string[]) => void;
  /** Runs a node of the draft alone, or it and what comes after; its trouble is told in a toast. */
  readonly runNode: (nodeId: string, scope: RunScope) => Promise<void>;
};

export const EditorContext = createContext<Editor | null>(null);

export function useEditor(): Editor {
  const editor = useContext(EditorContext);
  if (!editor) throw new Error("useEditor outside an editor");
  return editor;
}
