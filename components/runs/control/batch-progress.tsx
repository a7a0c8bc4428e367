import { Progress } from "@/components/ui/progress";
import type { BatchSummary } from "@/lib/runs/batch-queries";
import { severalRuns, VERB_WORDS } from "./verbs";

/** "Replaying 1,204 runs", "1,204 runs replayed". */
export function titleOfBatch({ verb, status, total, done }: BatchSummary): string {
  const { doing, done: wasDone } = VERB_WORDS[verb];
  return status === "running" ? `${doing} ${severalRuns(total)}` : `${severalRuns(done)} ${wasDone}`;
}

/** How far a batch is, as a bar and in numbers. */
export function BatchProgress({ batch }: { batch: BatchSummary }) {
  const { verb, status, total, done, refused, left } = batch;
  const number = (count: number) => count.toLocaleString("en-US");
  const parts = [
    `${number(done)} ${VERB_WORDS[verb].done}`,
    ...(refused > 0 ? [`${number(refused)} not possible`] : []),
    ...(left > 0 ? [`${number(left)} ${status === "running" ? "to go" : "left alone"}`] : []),
  ];
  return (
    <div className="grid gap-2">
      <Progress value={total > 0 ? (100 * (total - left)) / total : 100} aria-label="How far it is" />
      <p className="text-sm tabular-nums">{parts.join(" · ")}</p>
    </div>
  );
}
