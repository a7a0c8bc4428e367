"use client";

import { type Dispatch, useCallback, useEffect, useMemo, useRef, useState } from "react";
import { toast } from "@/components/ui/toast";
import { newId } from "@/lib/ids";
import { dropBackup, forgetBackup, judgeBackup, keepBackup, readBackups } from "./draft-backup";
import { draftSender, type SaveResult } from "./draft-sender";
import { autosaveWait, isRefusal } from "./save-state";
import { isDirty } from "./state";
import type { EditorAction, EditorState } from "./state-types";
import type { EditorActions } from "./types";
import type { Asides } from "./use-asides";

/** Saves at once, e.g. before a run. Gives the newest revision. */
export type Save = (isAutosave: boolean) => Promise<SaveResult>;

/**
 * Saves the draft a moment after the last change, or as the editor is left, one save at a time, and keeps a copy in the
 * browser until the server has it. Of copies that are found, one is gone on with; those of a draft that somebody has saved
 * over since, and any others, are put aside.
 */
export function useAutosave(
  workflowId: string,
  state: EditorState,
  dispatch: Dispatch<EditorAction>,
  actions: EditorActions,
  canEdit: boolean,
  putAside: Asides["add"],
): Save {
  const latest = useRef(state);
  latest.current = state;
  const [pageId] = useState(newId);
  const inFlight = useRef<Promise<SaveResult> | null>(null);

  const sendDraft = useMemo(() => draftSender(actions, workflowId), [actions, workflowId]);
  const send = useCallback(
    async (isAutosave: boolean): Promise<SaveResult> => {
      const { graph, revision } = latest.current;
      dispatch({ type: "saving", graph });
      const result = await sendDraft({ graph, revision }, isAutosave);
      if (result.ok) {
        dispatch({ type: "saved", graph, revision: result.revision });
        latest.current = { ...latest.current, savedGraph: graph, revision: result.revision };
        return result;
      }
      const { code, reason, message } = result.error;
      if (reason === "stale_revision") dispatch({ type: "conflict", message });
      else dispatch({ type: "save_failed", graph, message, isRefused: isRefusal(code) });
      return result;
    },
    [sendDraft, dispatch],
  );

  const saveNow = useCallback(
    async (isAutosave: boolean): Promise<SaveResult> => {
      // Whoever waited beside this one may have begun the next save by now.
      while (inFlight.current) await inFlight.current;
      if (isAutosave && !isDirty(latest.current)) return { ok: true, revision: latest.current.revision };
      inFlight.current = send(isAutosave).finally(() => {
        inFlight.current = null;
      });
      return inFlight.current;
    },
    [send],
  );

  useEffect(() => {
    if (!canEdit) return;
    const kept = readBackups(workflowId, pageId).map((one) => ({
      ...one,
      verdict: judgeBackup(one.backup, latest.current),
    }));
    const next = kept.find(({ verdict }) => verdict === "continue");
    for (const one of kept) {
      const isDone = one === next || one.verdict === "none";
      if (isDone || putAside({ graph: one.backup.graph, origin: "unsaved" })) forgetBackup(one.key);
    }
    if (!next) return;
    dispatch({ type: "replace", graph: next.backup.graph });
    toast.info("Changes that had not been saved are back.", { description: "Undo removes them." });
  }, [workflowId, pageId, dispatch, canEdit, putAside]);

  const { graph, savedGraph, revision, save } = state;
  const waitMs = canEdit ? autosaveWait(state) : null;
  const unsaved = waitMs === null ? null : graph;
  useEffect(() => {
    if (!unsaved || waitMs === null) return;
    const timer = setTimeout(() => saveNow(true), waitMs);
    return () => clearTimeout(timer);
  }, [unsaved, waitMs, saveNow]);

  // What was sent without an answer may have arrived too.
  const sending = save.status === "saving" || save.status === "failed" ? save.graph : null;
  const isUntouched = state.past.length === 0;
  useEffect(() => {
    if (graph !== savedGraph) keepBackup(workflowId, pageId, { revision, graph, sending });
    else if (!isUntouched) dropBackup(workflowId, pageId);
  }, [workflowId, pageId, graph, savedGraph, revision, sending, isUntouched]);

  const leave = useCallback(async () => {
    const mayBeTaken = latest.current.save.status === "saving" || autosaveWait(latest.current) !== null;
    if (!canEdit || !mayBeTaken) return;
    await saveNow(true);
    if (!isDirty(latest.current)) dropBackup(workflowId, pageId);
  }, [workflowId, pageId, canEdit, saveNow]);

  useEffect(() => {
    if (graph === savedGraph) return;
    const warn = (event: BeforeUnloadEvent) => {
      event.preventDefault();
      // On its way while the browser asks.
      void leave();
    };
    window.addEventListener("beforeunload", warn);
    return () => window.removeEventListener("beforeunload", warn);
  }, [graph, savedGraph, leave]);

  // Another page of the product takes this one's place, and the moment after the last change never comes.
  useEffect(() => () => void leave(), [leave]);

  return saveNow;
}
