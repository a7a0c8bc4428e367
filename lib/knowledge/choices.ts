import type { ActionResult } from "@/lib/result";

/** A document as it is offered where some are chosen. */
export type DocumentChoice = { id: string; filename: string; state: "ready" | "processing" | "failed" };

/** So many are listed for an agent, those that it has first; of more, the others are found by their names. */
export const MOST_CHOICES = 500;

/** So many of those that fit a text are found at once. */
export const MOST_FOUND = 50;

/** Finds documents by their names. */
export type FindDocuments = (
  previous: null,
  payload: { text: string; forAgent?: string | null },
) => Promise<ActionResult<readonly DocumentChoice[]>>;

/** How far a document is, as its row says. */
export function choiceState(status: string | null): DocumentChoice["state"] {
  if (status === "completed") return "ready";
  return status === "failed" ? "failed" : "processing";
}
