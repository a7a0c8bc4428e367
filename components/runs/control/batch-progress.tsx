import { Progress } from "@/components/ui/progress";
import type { BatchSummary } from "@/lib/runs/batch-queries";
import { othersOf, severalRuns } from "@/lib/runs/batch-words";
import { VERB_WORDS } from "./verbs";

/** "Replaying 1,204 runs", "1,204 runs replayed". */
export function titleOfBatch({ verb, status, total, done }: BatchSummary): string {
  const { doing, done: wasDone } = VERB_WORDS[verb];
  return status === "running" ? `${doing} ${severalRuns(total)}` : `${severalRuns(done)} ${wasDone}`;
}

/** How far a batch is, in numbers, and while it is under way as a bar. */
export function BatchProgress({ batch }: { batch: BatchSummary }) {
  const { verb, status, total, done, left } = batch;
  const isRunning = status === "running";
  const parts = [`${done.toLocaleString("en-US")} ${VERB_WORDS[verb].done}`, ...othersOf(batch)];
  return (
    <div className="grid gap-2">
      {isRunning ? (
        <Progress value={total > 0 ? (100 * (total - left)) / total : 100} aria-label="How far it is" />
      ) : null}
      <p className="text-sm tabular-nums">{parts.join(" · ")}</p>
    </div>
  );
}
