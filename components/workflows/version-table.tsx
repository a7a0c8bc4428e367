import { ActionButton } from "@/components/shared/action-button";
import { ChangesLink } from "@/components/shared/changes-link";
import { RelativeTime } from "@/components/shared/relative-time";
import { StatusBadge } from "@/components/shared/status-badge";
import { Table, TableBody, TableCell, TableHead, TableHeader, TableRow } from "@/components/ui/table";
import type { ServerAction } from "@/lib/result";
import type { WorkflowVersionSummary } from "@/lib/workflows/version-queries";

/** The versions of a workflow, newest first, each of which can become the draft again. */
export function VersionTable({
  workflowId,
  revision,
  versions,
  isDraftPublished,
  canRestore,
  restoreAction,
}: {
  workflowId: string;
  /** Of the draft, which a restored version takes the place of. */
  revision: number;
  versions: readonly WorkflowVersionSummary[];
  /** The draft is what is published: there is nothing to go back to in that version, and nothing to lose. */
  isDraftPublished: boolean;
  canRestore: boolean;
  restoreAction: ServerAction<{ id: string }>;
}) {
  return (
    <Table>
      <TableHeader>
        <TableRow>
          <TableHead>Version</TableHead>
          <TableHead>What changed</TableHead>
          <TableHead numeric>Nodes</TableHead>
          <TableHead>Made</TableHead>
          <TableHead>
            <span className="sr-only">Compare and restore</span>
          </TableHead>
        </TableRow>
      </TableHeader>
      <TableBody>
        {versions.map((version, index) => (
          <TableRow key={version.id}>
            <TableCell className="whitespace-nowrap">
              <span className="tabular mr-2 font-medium">{version.version}</span>
              {version.isPublished ? <StatusBadge status="published" /> : null}
            </TableCell>
            <TableCell className="min-w-40">
              {version.note || <span className="text-muted-foreground">No note</span>}
            </TableCell>
            <TableCell numeric>{version.nodeCount}</TableCell>
            <TableCell className="text-muted-foreground">
              <RelativeTime value={version.createdAt} />
              {version.createdByName ? (
                <span className="block text-xs">by {version.createdByName}</span>
              ) : null}
            </TableCell>
            <TableCell className="whitespace-nowrap text-right">
              <ChangesLink
                href={`/app/workflows/${workflowId}/versions`}
                version={version}
                before={versions[index + 1]}
              />
              {canRestore && !(version.isPublished && isDraftPublished) ? (
                <ActionButton
                  variant="outline"
                  size="sm"
                  action={restoreAction}
                  input={{ workflowId, versionId: version.id, revision }}
                  aria-label={`Restore version ${version.version}`}
                  confirm={{
                    title: `Go back to version ${version.version}?`,
                    description: "It becomes the draft. What runs does not change until you publish.",
                    losses: isDraftPublished ? [] : ["Changes of the draft that were never published or run"],
                    confirmLabel: "Restore as draft",
                  }}
                  successMessage={`Version ${version.version} is the draft again`}
                  successHref={`/app/workflows/${workflowId}`}
                >
                  Restore
                </ActionButton>
              ) : null}
            </TableCell>
          </TableRow>
        ))}
      </TableBody>
    </Table>
  );
}
