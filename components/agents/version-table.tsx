import { ActionButton } from "@/components/shared/action-button";
import { ChangesLink } from "@/components/shared/changes-link";
import { RelativeTime } from "@/components/shared/relative-time";
import { Badge } from "@/components/ui/badge";
import { Table, TableBody, TableCell, TableHead, TableHeader, TableRow } from "@/components/ui/table";
import type { AgentVersionSummary } from "@/lib/agents/version-queries";
import type { ServerAction } from "@/lib/result";

/** The versions of an agent, newest first, each of which can come back as the next one. */
export function AgentVersionTable({
  agent,
  versions,
  canRestore,
  restoreAction,
}: {
  agent: { readonly id: string; readonly version: number };
  versions: readonly AgentVersionSummary[];
  canRestore: boolean;
  restoreAction: ServerAction<{ id: string }>;
}) {
  return (
    <Table>
      <TableHeader>
        <TableRow>
          <TableHead>Version</TableHead>
          <TableHead>Saved</TableHead>
          <TableHead>
            <span className="sr-only">Compare and restore</span>
          </TableHead>
        </TableRow>
      </TableHeader>
      <TableBody>
        {versions.map(({ id, version, createdAt, createdByName, isCurrent }, index) => (
          <TableRow key={id}>
            <TableCell className="whitespace-nowrap">
              <span className="tabular mr-2 font-medium">{version}</span>
              {isCurrent ? <Badge tone="success">Now</Badge> : null}
            </TableCell>
            <TableCell className="text-muted-foreground">
              <RelativeTime value={createdAt} />
              {createdByName ? <span className="block text-xs">by {createdByName}</span> : null}
            </TableCell>
            <TableCell className="whitespace-nowrap text-right">
              <ChangesLink
                href={`/app/agents/${agent.id}/versions`}
                version={{ id, version }}
                before={versions[index + 1]}
              />
              {canRestore && !isCurrent ? (
                <ActionButton
                  variant="outline"
                  size="sm"
                  action={restoreAction}
                  input={{ agentId: agent.id, versionId: id }}
                  aria-label={`Restore version ${version}`}
                  confirm={{
                    title: `Go back to version ${version}?`,
                    description: `It becomes version ${agent.version + 1}, and new runs use it. Runs under way keep theirs, and no version is lost.`,
                    confirmLabel: "Restore",
                  }}
                  successMessage={`Version ${version} is back as version ${agent.version + 1}`}
                  successHref={`/app/agents/${agent.id}`}
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
