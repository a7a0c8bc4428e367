import { Alert } from "@/components/ui/alert";
import { Link } from "@/components/ui/link";
import type { BulkResult } from "@/lib/runs/commands/one-of-many";
import type { RunSummary } from "@/lib/runs/run-columns";

type Failure = Extract<BulkResult, { ok: false }> & { readonly name: string };

/** What did not work, with the names of the runs, which need not be chosen or on the page any longer when it is read. */
export function failuresOf(
  results: readonly BulkResult[],
  runs: readonly Pick<RunSummary, "id" | "name">[],
): readonly Failure[] {
  const names = new Map(runs.map((run) => [run.id, run.name]));
  return results
    .filter((result) => !result.ok)
    .map((result) => ({ ...result, name: names.get(result.executionId) ?? result.executionId.slice(0, 13) }));
}

/** Runs of several with which something did not work, each with the reason. */
export function BulkFailures({ failures }: { failures: readonly Failure[] }) {
  if (failures.length === 0) return null;
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
        {failures.map(({ executionId, name, message }) => (
          <li key={executionId} className="wrap-anywhere">
            <Link href={`/app/runs/${executionId}`} className="rounded-sm font-medium underline">
              {name}
            </Link>
            : {message}
          </li>
        ))}
      </ul>
    </Alert>
  );
}
