import type { ReactNode } from "react";
import { CodeBlock } from "@/components/shared/code-block";
import { JsonView } from "@/components/shared/json-view";
import { Markdown } from "@/components/shared/markdown";
import { Alert } from "@/components/ui/alert";
import { Card, CardContent, CardDescription, CardHeader, CardTitle } from "@/components/ui/card";
import type { StepSummary } from "@/lib/runs/run-queries";
import type { StepDetail } from "@/lib/runs/step-queries";
import { findKind } from "@/lib/workflows/nodes";
import { CitationList } from "./citation-list";
import { problemOf } from "./labels";
import { ChargeList, ModelCallList } from "./step-lists";

/** What one step was given, gave, used and cost. */
export function StepPanel({ step, detail }: { step: StepSummary; detail: StepDetail }) {
  return (
    <Card id="step" className="scroll-mt-20">
      <CardHeader>
        <CardTitle>{step.name}</CardTitle>
        <CardDescription>
          {findKind(step.kind)?.label ?? step.kind} <span className="font-mono text-xs">{step.nodeId}</span>
          {detail.branch ? `, went on at “${detail.branch}”` : ""}
        </CardDescription>
      </CardHeader>
      <CardContent className="grid gap-6">
        {step.errorMessage ? <Alert {...problemOf(step.status)}>{step.errorMessage}</Alert> : null}
        <Output value={detail.output} />
        {detail.citations.length > 0 ? (
          <Part title="Cited passages">
            <CitationList citations={detail.citations} />
          </Part>
        ) : null}
        {hasContent(detail.input) ? (
          <Part title="Input">
            <JsonView value={detail.input} title="Input" />
          </Part>
        ) : null}
        <ModelUse detail={detail} />
        {detail.charges.length > 0 ? (
          <Part title="Cost">
            <ChargeList charges={detail.charges} />
          </Part>
        ) : null}
      </CardContent>
    </Card>
  );
}

function hasContent(value: unknown): boolean {
  if (value === null || value === undefined) return false;
  return typeof value !== "object" || Object.keys(value).length > 0;
}

function Part({ title, children }: { title: string; children: ReactNode }) {
  return (
    <section className="grid gap-2">
      <h3 className="font-medium text-sm">{title}</h3>
      {children}
    </section>
  );
}

/** An answer is read as text; everything it holds is one fold away. */
function Output({ value }: { value: unknown }) {
  if (!hasContent(value)) return null;
  const text = typeof value === "object" && value !== null && "text" in value ? value.text : null;
  if (typeof text !== "string") {
    return (
      <Part title="Output">
        <JsonView value={value} title="Output" />
      </Part>
    );
  }
  return (
    <Part title="Output">
      <div className="scrollbar-thin max-h-120 overflow-auto rounded-lg border bg-background px-4 py-3">
        <Markdown text={text} />
      </div>
      <Fold title="Everything it gave, as JSON">
        <JsonView value={value} title="Output" />
      </Fold>
    </Part>
  );
}

function Fold({ title, children }: { title: string; children: ReactNode }) {
  return (
    <details>
      <summary className="w-fit cursor-pointer rounded-sm text-muted-foreground text-sm hover:text-foreground">
        {title}
      </summary>
      <div className="mt-2">{children}</div>
    </details>
  );
}

function ModelUse({ detail }: { detail: StepDetail }) {
  const { calls, systemPrompt, toolCalls } = detail;
  if (calls.length === 0) return null;
  return (
    <Part title="Model calls">
      <ModelCallList calls={calls} />
      {systemPrompt ? (
        <Fold title="System prompt as it was sent">
          <CodeBlock code={systemPrompt} title="System prompt" wrap />
        </Fold>
      ) : null}
      {toolCalls.length > 0 ? (
        <Fold title={`Tool calls (${toolCalls.length})`}>
          <JsonView value={toolCalls} title="Tool calls" />
        </Fold>
      ) : null}
    </Part>
  );
}
