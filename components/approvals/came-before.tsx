import { CitationList } from "@/components/runs/citation-list";
import { Part } from "@/components/runs/panel-part";
import { RunValue } from "@/components/runs/values/run-value";
import { Card, CardContent, CardDescription, CardHeader, CardTitle } from "@/components/ui/card";
import type { CameBefore } from "@/lib/approvals/before-queries";
import { hasContent } from "@/lib/runs/values";

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
            <RunValue
              title="Input"
              value={given}
              labels={before.labels}
              texts="given"
              href={`${run}/value?part=input`}
            />
          </Part>
        ) : null}
        {steps.map(({ id, name, output, citations }) => (
          <Part key={id} title={name}>
            <RunValue
              title="Output"
              value={output}
              hasSources={citations.length === 0}
              href={`${run}/steps/${id}/value?part=output`}
            />
            {citations.length > 0 ? <CitationList citations={citations} /> : null}
          </Part>
        ))}
      </CardContent>
    </Card>
  );
}
