import { formatMicros, microsFromNumeric } from "@/lib/money";

/** Where a document is on its way in, in order. */
export const STAGES = ["stored", "parsing", "chunking", "embedding", "completed", "failed"] as const;

type Progress = { stage: string; chunksDone: number; chunksTotal: number };

/** The stage in words for people. */
export function stageLabel(stage: string): string {
  switch (stage) {
    case "stored":
      return "Waiting";
    case "parsing":
      return "Reading";
    case "chunking":
      return "Cutting";
    case "embedding":
      return "Embedding";
    case "completed":
      return "Ready";
    default:
      return "Failed";
  }
}

type Wait = { waitReason: string | null; needed: string | null };
type WaitWords = { kind: "suspended" | "credit" | "cap"; label: string; message: string };

/** What a document waits for, in words for people: a short label and the whole sentence; null when it does not. */
export function documentWait({ waitReason, needed }: Wait): WaitWords | null {
  const most = `Its next passages may cost up to ${formatMicros(microsFromNumeric(needed ?? "0"))}`;
  switch (waitReason) {
    case null:
      return null;
    case "suspended":
      return {
        kind: "suspended",
        label: "Workspace suspended",
        message:
          "Nothing that costs money begins while the workspace is suspended. Nothing done is lost: it goes on by itself when the workspace is active again.",
      };
    case "credit":
      return {
        kind: "credit",
        label: "Waiting for credit",
        message: `${most}, which is more than the credit that is left. Nothing done is lost: it goes on by itself when credit is added.`,
      };
    default:
      return {
        kind: "cap",
        label: "Waiting for a cap",
        message: `${most}, which is more than is left under a spending cap. Nothing done is lost: it goes on by itself when there is room.`,
      };
  }
}

/** How much is done, 0 to 100. Embedding is nearly all of the time a document takes. */
export function stagePercent({ stage, chunksDone, chunksTotal }: Progress): number {
  switch (stage) {
    case "stored":
      return 2;
    case "parsing":
      return 8;
    case "chunking":
      return 16;
    case "embedding":
      return 20 + Math.round((80 * chunksDone) / Math.max(1, chunksTotal));
    default:
      return 100;
  }
}
