import { Alert } from "@/components/ui/alert";
import { Button } from "@/components/ui/button";
import { Link } from "@/components/ui/link";
import type { BatchSummary } from "@/lib/runs/batch-queries";
import { BatchProgress, titleOfBatch } from "./batch-progress";

/** What is being done with many runs, or was done just now. */
export function RecentBatches({ batches }: { batches: readonly BatchSummary[] }) {
  return batches.map((batch) => (
    <Alert
      key={batch.id}
      tone={batch.status === "running" ? "info" : batch.refused + batch.left > 0 ? "warning" : "success"}
      className="mb-3"
      title={titleOfBatch(batch)}
      action={
        <Button asChild variant="outline" size="sm">
          <Link href={`/app/runs/batches/${batch.id}`}>Details</Link>
        </Button>
      }
    >
      {batch.status === "running" || batch.refused + batch.left > 0 ? <BatchProgress batch={batch} /> : null}
    </Alert>
  ));
}
