import { AgentMenu, type AgentMenuProps } from "@/components/agents/agent-menu";
import { describeReach } from "@/components/agents/describe-reach";
import { RowLink } from "@/components/shared/data-table";
import { RelativeTime } from "@/components/shared/relative-time";
import { StatusBadge } from "@/components/shared/status-badge";
import { Table, TableBody, TableCell, TableHead, TableHeader, TableRow } from "@/components/ui/table";
import type { AgentListItem } from "@/lib/agents/queries";

/** The agents of a workspace: what each is for, runs on and may use. */
export function AgentTable({
  agents,
  modelNames,
  canEdit,
  ...actions
}: {
  agents: readonly AgentListItem[];
  /** Names of the models on offer, by key. */
  modelNames: Readonly<Record<string, string>>;
  canEdit: boolean;
} & Pick<AgentMenuProps, "duplicateAction" | "setActiveAction" | "askingAction">) {
  return (
    <Table>
      <TableHeader>
        <TableRow>
          <TableHead>Agent</TableHead>
          <TableHead className="max-sm:hidden">Model</TableHead>
          <TableHead className="max-md:hidden">May use</TableHead>
          <TableHead>Status</TableHead>
          <TableHead className="max-md:hidden">Changed</TableHead>
          {canEdit ? (
            <TableHead>
              <span className="sr-only">More</span>
            </TableHead>
          ) : null}
        </TableRow>
      </TableHeader>
      <TableBody>
        {agents.map((agent) => (
          <TableRow key={agent.id}>
            <TableCell className="max-w-80 sm:min-w-44">
              <RowLink href={`/app/agents/${agent.id}`} className="wrap-anywhere">
                {agent.name}
              </RowLink>
              {agent.description ? (
                <span className="line-clamp-2 text-muted-foreground text-xs">{agent.description}</span>
              ) : null}
              <span className="block text-muted-foreground text-xs sm:hidden">
                <ModelName modelKey={agent.llmConfig.modelKey} names={modelNames} />
              </span>
            </TableCell>
            <TableCell className="whitespace-nowrap max-sm:hidden">
              <ModelName modelKey={agent.llmConfig.modelKey} names={modelNames} />
            </TableCell>
            <TableCell className="min-w-40 text-muted-foreground max-md:hidden">
              {describeReach(agent.llmConfig)}
            </TableCell>
            <TableCell>
              <StatusBadge status={agent.isActive ? "active" : "inactive"} />
            </TableCell>
            <TableCell className="text-muted-foreground max-md:hidden">
              <RelativeTime value={agent.updatedAt} />
            </TableCell>
            {canEdit ? (
              <TableCell className="w-12 text-right">
                <AgentMenu
                  agent={{ id: agent.id, name: agent.name, isActive: agent.isActive }}
                  {...actions}
                />
              </TableCell>
            ) : null}
          </TableRow>
        ))}
      </TableBody>
    </Table>
  );
}

function ModelName({ modelKey, names }: { modelKey: string; names: Readonly<Record<string, string>> }) {
  return names[modelKey] ?? <span className="text-danger">{modelKey} (unavailable)</span>;
}
