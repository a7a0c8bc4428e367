import { DateTime } from "@/components/shared/date-time";
import { Money } from "@/components/shared/money";
import { Link } from "@/components/ui/link";
import { Table, TableBody, TableCell, TableHead, TableHeader, TableRow } from "@/components/ui/table";
import type { CustomerRun } from "@/lib/billing/run-costs";
import { cn } from "@/lib/cn";

/** What a phone shows below the run. */
const WIDE = "max-sm:hidden";

/** Runs of a customer with what they brought in, each leading to its costs. */
export function CustomerRuns({ runs }: { runs: readonly CustomerRun[] }) {
  return (
    <Table>
      <TableHeader>
        <TableRow>
          <TableHead>Run</TableHead>
          <TableHead className={WIDE}>Started (UTC)</TableHead>
          <TableHead numeric className={WIDE}>
            You pay
          </TableHead>
          <TableHead numeric>Your margin</TableHead>
          <TableHead numeric>The customer pays</TableHead>
        </TableRow>
      </TableHeader>
      <TableBody>
        {runs.map((run) => (
          <TableRow key={run.executionId}>
            <TableCell>
              <Link
                href={`/partner/runs/${run.executionId}`}
                className="rounded-sm font-mono text-xs hover:underline"
              >
                {run.executionId.slice(0, 13)}
              </Link>
              <span className="block text-muted-foreground text-xs sm:hidden">
                <DateTime value={run.at} format="datetime" utc />, you pay{" "}
                <Money numeric={run.platformCost} exact />
              </span>
            </TableCell>
            <TableCell className={cn("whitespace-nowrap", WIDE)}>
              <DateTime value={run.at} format="datetime" utc />
            </TableCell>
            <TableCell numeric className={WIDE}>
              <Money numeric={run.platformCost} exact />
            </TableCell>
            <TableCell numeric>
              <Money numeric={run.commission} exact />
            </TableCell>
            <TableCell numeric>
              <Money numeric={run.tenantCost} exact />
            </TableCell>
          </TableRow>
        ))}
      </TableBody>
    </Table>
  );
}
