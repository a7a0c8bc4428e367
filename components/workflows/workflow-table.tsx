import { RowLink } from "@/components/shared/data-table";
import { RelativeTime } from "@/components/shared/relative-time";
import { StatusBadge } from "@/components/shared/status-badge";
import { Link } from "@/components/ui/link";
import { Table, TableBody, TableCell, TableHead, TableHeader, TableRow } from "@/components/ui/table";
import type { WorkflowSummary } from "@/lib/workflows/queries";
import { WorkflowMenu, type WorkflowMenuActions } from "./workflow-menu";

/** The workflows of a workspace: what state each is in and how its last run went. */
export function WorkflowTable({
  workflows,
  canEdit,
  canDelete,
  ...actions
}: { workflows: readonly WorkflowSummary[]; canEdit: boolean; canDelete: boolean } & WorkflowMenuActions) {
  return (
    <Table folds>
      <TableHeader>
        <TableRow>
          <TableHead>Workflow</TableHead>
          <TableHead>Status</TableHead>
          <TableHead>Last run</TableHead>
          <TableHead>Changed</TableHead>
          <TableHead>
            <span className="sr-only">More</span>
          </TableHead>
        </TableRow>
      </TableHeader>
      <TableBody>
        {workflows.map((workflow) => (
          <TableRow key={workflow.id}>
            <TableCell className="min-w-44 max-w-96">
              <RowLink href={`/app/workflows/${workflow.id}`} className="wrap-anywhere">
                {workflow.name}
              </RowLink>
              {workflow.description ? (
                <span className="line-clamp-2 text-muted-foreground text-xs">{workflow.description}</span>
              ) : null}
            </TableCell>
            <TableCell label="Status">
              <Status workflow={workflow} />
            </TableCell>
            <TableCell label="Last run">
              {workflow.lastRun ? (
                <Link
                  href={`/app/runs/${workflow.lastRun.id}`}
                  className="relative z-10 inline-flex items-center gap-2 rounded-sm"
                >
                  <StatusBadge status={workflow.lastRun.status} />
                  <RelativeTime
                    value={workflow.lastRun.createdAt}
                    className="whitespace-nowrap text-muted-foreground text-xs"
                  />
                </Link>
              ) : (
                <span className="text-muted-foreground">Never</span>
              )}
            </TableCell>
            <TableCell label="Changed" className="text-muted-foreground">
              <RelativeTime value={workflow.updatedAt} />
            </TableCell>
            <TableCell className="w-12 text-right">
              {canEdit ? (
                <WorkflowMenu
                  workflow={{
                    id: workflow.id,
                    name: workflow.name,
                    description: workflow.description,
                    isActive: workflow.isActive,
                    hasRuns: workflow.lastRun !== null,
                  }}
                  canDelete={canDelete}
                  {...actions}
                />
              ) : null}
            </TableCell>
          </TableRow>
        ))}
      </TableBody>
    </Table>
  );
}

function Status({ workflow }: { workflow: WorkflowSummary }) {
  if (!workflow.isActive) return <StatusBadge status="inactive" />;
  if (workflow.publishedVersion === null) return <StatusBadge status="draft" />;
  return (
    <span className="inline-flex flex-wrap items-center gap-x-2 gap-y-1">
      <StatusBadge status="published" label={`Version ${workflow.publishedVersion}`} />
      {workflow.hasUnpublishedChanges ? (
        <span className="text-muted-foreground text-xs">unpublished changes</span>
      ) : null}
    </span>
  );
}
