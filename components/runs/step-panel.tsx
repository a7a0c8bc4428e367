import { Button } from "@/components/ui/button";
import { Card, CardAction, CardContent, CardDescription, CardHeader, CardTitle } from "@/components/ui/card";
import { Link } from "@/components/ui/link";
import type { StepDetail } from "@/lib/runs/step-queries";
import { hasContent } from "@/lib/runs/values";
import { findKind, portLabel } from "@/lib/workflows/nodes";
import { CitationList } from "./citation-list";
import { ModelUse } from "./model-use";
import { Part } from "./panel-part";
import { AttemptList, StepDecision, StepOrigin, StepProblem, StepRetrying, StepWaiting } from "./step-facts";
import { ChargeList } from "./step-lists";
import { RunValue } from "./values/run-value";

/** What one step was given, gave, used and cost. `editHref` opens its workflow; `isAnswer` in the playground. */
export function StepPanel({
  detail,
  editHref,
  isAnswer,
}: {
  detail: StepDetail;
  editHref: string | null;
  isAnswer: boolean;
}) {
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
        <StepProblem detail={detail} editHref={editHref} isAnswer={isAnswer} />
        <StepRetrying detail={detail} />
        <StepOrigin detail={detail} />
        <StepWaiting detail={detail} />
        <StepDecision detail={detail} />
        {hasContent(detail.output) ? (
          <Part title="Output">
            <RunValue
              title="Output"
              value={detail.output}
              hasSources={detail.citations.length === 0}
              href={`${valueHref}?part=output`}
            />
          </Part>
        ) : null}
        {detail.citations.length > 0 ? (
          <Part title="Cited passages">
            <CitationList citations={detail.citations} />
          </Part>
        ) : null}
        {hasContent(detail.input) ? (
          <Part title="Input">
            <RunValue title="Input" value={detail.input} texts="given" href={`${valueHref}?part=input`} />
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
