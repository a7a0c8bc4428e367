import Link from "next/link";
import { DateTime } from "@/components/shared/date-time";
import { Money } from "@/components/shared/money";
import { Table, TableBody, TableCell, TableHead, TableHeader, TableRow } from "@/components/ui/table";
import type { CustomerRun } from "@/lib/billing/run-costs";

/** Runs of a customer with what they brought in, each leading to its costs. */
export function CustomerRuns({ runs }: { runs: readonly CustomerRun[] }) {
  return (
    <Table>
      <TableHeader>
        <TableRow>
          <TableHead>Run</TableHead>
          <TableHead>Started (UTC)</TableHead>
          <TableHead numeric>You pay</TableHead>
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
            </TableCell>
            <TableCell className="whitespace-nowrap">
              <DateTime value={run.at} format="datetime" utc />
            </TableCell>
            <TableCell numeric>
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
