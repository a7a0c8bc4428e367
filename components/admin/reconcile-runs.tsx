import type { CheckWords } from "@/components/admin/finding-list";
import { DateTime } from "@/components/shared/date-time";
import { StatusBadge } from "@/components/shared/status-badge";
import { Table, TableBody, TableCell, TableHead, TableHeader, TableRow } from "@/components/ui/table";
import type { RunView } from "@/lib/reconcile/queries";
import type { CheckResult } from "@/lib/reconcile/run";

function Result({ result }: { result: CheckResult | undefined }) {
  if (!result) return <StatusBadge status="pending" label="Not yet" />;
  if (result.error) return <StatusBadge status="failed" label="Could not be asked" />;
  if (result.skipped) return <StatusBadge status="skipped" label={`Left out: ${result.skipped}`} />;
  const left = result.found - result.fixed;
  if (left > 0) return <StatusBadge status="failed" label={`${left} found`} />;
  if (result.fixed > 0) return <StatusBadge status="ok" label={`${result.fixed} put right`} />;
  return <StatusBadge status="ok" label="Agrees" />;
}

/** Everything that is compared, with how it stood in a run. */
export function ReconcileChecks({ words, run }: { words: readonly CheckWords[]; run: RunView | null }) {
  return (
    <Table>
      <TableHeader>
        <TableRow>
          <TableHead>Check</TableHead>
          <TableHead>What must agree</TableHead>
          <TableHead>Result</TableHead>
        </TableRow>
      </TableHeader>
      <TableBody>
        {words.map(({ id, title }) => (
          <TableRow key={id}>
            <TableCell className="font-mono text-xs max-sm:pr-0">{id}</TableCell>
            <TableCell className="min-w-36 sm:min-w-56">
              {title}
              {run?.results[id]?.error ? (
                <p className="wrap-anywhere mt-1 text-danger text-xs">{run.results[id].error}</p>
              ) : null}
            </TableCell>
            <TableCell>
              <Result result={run?.results[id]} />
            </TableCell>
          </TableRow>
        ))}
      </TableBody>
    </Table>
  );
}

function outcomeOf({ finishedAt, isUnderWay, results }: RunView & { isUnderWay: boolean }) {
  if (!finishedAt)
    return isUnderWay
      ? { status: "running", label: "Under way" }
      : { status: "failed", label: "Did not finish" };
  const all = Object.values(results);
  const failed = all.filter(({ error }) => error).length;
  if (failed > 0) return { status: "failed", label: `${failed} could not be asked` };
  const left = all.reduce((sum, { found, fixed }) => sum + found - fixed, 0);
  return left > 0 ? { status: "failed", label: `${left} found` } : { status: "ok", label: "Agrees" };
}

/** How many checks a run left out, and why. */
function leftOut(all: readonly CheckResult[]): string {
  const reasons = all.flatMap(({ skipped }) => skipped ?? []);
  return reasons.length > 0 ? `${reasons.length}: ${[...new Set(reasons)].join(", ")}` : "nothing";
}

export function ReconcileRuns({ runs }: { runs: readonly (RunView & { isUnderWay: boolean })[] }) {
  return (
    <Table>
      <TableHeader>
        <TableRow>
          <TableHead>Started</TableHead>
          <TableHead>By</TableHead>
          <TableHead>Left out</TableHead>
          <TableHead numeric>Put right</TableHead>
          <TableHead>Result</TableHead>
        </TableRow>
      </TableHeader>
      <TableBody>
        {runs.map((run) => {
          const all = Object.values(run.results);
          return (
            <TableRow key={run.id}>
              <TableCell>
                <DateTime value={run.startedAt} format="datetime" />
              </TableCell>
              <TableCell>{run.trigger === "daily" ? "Every night" : (run.startedBy ?? "An admin")}</TableCell>
              <TableCell>{leftOut(all)}</TableCell>
              <TableCell numeric>{all.reduce((sum, { fixed }) => sum + fixed, 0)}</TableCell>
              <TableCell>
                <StatusBadge {...outcomeOf(run)} />
              </TableCell>
            </TableRow>
          );
        })}
      </TableBody>
    </Table>
  );
}
