import { Markdown } from "@/components/shared/markdown";
import { Button } from "@/components/ui/button";
import { Card, CardAction, CardContent, CardDescription, CardHeader, CardTitle } from "@/components/ui/card";
import { Link } from "@/components/ui/link";
import type { StepDetail } from "@/lib/runs/step-queries";
import { shownValue } from "@/lib/runs/values";
import { findKind, portLabel } from "@/lib/workflows/nodes";
import { CitationList } from "./citation-list";
import { ModelUse } from "./model-use";
import { Fold, Part } from "./panel-part";
import { AttemptList, StepDecision, StepOrigin, StepProblem, StepWaiting } from "./step-facts";
import { ChargeList } from "./step-lists";
import { ValueView } from "./values/value-view";

/** What one step was given, gave, used and cost. `editHref` opens its workflow. */
export function StepPanel({ detail, editHref }: { detail: StepDetail; editHref: string | null }) {
  const valueHref = `/app/runs/${detail.executionId}/steps/${detail.id}/value`;
  const { branch } = detail;
  return (
    <Card id="step" className="scroll-mt-20" key={detail.id}>
      <CardHeader>
        <CardTitle className="wrap-anywhere">{detail.name}</CardTitle>
        <CardDescription>
          {findKind(detail.kind)?.label ?? detail.kind}{" "}
          <span className="font-mono text-xs">{detail.nodeId}</span>
          {branch ? `, went on at “${portLabel(detail.kind, branch)}”` : ""}
        </CardDescription>
        {editHref ? (
          <CardAction>
            <Button asChild variant="outline" size="sm">
              <Link href={editHref}>Open in the editor</Link>
            </Button>
          </CardAction>
        ) : null}
      </CardHeader>
      <CardContent className="grid grid-cols-[minmax(0,1fr)] gap-6">
        <StepProblem detail={detail} editHref={editHref} />
        <StepOrigin detail={detail} />
        <StepWaiting detail={detail} />
        <StepDecision detail={detail} />
        <Output value={detail.output} href={`${valueHref}?part=output`} />
        {detail.citations.length > 0 ? (
          <Part title="Cited passages">
            <CitationList citations={detail.citations} />
          </Part>
        ) : null}
        {hasContent(detail.input) ? (
          <Part title="Input">
            <ValueView title="Input" shown={shownValue(detail.input)} href={`${valueHref}?part=input`} />
          </Part>
        ) : null}
        <ModelUse detail={detail} />
        <AttemptList detail={detail} />
        {detail.charges.length > 0 ? (
          <Part title={hasParts(detail.kind) ? "Cost without what ran inside" : "Cost"}>
            <ChargeList charges={detail.charges} names={detail.modelNames} />
          </Part>
        ) : null}
      </CardContent>
    </Card>
  );
}

/** The timeline shows such a node with all that ran inside of it. */
function hasParts(kind: string): boolean {
  return findKind(kind)?.isContainer === true || kind === "workflow";
}

function hasContent(value: unknown): boolean {
  if (value === null || value === undefined) return false;
  return typeof value !== "object" || Object.keys(value).length > 0;
}

/** An answer is read as text; everything it holds is one fold away. */
function Output({ value, href }: { value: unknown; href: string }) {
  if (!hasContent(value)) return null;
  const shown = shownValue(value);
  const all = <ValueView title="Output" shown={shown} href={href} />;
  const text = typeof value === "object" && value !== null && "text" in value ? value.text : null;
  if (typeof text !== "string" || !shown.isWhole) return <Part title="Output">{all}</Part>;
  return (
    <Part title="Output">
      <section
        aria-label="Text of the output"
        // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls has to be reached with the keyboard
        tabIndex={0}
        className="scrollbar-thin max-h-120 overflow-auto rounded-lg border bg-background px-4 py-3"
      >
        <Markdown text={text} />
      </section>
      <Fold title="Everything it gave, to search and save">{all}</Fold>
    </Part>
  );
}
