"use client";

import { useReactFlow } from "@xyflow/react";
import { type Dispatch, type RefObject, useCallback } from "react";
import { pagePerson } from "@/components/shared/page-person";
import { toast } from "@/components/ui/toast";
import type { Issue } from "@/lib/workflows/graph";
import { withBodies } from "./frames";
import { firstPlace } from "./inserting";
import { autoLayout } from "./layout";
import { begunWith, placeNew } from "./placing";
import type { Command } from "./shortcuts";
import { chosenEdge, isDirty } from "./state";
import type { EditorAction, EditorState } from "./state-types";
import type { EditorActions, EditorResources } from "./types";
import type { Save } from "./use-autosave";
import { useMotion } from "./use-media";

const FIT = { padding: 0.1, maxZoom: 1 };
const GLIDE_MS = 250;

export type Open = "none" | "run" | "publish" | "help" | "checklist" | "remove";

export type CommandContext = {
  readonly workflowId: string;
  readonly load: EditorActions["load"];
  readonly state: EditorState;
  readonly dispatch: Dispatch<EditorAction>;
  readonly resources: EditorResources;
  readonly issues: readonly Issue[];
  readonly canEdit: boolean;
  readonly mayRun: boolean;
  readonly save: Save;
  readonly setOpen: (open: Open) => void;
  readonly focusSearch: () => void;
  readonly canvas: RefObject<HTMLDivElement | null>;
};

export type Commands = {
  /** What a key or a button of the toolbar asks for. */
  readonly onCommand: (command: Command) => void;
  /**
   * Adds a node into the chosen connection, after the chosen node, or in the middle of what is seen; the first one of a
   * new workflow between its input and its output.
   */
  readonly add: (kind: string) => void;
  /** Chooses a node and brings it into view. */
  readonly goTo: (nodeId: string) => void;
  /** Chooses a container and goes to the palette. */
  readonly addInside: (nodeId: string) => void;
  /** Chooses a connection and goes to the palette. */
  readonly addBetween: (edgeId: string) => void;
  /** Removes nodes; asks first when others are inside of them. */
  readonly remove: (nodeIds: readonly string[]) => void;
};

/** What the editor can be asked to do, whoever asks. */
export function useCommands(context: CommandContext): Commands {
  const { state, dispatch, resources, issues, canEdit, setOpen, canvas } = context;
  const flow = useReactFlow();
  const glide = useMotion(GLIDE_MS);

  const goTo = useCallback(
    (nodeId: string) => {
      dispatch({ type: "select", nodes: [nodeId] });
      flow.fitView({ nodes: [{ id: nodeId }], maxZoom: 1, ...glide });
    },
    [flow, dispatch, glide],
  );

  function onLook(command: Command): boolean {
    if (command === "fit") flow.fitView({ ...FIT, ...glide });
    else if (command === "help") setOpen("help");
    else if (command === "clear") dispatch({ type: "select", nodes: [] });
    else if (command === "select_all") dispatch({ type: "select_all" });
    else return false;
    return true;
  }

  function onCommand(command: Command) {
    if (onLook(command)) return;
    if (command === "run" && context.mayRun) setOpen(issues.length > 0 ? "checklist" : "run");
    if (!canEdit) return;
    switch (command) {
      case "save":
        saveOnPurpose(context);
        break;
      case "layout":
        dispatch({ type: "arrange", ...autoLayout(state.graph) });
        requestAnimationFrame(() => flow.fitView({ ...FIT, ...glide }));
        break;
      case "search":
        context.focusSearch();
        break;
      case "undo":
      case "redo":
      case "duplicate":
        dispatch({ type: command });
        break;
      case "remove":
        removeChosen(state.selection.nodes);
    }
  }

  function removeChosen(nodeIds: ReadonlySet<string>) {
    if (withBodies(state.graph, nodeIds).size > nodeIds.size) setOpen("remove");
    else dispatch({ type: "remove" });
  }

  function remove(nodeIds: readonly string[]) {
    dispatch({ type: "select", nodes: nodeIds });
    removeChosen(new Set(nodeIds));
  }

  function addInside(nodeId: string) {
    dispatch({ type: "select", nodes: [nodeId] });
    context.focusSearch();
  }

  function addBetween(edgeId: string) {
    dispatch({ type: "select", nodes: [], edges: [edgeId] });
    context.focusSearch();
  }

  function add(kind: string) {
    const { nodes } = state.selection;
    const between = chosenEdge(state) ?? (nodes.size === 0 ? firstPlace(state.graph, kind) : undefined);
    const after = nodes.size === 1 ? state.graph.nodes.find((node) => nodes.has(node.id)) : undefined;
    const box = canvas.current?.getBoundingClientRect();
    const middle = { x: (box?.x ?? 0) + (box?.width ?? 0) / 2, y: (box?.y ?? 0) + (box?.height ?? 0) / 2 };
    const source = between && state.graph.nodes.find(({ id }) => id === between.source);
    dispatch({
      type: "add",
      kind,
      config: begunWith(kind, resources),
      ...(between
        ? { into: between.id, at: source?.position ?? { x: 0, y: 0 }, parent: source?.parent ?? null }
        : placeNew(state.graph, after, kind, flow.screenToFlowPosition(middle))),
    });
  }

  return { onCommand, add, goTo, addInside, addBetween, remove };
}

/** The draft is kept first, so that a refusal of a graph that does not hang together loses nothing. */
async function saveOnPurpose(context: CommandContext): Promise<void> {
  const { state, dispatch, issues, save } = context;
  const isWhole = !issues.some((issue) => issue.level === "structure");
  const kept = await save(true);
  const result = kept.ok && !isWhole ? await save(false) : kept;
  if (result.ok && !isDirty(state) && (await isSavedOver(context, result.revision)))
    dispatch({ type: "conflict", message: "Somebody has saved this workflow since you opened it." });
  else if (result.ok) toast.success("Saved.");
  else if (result.error.reason !== "stale_revision") {
    toast.error(result.error.message, { description: "Your draft is kept." });
  }
}

/** What is on the screen as it was opened is sent nowhere, and may be older than what is saved. */
async function isSavedOver({ workflowId, load }: CommandContext, revision: number): Promise<boolean> {
  const newest = await load(pagePerson(), { workflowId }).catch(() => null);
  return newest?.ok === true && newest.data.revision !== revision;
}
