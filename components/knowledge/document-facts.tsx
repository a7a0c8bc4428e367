import { formatName } from "@/components/knowledge/format-icon";
import { DateTime } from "@/components/shared/date-time";
import { FileSize } from "@/components/shared/file-size";
import { formatCount } from "@/components/shared/format";
import { KeyValueList } from "@/components/shared/key-value-list";
import { Card, CardContent } from "@/components/ui/card";
import { Link } from "@/components/ui/link";
import type { DocumentSummary } from "@/lib/knowledge/queries";

/** The facts about a document, beside its passages. */
export function DocumentFacts({
  document,
  agents,
  workflows,
}: {
  document: DocumentSummary;
  /** The agents that were given exactly this document. */
  agents: readonly { id: string; name: string }[];
  /** The workflows that search exactly this document. */
  workflows: readonly { id: string; name: string }[];
}) {
  const count = (value: number | null) => (value === null ? "–" : formatCount(value));
  return (
    <Card>
      <CardContent className="py-2">
        <KeyValueList
          items={[
            { label: "Format", value: formatName(document.format) },
            { label: "Size", value: <FileSize bytes={document.sizeBytes} /> },
            { label: "Pages", value: count(document.pageCount) },
            { label: "Passages", value: count(document.chunksTotal) },
            { label: "Tokens", value: count(document.tokenCount) },
            { label: "For", value: document.agentName ? `Only ${document.agentName}` : "Every agent" },
            ...(agents.length > 0
              ? [{ label: "Chosen for", value: <Links to="/app/agents" all={agents} /> }]
              : []),
            ...(workflows.length > 0
              ? [{ label: "Searched by", value: <Links to="/app/workflows" all={workflows} /> }]
              : []),
            { label: "Added", value: <DateTime value={document.createdAt} /> },
            {
              label: "Ready since",
              value: document.completedAt ? <DateTime value={document.completedAt} /> : "–",
            },
          ]}
        />
      </CardContent>
    </Card>
  );
}

function Links({ to, all }: { to: string; all: readonly { id: string; name: string }[] }) {
  return (
    <ul className="grid gap-1">
      {all.map(({ id, name }) => (
        <li key={id}>
          <Link href={`${to}/${id}`} className="link">
            {name}
          </Link>
        </li>
      ))}
    </ul>
  );
}
