import type { BatchStatus, BatchVerb } from "./batch-input";

/** After how many runs it was done with. */
export const DONE_WORDS: Readonly<Record<BatchVerb, string>> = {
  cancel: "stopped",
  resume: "resumed",
  replay: "replayed",
};

/** Before how many it is being done with. */
export const DOING_WORDS: Readonly<Record<BatchVerb, string>> = {
  cancel: "Stopping",
  resume: "Resuming",
  replay: "Replaying",
};

const number = (count: number) => count.toLocaleString("en-US");

/** "1 run", "1,204 runs". */
export const severalRuns = (count: number) => `${number(count)} ${count === 1 ? "run" : "runs"}`;

type Rest = { readonly status: BatchStatus; readonly refused: number; readonly left: number };

/** What became of the others: "2 not possible", "3 to go" or, once nothing more is done, "3 left alone". */
export function othersOf({ status, refused, left }: Rest): string[] {
  return [
    ...(refused > 0 ? [`${number(refused)} not possible`] : []),
    ...(left > 0 ? [`${number(left)} ${status === "running" ? "to go" : "left alone"}`] : []),
  ];
}
