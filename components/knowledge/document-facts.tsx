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
}: {
  document: DocumentSummary;
  /** The agents that were given exactly this document. */
  agents: readonly { id: string; name: string }[];
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
            ...(agents.length > 0 ? [{ label: "Chosen for", value: <AgentLinks agents={agents} /> }] : []),
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

function AgentLinks({ agents }: { agents: readonly { id: string; name: string }[] }) {
  return (
    <ul className="grid gap-1">
      {agents.map(({ id, name }) => (
        <li key={id}>
          <Link href={`/app/agents/${id}`} className="link">
            {name}
          </Link>
        </li>
      ))}
    </ul>
  );
}
