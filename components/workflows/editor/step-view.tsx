"use client";

import dynamic from "next/dynamic";
import { useEffect, useState } from "react";
import { problemOf } from "@/components/runs/labels";
import { ReadOrJson } from "@/components/runs/values/read-or-json";
import { pagePerson } from "@/components/shared/page-person";
import { StatusBadge } from "@/components/shared/status-badge";
import { UNREACHABLE } from "@/components/shared/unreachable";
import { Alert } from "@/components/ui/alert";
import { Skeleton } from "@/components/ui/skeleton";
import type { PublicError } from "@/lib/errors";
import { hasContent } from "@/lib/runs/values";
import type { GraphNode } from "@/lib/workflows/graph";
import { useEditor } from "./context";
import { durationOf, type LiveRun, whyNoStep } from "./live-run";
import type { StepDetail } from "./types";

/** What a node was given and gave back in the run that is shown. Read again whenever its status changes. */
export function StepView({ node, run }: { node: GraphNode; run: LiveRun }) {
  const { actions, state } = useEditor();
  const [detail, setDetail] = useState<StepDetail | null>(null);
  const [error, setError] = useState<PublicError | null>(null);
  const nodeId = node.id;
  const step = run.steps.get(nodeId);
  const { executionId } = run;
  const status = step?.status;

  useEffect(() => {
    if (!status) return;
    let isCurrent = true;
    const unanswered = () => ({ ok: false as const, error: UNREACHABLE });
    actions
      .step(pagePerson(), { executionId, nodeId })
      .catch(unanswered)
      .then((result) => {
        if (!isCurrent) return;
        if (result.ok) setDetail(result.data);
        setError(result.ok ? null : result.error);
      });
    return () => {
      isCurrent = false;
    };
  }, [actions, executionId, nodeId, status]);

  if (!step) {
    return (
      <p className="rounded-lg border border-dashed p-3 text-muted-foreground text-sm">
        {whyNoStep(run, state.graph, node)}
      </p>
    );
  }
  return (
    <section className="grid gap-3 rounded-lg border bg-background p-3" aria-label="In this run">
      <div className="flex items-center justify-between gap-2">
        <h3 className="font-medium text-sm">In this run</h3>
        <span className="flex items-center gap-2">
          <span className="tabular text-muted-foreground text-xs">
            {step.completedAt ? durationOf(step, 0) : ""}
          </span>
          <StatusBadge status={step.status} />
        </span>
      </div>
      {step.errorMessage ? <Alert {...problemOf(step.status)}>{step.errorMessage}</Alert> : null}
      {error ? <Alert tone="danger">{error.message}</Alert> : null}
      {detail ? (
        <Payloads detail={detail} />
      ) : error || step.status === "skipped" ? null : (
        <Skeleton className="h-24" />
      )}
    </section>
  );
}

/** Formats Markdown, which an editor without a run has no use for. */
const ReadValue = dynamic(() => import("@/components/shared/read-value").then((module) => module.ReadValue));

function Payloads({ detail }: { detail: StepDetail }) {
  return (
    <>
      {hasContent(detail.input) ? (
        <ReadOrJson title="Input" value={detail.input}>
          <ReadValue value={detail.input} texts="given" />
        </ReadOrJson>
      ) : null}
      {hasContent(detail.output) ? (
        <ReadOrJson title="Output" value={detail.output}>
          <ReadValue value={detail.output} />
        </ReadOrJson>
      ) : null}
    </>
  );
}
