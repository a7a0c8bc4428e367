import Link from "next/link";
import { Alert } from "@/components/ui/alert";
import type { BulkResult } from "@/lib/runs/commands/bulk";
import type { RunSummary } from "@/lib/runs/run-columns";

/** Runs of several with which something did not work, each with the reason. */
export function BulkFailures({
  failures,
  runs,
}: {
  failures: readonly Extract<BulkResult, { ok: false }>[];
  runs: readonly RunSummary[];
}) {
  if (failures.length === 0) return null;
  const names = new Map(runs.map((run) => [run.id, run.name]));
  return (
    <Alert
      tone="warning"
      className="mb-3"
      title={
        failures.length === 1
          ? "It did not work for one run."
          : `It did not work for ${failures.length} runs.`
      }
    >
      <ul className="scrollbar-thin grid max-h-48 gap-1 overflow-y-auto">
        {failures.map(({ executionId, message }) => (
          <li key={executionId} className="wrap-anywhere">
            <Link href={`/app/runs/${executionId}`} className="rounded-sm font-medium underline">
              {names.get(executionId) ?? executionId.slice(0, 13)}
            </Link>
            : {message}
          </li>
        ))}
      </ul>
    </Alert>
  );
}
