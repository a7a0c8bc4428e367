import { CitationList } from "@/components/runs/citation-list";
import { hasContent, OutputView } from "@/components/runs/output-view";
import { Part } from "@/components/runs/panel-part";
import { ValueView } from "@/components/runs/values/value-view";
import { KeyValueList } from "@/components/shared/key-value-list";
import { Card, CardContent, CardDescription, CardHeader, CardTitle } from "@/components/ui/card";
import type { CameBefore } from "@/lib/approvals/before-queries";
import { shownValue } from "@/lib/runs/values";
import { isRecord } from "@/lib/workflows/kind";

/** What there is to decide about, of a question that says nothing itself. */
export function CameBeforeCard({ before }: { before: CameBefore }) {
  const { executionId, given } = before;
  const steps = before.steps.filter(({ output }) => hasContent(output));
  if (steps.length === 0 && !hasContent(given)) return null;
  const run = `/app/runs/${executionId}`;
  return (
    <Card>
      <CardHeader>
        <CardTitle>What came before</CardTitle>
        <CardDescription>
          The question has no message of its own: this is what the run was given, and what the steps before it
          gave.
        </CardDescription>
      </CardHeader>
      <CardContent className="grid grid-cols-[minmax(0,1fr)] gap-6">
        {hasContent(given) ? (
          <Part title="What the run was given">
            <Given value={given} labels={before.labels} href={`${run}/value?part=input`} />
          </Part>
        ) : null}
        {steps.map(({ id, name, output, citations }) => (
          <Part key={id} title={name}>
            <OutputView value={output} href={`${run}/steps/${id}/value?part=output`} />
            {citations.length > 0 ? <CitationList citations={citations} /> : null}
          </Part>
        ))}
      </CardContent>
    </Card>
  );
}

/** As the form that it was filled in with, where it is no more than that. */
function Given({
  value,
  labels,
  href,
}: {
  value: unknown;
  labels: Readonly<Record<string, string>>;
  href: string;
}) {
  const shown = shownValue(value);
  const parts = isRecord(value) ? Object.entries(value) : [];
  const isPlain = parts.length > 0 && parts.every(([, part]) => typeof part !== "object");
  if (!isPlain || !shown.isWhole) return <ValueView title="Input" shown={shown} href={href} />;
  const named = parts.map(([key]) => labels[key] || key);
  const isTwice = (label: string) => named.indexOf(label) !== named.lastIndexOf(label);
  const items = parts.map(([key, part], index) => ({
    label: isTwice(named[index] ?? key) ? `${named[index]} (${key})` : (named[index] ?? key),
    value: <span className="wrap-anywhere whitespace-pre-line">{written(part)}</span>,
  }));
  return <KeyValueList items={items} />;
}

function written(part: unknown): string {
  return typeof part === "boolean" ? (part ? "Yes" : "No") : String(part);
}
