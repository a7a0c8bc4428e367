import type { Metadata } from "next";
import Link from "next/link";
import { notFound } from "next/navigation";
import { STARTED } from "@/components/runs/labels";
import type { LiveRun } from "@/components/runs/live-state";
import { RunView } from "@/components/runs/run-view";
import { StepPanel } from "@/components/runs/step-panel";
import { JsonView } from "@/components/shared/json-view";
import { SectionHeader } from "@/components/shared/page-header";
import { Button } from "@/components/ui/button";
import { denial } from "@/lib/auth/authorize";
import { requireTenant } from "@/lib/auth/scope";
import { readQuery, type SearchParams } from "@/lib/query";
import { traceQuery } from "@/lib/runs/input";
import { findRun, type RunDto } from "@/lib/runs/run-queries";
import { getStep } from "@/lib/runs/step-queries";
import { cancelRunAction } from "../actions";

export const metadata: Metadata = { title: "Run" };

type Props = { params: Promise<{ executionId: string }>; searchParams: SearchParams };

export default async function RunPage({ params, searchParams }: Props) {
  const scope = await requireTenant();
  const { executionId } = await params;
  const run = await findRun(scope, executionId);
  if (!run) notFound();
  const { node } = await readQuery(searchParams, traceQuery);
  const selected = selectStep(run, node);
  const detail = selected ? await getStep(scope, { executionId, nodeId: selected.nodeId }) : null;
  return (
    <RunView
      initial={toLive(run)}
      nodes={run.nodes}
      nowMs={Date.now()}
      name={run.name}
      description={summaryOf(run)}
      createdAt={run.createdAt.toISOString()}
      selectedNodeId={selected?.nodeId ?? null}
      cancelAction={denial(scope, "run.cancel") ? null : cancelRunAction}
      links={<TargetLink run={run} />}
      data={<RunData run={run} />}
    >
      {selected && detail ? <StepPanel step={selected} detail={detail} /> : null}
    </RunView>
  );
}

/** The step that was picked, else the one that failed, else the newest that gave something. */
function selectStep(run: RunDto, nodeId: string | undefined) {
  const started = run.steps.filter((step) => step.startedAt !== null);
  return (
    started.find((step) => step.nodeId === (nodeId ?? run.errorNodeId)) ??
    started.findLast((step) => step.status === "completed" && step.kind !== "input") ??
    started.at(-1) ??
    null
  );
}

function toLive(run: RunDto): LiveRun {
  const { id, status, costMicros, errorMessage } = run;
  const moment = (date: Date | null) => date?.toISOString() ?? null;
  return {
    execution: {
      id,
      status,
      costMicros,
      errorMessage,
      startedAt: moment(run.startedAt),
      completedAt: moment(run.completedAt),
    },
    steps: run.steps.map((step) => ({
      ...step,
      startedAt: moment(step.startedAt),
      completedAt: moment(step.completedAt),
    })),
  };
}

function RunData({ run }: { run: RunDto }) {
  return (
    <>
      <section>
        <SectionHeader title="Input of the run" />
        <JsonView value={run.input} title="Input" />
      </section>
      {run.result === null ? null : (
        <section>
          <SectionHeader title="Result" />
          <JsonView value={run.result} title="Result" />
        </section>
      )}
    </>
  );
}

function summaryOf(run: RunDto): string {
  const what = `${run.workflowId ? "Workflow" : "Agent"}${run.versionNumber ? `, version ${run.versionNumber}` : ""}`;
  const who = run.apiKeyName ? `API key ${run.apiKeyName}` : run.startedByName;
  return `${what}. Started ${STARTED[run.trigger]}${who ? ` by ${who}` : ""}`;
}

function TargetLink({ run }: { run: RunDto }) {
  const href = run.workflowId ? `/app/workflows/${run.workflowId}` : `/app/agents/${run.agentId}`;
  return (
    <Button asChild variant="outline">
      <Link href={href}>{run.workflowId ? "Open workflow" : "Open agent"}</Link>
    </Button>
  );
}
