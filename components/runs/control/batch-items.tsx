import { RowLink } from "@/components/shared/data-table";
import { RelativeTime } from "@/components/shared/relative-time";
import { StatusBadge } from "@/components/shared/status-badge";
import { Link } from "@/components/ui/link";
import { Table, TableBody, TableCell, TableHead, TableHeader, TableRow } from "@/components/ui/table";
import type { BatchOutcome } from "@/lib/runs/batch-input";
import type { BatchItem } from "@/lib/runs/batch-item-queries";
import type { BatchSummary } from "@/lib/runs/batch-queries";
import { VERB_WORDS } from "./verbs";

type Batch = Pick<BatchSummary, "verb" | "status">;

/** "Replayed", "Not possible", "To go" or, when nothing more is done, "Left alone". */
export function outcomeLabel(outcome: BatchOutcome, { verb, status }: Batch): string {
  if (outcome === "refused") return "Not possible";
  if (outcome === "left") return status === "running" ? "To go" : "Left alone";
  const { done } = VERB_WORDS[verb];
  return done.charAt(0).toUpperCase() + done.slice(1);
}

/** How a result is shown: of what is left, by how the batch stands. */
const LOOKS = {
  done: "completed",
  refused: "refused",
  running: "queued",
  stopped: "skipped",
  completed: "skipped",
} as const;

/** The runs of a batch: what became of each, and where one was started, the way to the new one. */
export function BatchItems({ items, batch }: { items: readonly BatchItem[]; batch: Batch }) {
  const startsNew = batch.verb !== "cancel";
  return (
    <Table folds>
      <TableHeader>
        <TableRow>
          <TableHead>Run</TableHead>
          <TableHead>Result</TableHead>
          {startsNew ? <TableHead>New run</TableHead> : null}
        </TableRow>
      </TableHeader>
      <TableBody>
        {items.map((item) => (
          <TableRow key={item.id}>
            <TableCell className="min-w-52 max-w-96">
              <RowLink href={`/app/runs/${item.id}`} className="wrap-anywhere">
                {item.name}
              </RowLink>
              <span className="block text-muted-foreground text-xs">
                <RelativeTime value={item.createdAt} />{" "}
                <span className="font-mono">{item.id.slice(0, 13)}</span>
              </span>
            </TableCell>
            <TableCell label="Result" className="max-w-96">
              <StatusBadge
                status={LOOKS[item.outcome === "left" ? batch.status : item.outcome]}
                label={outcomeLabel(item.outcome, batch)}
              />
              {item.message ? (
                <span className="wrap-anywhere mt-1 block text-muted-foreground text-xs">{item.message}</span>
              ) : null}
            </TableCell>
            {startsNew ? (
              <TableCell label="New run">
                {item.startedId ? (
                  <span className="inline-flex flex-wrap items-center gap-2">
                    <Link
                      href={`/app/runs/${item.startedId}`}
                      className="relative rounded-sm font-mono text-xs underline underline-offset-2"
                    >
                      {item.startedId.slice(0, 13)}
                    </Link>
                    {item.startedStatus ? <StatusBadge status={item.startedStatus} /> : null}
                  </span>
                ) : null}
              </TableCell>
            ) : null}
          </TableRow>
        ))}
      </TableBody>
    </Table>
  );
}
