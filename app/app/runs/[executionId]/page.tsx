import type { Metadata } from "next";
import { notFound } from "next/navigation";
import { cache } from "react";
import { ReplayRun } from "@/components/runs/control/replay-run";
import { ResumeRun } from "@/components/runs/control/resume-run";
import { editorHref } from "@/components/runs/editor-href";
import { STARTED } from "@/components/runs/labels";
import { StepPanel } from "@/components/runs/step-panel";
import { RunNotes } from "@/components/runs/trace/run-notes";
import { RunView } from "@/components/runs/trace/run-view";
import type { OpenedTrace } from "@/components/runs/trace/use-trace";
import { RunValue } from "@/components/runs/values/run-value";
import { CopyButton } from "@/components/shared/copy-button";
import { SectionHeader } from "@/components/shared/page-header";
import { Button } from "@/components/ui/button";
import { Link } from "@/components/ui/link";
import type { TenantScope } from "@/db/scope";
import { openQuestions } from "@/lib/approvals/run-questions";
import { denial } from "@/lib/auth/authorize";
import { requireTenant } from "@/lib/auth/scope";
import { readQuery, type SearchParams } from "@/lib/query";
import { isFinished, traceQuery } from "@/lib/runs/input";
import { moneyWaitOf } from "@/lib/runs/money-wait";
import { getStep, type StepDetail } from "@/lib/runs/step-queries";
import type { StepRow } from "@/lib/runs/step-rows";
import { findTrace, type RunTrace } from "@/lib/runs/trace-queries";
import { hasContent } from "@/lib/runs/values";
import { whyWaiting } from "@/lib/runs/why-waiting";
import { estimateRunAction } from "../../workflows/actions";
import {
  cancelRunAction,
  previewResumeAction,
  replayFormAction,
  replayRunAction,
  resumeRunAction,
} from "../actions";

type Props = { params: Promise<{ executionId: string }>; searchParams: SearchParams };

const traceOf = cache(async (executionId: string, step?: string, node?: string) =>
  findTrace(await requireTenant(), executionId, { step, node }),
);

async function openedRun({ params, searchParams }: Props): Promise<RunTrace | null> {
  const { step, node } = await readQuery(searchParams, traceQuery);
  return traceOf((await params).executionId, step, node);
}

export async function generateMetadata(props: Props): Promise<Metadata> {
  const run = await openedRun(props);
  return { title: run ? `Run of ${titleOf(run)}` : "Run" };
}

export default async function RunPage(props: Props) {
  const scope = await requireTenant();
  const run = await openedRun(props);
  if (!run) notFound();
  const { executionId } = await props.params;
  const { selection } = run;
  const waiting = isFinished(run.status) ? null : await whyWaiting(scope, executionId);
  const money = run.status === "waiting" ? await moneyWaitOf(scope, executionId) : null;
  const detail = selection ? await getStep(scope, selection) : null;
  const isAsking = run.status === "waiting" && money === null;
  const questions = isAsking ? await openQuestions(scope, { executionId }) : [];
  return (
    <RunView
      opened={toOpened(run)}
      planned={run.planned}
      nowMs={Date.now()}
      name={titleOf(run)}
      breadcrumb={breadcrumbOf(run)}
      description={summaryOf(run)}
      createdAt={run.createdAt.toISOString()}
      selected={selection}
      cancelAction={denial(scope, "run.cancel") || run.ancestors.length > 0 ? null : cancelRunAction}
      actions={<RunActions run={run} scope={scope} />}
      notes={
        <RunNotes
          origin={run.lineage}
          waiting={waiting}
          money={money}
          maySpend={denial(scope, "billing.read") === null}
          questions={questions}
          shownQuestionId={detail?.approval?.id ?? null}
        />
      }
      data={<RunData run={run} />}
    >
      {detail ? (
        <StepPanel
          detail={detail}
          editHref={editHrefOf(run, detail)}
          isAnswer={run.trigger === "playground"}
        />
      ) : null}
    </RunView>
  );
}

const moment = (date: Date | null) => date?.toISOString() ?? null;

