import { Progress } from "@/components/ui/progress";
import type { BatchSummary } from "@/lib/runs/batch-queries";
import { severalRuns, VERB_WORDS } from "./verbs";

/** "Replaying 1,204 runs", "1,204 runs replayed". */
export function titleOfBatch({ verb, status, total, done }: BatchSummary): string {
  const { doing, done: wasDone } = VERB_WORDS[verb];
  return status === "running" ? `${doing} ${severalRuns(total)}` : `${severalRuns(done)} ${wasDone}`;
}

/** How far a batch is, in numbers, and while it is under way as a bar. */
export function BatchProgress({ batch }: { batch: BatchSummary }) {
  const { verb, status, total, done, refused, left } = batch;
  const isRunning = status === "running";
  const number = (count: number) => count.toLocaleString("en-US");
  const parts = [
    `${number(done)} ${VERB_WORDS[verb].done}`,
    ...(refused > 0 ? [`${number(refused)} not possible`] : []),
    ...(left > 0 ? [`${number(left)} ${isRunning ? "to go" : "left alone"}`] : []),
  ];
  return (
    <div className="grid gap-2">
      {isRunning ? (
        <Progress value={total > 0 ? (100 * (total - left)) / total : 100} aria-label="How far it is" />
      ) : null}
      <p className="text-sm tabular-nums">{parts.join(" · ")}</p>
    </div>
  );
}
