import { Activity } from "lucide-react";
import { shownRunStatus } from "@/components/runs/labels";
import { RowLink } from "@/components/shared/data-table";
import { EmptyState } from "@/components/shared/empty-state";
import { Money } from "@/components/shared/money";
import { SectionHeader } from "@/components/shared/page-header";
import { RelativeTime } from "@/components/shared/relative-time";
import { StatusBadge } from "@/components/shared/status-badge";
import { Button } from "@/components/ui/button";
import { Link } from "@/components/ui/link";
import { Table, TableBody, TableCell, TableHead, TableHeader, TableRow } from "@/components/ui/table";
import type { HomeRun } from "@/lib/tenants/home-queries";

/** The newest runs, or what a run is while there are none. */
export function RecentRuns({ runs }: { runs: readonly HomeRun[] }) {
  return (
    <section>
      <SectionHeader
        title="Recent runs"
        actions={
          runs.length > 0 ? (
            <Button asChild variant="ghost" size="sm">
              <Link href="/app/runs">All runs</Link>
            </Button>
          ) : null
        }
      />
      {runs.length === 0 ? (
        <EmptyState
          icon={Activity}
          title="No runs yet"
          action={
            <Button asChild variant="outline">
              <Link href="/app/agents">See agents</Link>
            </Button>
          }
        >
          A run is one piece of work by an agent or a workflow. It appears here with its trace and its price.
        </EmptyState>
      ) : (
        <RunTable runs={runs} />
      )}
    </section>
  );
}

function RunTable({ runs }: { runs: readonly HomeRun[] }) {
  return (
    <Table folds>
      <TableHeader>
        <TableRow>
          <TableHead>What ran</TableHead>
          <TableHead>Status</TableHead>
          <TableHead>Started</TableHead>
          <TableHead numeric>Cost</TableHead>
        </TableRow>
      </TableHeader>
      <TableBody>
        {runs.map((run) => (
          <TableRow key={run.id}>
            <TableCell>
              <RowLink href={`/app/runs/${run.id}`}>{run.name}</RowLink>
              <span className="block text-muted-foreground text-xs">
                {run.kind === "agent" ? "Agent" : "Workflow"}
              </span>
            </TableCell>
            <TableCell label="Status">
              <StatusBadge status={shownRunStatus(run)} />
            </TableCell>
            <TableCell label="Started" className="text-muted-foreground">
              <RelativeTime value={run.createdAt} />
            </TableCell>
            <TableCell label="Cost" numeric>
              <Money micros={run.costMicros} />
            </TableCell>
          </TableRow>
        ))}
      </TableBody>
    </Table>
  );
}