function toOpened(run: RunTrace): OpenedTrace {
  const { id, status, costMicros, counts, leftOut, errorMessage, startedAt, completedAt } = run;
  return {
    execution: {
      id,
      status,
      costMicros,
      counts,
      leftOut,
      errorMessage,
      startedAt: moment(startedAt),
      completedAt: moment(completedAt),
    },
    windows: run.windows.map(({ offset, steps }) => ({ offset, steps: steps.map(toLive) })),
    revision: run.revision,
    path: run.selection?.path ?? [],
    pathEnd: run.selection?.index ?? 0,
  };
}

function toLive(step: StepRow): OpenedTrace["windows"][number]["steps"][number] {
  return {
    ...step,
    parts: step.parts && { ...step.parts },
    startedAt: moment(step.startedAt),
    completedAt: moment(step.completedAt),
    wakeAt: moment(step.wakeAt),
    attempts: step.attempts.map((attempt) => ({
      ...attempt,
      startedAt: moment(attempt.startedAt),
      endedAt: attempt.endedAt.toISOString(),
    })),
  };
}

/** `Item 12 of Sum up each order` on the page of a part. */
function titleOf({ name, ancestors, itemIndex }: RunTrace): string {
  const parent = ancestors.at(-1);
  return parent && itemIndex !== null ? `${parent.stepName}, ${itemIndex + 1}` : name;
}

function breadcrumbOf(run: RunTrace) {
  const around = run.ancestors.map(({ executionId, name, stepId }, index) => {
    const above = run.ancestors[index - 1];
    const label = above && above.itemIndex !== null ? `${above.stepName}, ${above.itemIndex + 1}` : name;
    return { label, href: `/app/runs/${executionId}?step=${stepId}` };
  });
  const last = run.ancestors.length > 0 ? titleOf(run) : run.id.slice(0, 13);
  return [{ label: "Runs", href: "/app/runs" }, ...around, { label: last }];
}

/** The editor with this run laid over it, or of a step inside of it the run of its workflow; none for an agent by itself. */
function editHrefOf({ id, workflowId }: RunTrace, { executionId, home }: StepDetail): string | null {
  const own = workflowId ? { workflowId, executionId: id } : null;
  const place = executionId === id ? own : home;
  return place ? editorHref(place) : null;
}

function RunData({ run }: { run: RunTrace }) {
  const valueHref = `/app/runs/${run.id}/value`;
  return (
    <>
      <section>
        <SectionHeader title="Input of the run" />
        <RunValue title="Input" value={run.input} texts="given" href={`${valueHref}?part=input`} />
      </section>
      {run.result === null ? null : (
        <section>
          <SectionHeader title="Result" />
          {hasContent(run.result) || run.lineage.mode === "nodes" ? (
            <RunValue title="Result" value={run.result} href={`${valueHref}?part=output`} />
          ) : (
            <p className="rounded-lg border border-dashed p-3 text-muted-foreground text-sm">
              The run reached no output, so it gave nothing. The last step that is not skipped says where it
              went on; in the editor, connect that way to what should come next.
            </p>
          )}
        </section>
      )}
    </>
  );
}

function summaryOf(run: RunTrace): string {
  const what = `${run.workflowId ? "Workflow" : "Agent"}${run.versionNumber ? `, version ${run.versionNumber}` : ""}`;
  const who = run.apiKeyName ? `API key ${run.apiKeyName}` : (run.lineage.triggerName ?? run.startedByName);
  return `${what}. Started ${STARTED[run.trigger]}${who ? ` by ${who}` : ""}`;
}

function RunActions({ run, scope }: { run: RunTrace; scope: TenantScope }) {
  const href = run.workflowId ? `/app/workflows/${run.workflowId}` : `/app/agents/${run.agentId}`;
  const isWhole = run.ancestors.length === 0 && run.trigger !== "playground";
  const hasFailed = run.status === "failed" || run.status === "cancelled";
  return (
    <>
      {isWhole && hasFailed && !denial(scope, "run.resume") ? (
        <ResumeRun executionId={run.id} preview={previewResumeAction} action={resumeRunAction} />
      ) : null}
      {isWhole && isFinished(run.status) && !denial(scope, "run.replay") ? (
        <ReplayRun
          executionId={run.id}
          form={replayFormAction}
          action={replayRunAction}
          estimate={estimateRunAction}
        />
      ) : null}
      <CopyButton value={run.id} variant="outline" size="default">
        Copy id
      </CopyButton>
      <Button asChild variant="outline">
        <Link href={href}>{run.workflowId ? "Open workflow" : "Open agent"}</Link>
      </Button>
    </>
  );
}
