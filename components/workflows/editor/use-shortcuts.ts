"use client";

import { type Dispatch, useEffect, useRef } from "react";
import { toast } from "@/components/ui/toast";
import { readCopied, writeCopied } from "./clipboard";
import { fragmentOf } from "./copying";
import { type Command, commandOf } from "./shortcuts";
import type { EditorAction, EditorState } from "./state-types";

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
      const text = writeCopied(fragmentOf(now.graph, now.selection.nodes));
      event.clipboardData?.setData("text/plain", text);
      event.preventDefault();
      return true;
    }

    function onCut(event: ClipboardEvent) {
      if (latest.current.canEdit && copy(event)) latest.current.dispatch({ type: "remove" });
    }

    function onPaste(event: ClipboardEvent) {
      if (isTyping(event.target) || !latest.current.canEdit) return;
      // Nothing was copied, so nothing is to be said of it.
      if (!event.clipboardData?.types.length) return;
      event.preventDefault();
      const copied = readCopied(event.clipboardData.getData("text/plain"));
      if (copied.ok) latest.current.dispatch({ type: "paste", fragment: copied.fragment });
      else toast.warning(copied.message);
    }

    document.addEventListener("keydown", onKeyDown, { signal });
    document.addEventListener("copy", copy, { signal });
    document.addEventListener("cut", onCut, { signal });
    document.addEventListener("paste", onPaste, { signal });
    return () => controller.abort();
  }, []);
}
