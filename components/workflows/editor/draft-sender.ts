import { pagePerson } from "@/components/shared/page-person";
import type { PublicError } from "@/lib/errors";
import { findOversize, type Graph } from "@/lib/workflows/graph";
import { isSameGraph } from "./draft-backup";
import type { EditorActions } from "./types";

export type SaveResult = { ok: true; revision: number } | { ok: false; error: PublicError };

type Draft = { readonly graph: Graph; readonly revision: number };

export type SendDraft = (draft: Draft, isAutosave: boolean) => Promise<SaveResult>;

/**
 * Sends drafts of a workflow, one at a time. A save whose answer got lost may have arrived all the same: a newer draft
 * on the server is somebody else's only when it is none of those that were sent without an answer.
 */
export function draftSender(actions: Pick<EditorActions, "save" | "load">, workflowId: string): SendDraft {
  const unanswered = new Set<Graph>();

  const send: SendDraft = async (draft, isAutosave) => {
    // Far too large it would not even arrive, which looks like a server that is not there.
    const oversize = findOversize(draft.graph);
    if (oversize) return { ok: false, error: { code: "limit_exceeded", message: oversize.message } };
    const result = await actions.save(pagePerson(), { workflowId, ...draft, isAutosave }).catch(() => null);
    if (result?.ok) {
      unanswered.clear();
      return { ok: true, revision: result.data.revision };
    }
    if (!result) {
      unanswered.add(draft.graph);
      return { ok: false, error: UNREACHABLE };
    }
    if (result.error.code === "not_found") return { ok: false, error: { ...result.error, message: DELETED } };
    const isStale = result.error.reason === "stale_revision";
    return isStale && unanswered.size > 0
      ? goOnFromNewer(draft, isAutosave, result.error)
      : { ok: false, error: result.error };
  };

  async function goOnFromNewer(draft: Draft, isAutosave: boolean, stale: PublicError): Promise<SaveResult> {
    const newer = await actions.load(pagePerson(), { workflowId }).catch(() => null);
    if (!newer?.ok) return { ok: false, error: newer?.error ?? UNREACHABLE };
    const { graph, revision } = newer.data;
    if (![...unanswered].some((sent) => isSameGraph(sent, graph))) {
      unanswered.clear();
      return { ok: false, error: stale };
    }
    // Saving on purpose checks more than an autosave did that arrived.
    if (isAutosave && isSameGraph(draft.graph, graph)) {
      unanswered.clear();
      return { ok: true, revision };
    }
    return send({ graph: draft.graph, revision }, isAutosave);
  }

  return send;
}

/** What is on the screen is nowhere else, and nobody gets back to it. */
const DELETED =
  "Somebody deleted this workflow. To keep what you see, choose everything (Ctrl A), copy it (Ctrl C) and paste it into another workflow.";

const UNREACHABLE: PublicError = {
  code: "upstream",
  message: "The server could not be reached. Your changes are kept in this browser and saved again soon.",
};
