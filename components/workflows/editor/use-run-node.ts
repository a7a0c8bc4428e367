"use client";

import { type Dispatch, useRef } from "react";
import { pagePerson } from "@/components/shared/page-person";
import { UNREACHABLE } from "@/components/shared/unreachable";
import { toast } from "@/components/ui/toast";
import type { PublicError } from "@/lib/errors";
import { hasEnded, type LiveRun } from "./live-run";
import { useRequestKey } from "./request-key";
import type { EditorAction } from "./state-types";
import type { EditorActions, RunScope } from "./types";
import type { Save } from "./use-autosave";

/** Runs parts of the draft as it stands on the screen, on the outputs of the run that is shown or of earlier ones. */
export function useRunNode({
  workflowId,
  actions,
  dispatch,
  save,
  run,
  show,
}: {
  workflowId: string;
  actions: EditorActions;
  dispatch: Dispatch<EditorAction>;
  save: Save;
  run: LiveRun | null;
  show: (executionId: string) => void;
}): (nodeId: string, scope: RunScope) => Promise<void> {
  const { keyFor, renew } = useRequestKey();
  const isSending = useRef(false);

  function refused({ reason, message }: PublicError): void {
    if (reason === "stale_revision") dispatch({ type: "conflict", message });
    else toast.error(message);
  }

  async function start(nodeId: string, scope: RunScope): Promise<void> {
    const saved = await save(true);
    if (!saved.ok) return refused(saved.error);
    const source = run && hasEnded(run) ? { sourceExecutionId: run.executionId } : {};
    const ask = (from: object) => {
      const request = { workflowId, nodeId, scope, revision: saved.revision, ...from };
      const idempotencyKey = keyFor(request);
      return actions.runNodes(pagePerson(), { ...request, idempotencyKey }).catch(() => null);
    };
    const first = await ask(source);
    // The shown run may not have come as far; an earlier one perhaps has.
    const isShort =
      first && !first.ok && first.error.reason === "missing_outputs" && "sourceExecutionId" in source;
    const result = isShort ? await ask({}) : first;
    if (!result?.ok) return refused(result?.error ?? UNREACHABLE);
    renew();
    show(result.data.executionId);
  }

  return async (nodeId, scope) => {
    if (isSending.current) {
      toast.info("The run before is just being started. Press again once it is there.");
      return;
    }
    isSending.current = true;
    await start(nodeId, scope).finally(() => {
      isSending.current = false;
    });
  };
}
