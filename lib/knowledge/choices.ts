import type { ActionResult } from "@/lib/result";

/** A document as it is offered where some are chosen. */
export type DocumentChoice = { id: string; filename: string; state: "ready" | "processing" | "failed" };

/** So many are listed for an agent, those that it has first; of more, the others are found by their names. */
export const MOST_CHOICES = 500;

/** So many of those that fit a text are found at once. */
export const MOST_FOUND = 50;

/** So many are looked for by their ids at once. */
export const MOST_ASKED = 500;

/** Finds documents by their names, or those of some that are still there. */
export type FindDocuments = (
  person: string | null,
  payload: { text: string; forAgent?: string | null } | { ids: readonly string[] },
) => Promise<ActionResult<readonly DocumentChoice[]>>;

/** How far a document is, as its row says. */
export function choiceState(status: string | null): DocumentChoice["state"] {
  if (status === "completed") return "ready";
  return status === "failed" ? "failed" : "processing";
}
