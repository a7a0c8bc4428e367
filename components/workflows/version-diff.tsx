import { ArrowRight, Minus, PencilLine, Plus } from "lucide-react";
import type { ReactNode } from "react";
import { FieldChanges } from "@/components/shared/field-changes";
import { Badge, type Tone } from "@/components/ui/badge";
import type { EdgeChange, GraphDiff, NodeChange } from "@/lib/workflows/diff";

/** What changed between two states of a workflow, for people. It makes no difference where they come from. */
export function VersionDiff({ diff }: { diff: GraphDiff }) {
  if (diff.isSame) return <p className="text-muted-foreground text-sm">Nothing changed.</p>;
  return (
    <div className="grid min-w-0 gap-3">
      <p className="text-muted-foreground text-sm">{summaryOf(diff)}</p>
      <ul className="grid min-w-0 gap-2">
        {diff.nodes.map((node) => (
          <NodeItem key={`${node.change} ${node.nodeId}`} node={node} />
        ))}
      </ul>
      {diff.edges.length > 0 ? (
        <section className="rounded-lg border p-3" aria-label="Connections">
          <h4 className="font-medium text-sm">Connections</h4>
          <ul className="mt-2 grid gap-1.5">
            {diff.edges.map((edge) => (
              <EdgeItem key={`${edge.change} ${edge.from} ${edge.port} ${edge.to}`} edge={edge} />
            ))}
          </ul>
        </section>
      ) : null}
    </div>
  );
}

/** For example “1 node added, 2 changed, 3 connections changed”. */
function summaryOf({ nodes, edges }: GraphDiff): string {
  const count = (change: NodeChange["change"]) => nodes.filter((node) => node.change === change).length;
  const parts = (["added", "removed", "changed"] as const)
    .map((change) => ({ change, number: count(change) }))
    .filter(({ number }) => number > 0)
    .map(({ change, number }, index) =>
      index === 0 ? `${number} ${number === 1 ? "node" : "nodes"} ${change}` : `${number} ${change}`,
    );
  if (edges.length > 0)
    parts.push(`${edges.length} ${edges.length === 1 ? "connection" : "connections"} changed`);
  return `${parts.join(", ")}.`;
}

const LOOKS: Readonly<
  Record<
    NodeChange["change"],
    { label: string; tone: Tone; icon: (props: { className?: string }) => ReactNode }
  >
> = {
  added: { label: "Added", tone: "success", icon: (props) => <Plus aria-hidden="true" {...props} /> },
  removed: { label: "Removed", tone: "danger", icon: (props) => <Minus aria-hidden="true" {...props} /> },
  changed: { label: "Changed", tone: "info", icon: (props) => <PencilLine aria-hidden="true" {...props} /> },
};

function NodeItem({ node }: { node: NodeChange }) {
  const { label, tone, icon: Icon } = LOOKS[node.change];
  return (
    <li className="min-w-0 rounded-lg border p-3">
      <div className="flex flex-wrap items-center gap-x-2 gap-y-1">
        <Badge tone={tone}>
          <Icon />
          {label}
        </Badge>
        <span className="wrap-anywhere font-medium text-sm">{node.name}</span>
        <span className="text-muted-foreground text-xs">{node.kindLabel}</span>
      </div>
      {node.renamedFrom ? (
        <p className="wrap-anywhere mt-1.5 text-muted-foreground text-sm">Was called “{node.renamedFrom}”.</p>
      ) : null}
      {node.moved ? <p className="mt-1.5 text-muted-foreground text-sm">{movedText(node.moved)}</p> : null}
      {node.fields.length > 0 ? (
        <div className="mt-2 min-w-0">
          <FieldChanges changes={node.fields} />
        </div>
      ) : null}
    </li>
  );
}

function movedText({ from, to }: { from: string | null; to: string | null }): string {
  if (from === null) return `Moved into “${to}”.`;
  return to === null ? `Moved out of “${from}”.` : `Moved from “${from}” into “${to}”.`;
}

function EdgeItem({ edge }: { edge: EdgeChange }) {
  const { label, tone, icon: Icon } = LOOKS[edge.change];
  return (
    <li className="flex flex-wrap items-center gap-2 text-sm">
      <Badge tone={tone}>
        <Icon />
        {label}
      </Badge>
      <span className="wrap-anywhere">
        {edge.from}
        {edge.port ? <span className="text-muted-foreground"> ({edge.port})</span> : null}
      </span>
      <ArrowRight className="size-3.5 shrink-0 text-muted-foreground" aria-label="leads to" />
      <span className="wrap-anywhere">{edge.to}</span>
    </li>
  );
}
