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
