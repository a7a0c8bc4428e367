"use client";

import { type Dispatch, useEffect, useRef } from "react";
import { z } from "zod";
import { edgeSchema, nodeSchema } from "@/lib/workflows/graph";
import { fragmentOf } from "./copying";
import { type Command, commandOf } from "./shortcuts";
import type { EditorAction, EditorState } from "./state-types";

const clipboardFragment = z.strictObject({
  hirebuddhaNodes: z.literal(1),
  nodes: z.array(nodeSchema).min(1).max(500),
  edges: z.array(edgeSchema).max(2_000),
});

const FIELDS = "input, textarea, select, [contenteditable]";
/** What is over the editor has its own keys: nothing behind it changes meanwhile, but it can be saved. */
const OVERLAYS = "[role=dialog], [role=alertdialog], [role=menu]";
/** Beside the canvas: who is at a button there means what it is about, and not the chosen nodes. */
const PANELS = "aside";

function isIn(target: EventTarget | null, selector: string): boolean {
  return target instanceof HTMLElement && target.closest(selector) !== null;
}

function isTyping(target: EventTarget | null): boolean {
  return isIn(target, `${FIELDS}, ${OVERLAYS}`);
}

/** Keys and the clipboard for the editor. `onCommand` gets what is not a plain change of the state. */
export function useShortcuts(
  state: EditorState,
  dispatch: Dispatch<EditorAction>,
  canEdit: boolean,
  onCommand: (command: Command) => void,
): void {
  const latest = useRef({ state, dispatch, canEdit, onCommand });
  latest.current = { state, dispatch, canEdit, onCommand };

  useEffect(() => {
    const controller = new AbortController();
    const { signal } = controller;

    function onKeyDown(event: KeyboardEvent) {
      const command = commandOf(event, isTyping(event.target));
      if (command !== "save" && isIn(event.target, OVERLAYS)) return;
      if (command === "remove" && isIn(event.target, PANELS)) return;
      if (!command || event.defaultPrevented) return;
      event.preventDefault();
      latest.current.onCommand(command);
    }

    function copy(event: ClipboardEvent): boolean {
      const { state: now } = latest.current;
      if (isTyping(event.target) || now.selection.nodes.size === 0) return false;
      if (document.getSelection()?.isCollapsed === false) return false;
      const text = JSON.stringify({ hirebuddhaNodes: 1, ...fragmentOf(now.graph, now.selection.nodes) });
      event.clipboardData?.setData("text/plain", text);
      event.preventDefault();
      return true;
    }

    function onCut(event: ClipboardEvent) {
      if (latest.current.canEdit && copy(event)) latest.current.dispatch({ type: "remove" });
    }

    function onPaste(event: ClipboardEvent) {
      if (isTyping(event.target) || !latest.current.canEdit) return;
      const fragment = readFragment(event.clipboardData?.getData("text/plain") ?? "");
      if (!fragment) return;
      event.preventDefault();
      latest.current.dispatch({ type: "paste", fragment });
    }

    document.addEventListener("keydown", onKeyDown, { signal });
    document.addEventListener("copy", copy, { signal });
    document.addEventListener("cut", onCut, { signal });
    document.addEventListener("paste", onPaste, { signal });
    return () => controller.abort();
  }, []);
}

function readFragment(text: string) {
  if (!text.startsWith("{")) return null;
  try {
    const parsed = clipboardFragment.safeParse(JSON.parse(text));
    return parsed.success ? parsed.data : null;
  } catch {
    return null;
  }
}
