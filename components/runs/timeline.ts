import { hasEnded, type LiveRun, type LiveStep } from "./live-state";

export type PlannedNode = { readonly id: string; readonly name: string; readonly kind: string };

/** One row of the timeline. Positions are shares of the run's span, 0 to 1. */
export type TimelineRow = {
  readonly key: string;
  readonly nodeId: string;
  readonly name: string;
  readonly kind: string;
  readonly status: string;
  readonly attempt: number;
  readonly from: number;
  readonly width: number;
  /** Null for what has not started or was skipped. */
  readonly durationMs: number | null;
  readonly costMicros: string;
};

/** A step that waits for another attempt shows it. */
function statusOf(step: LiveStep): string {
  return step.status === "running" && step.errorMessage ? "retrying" : step.status;
}

/** How long the run has taken so far or took, in milliseconds; null before it started. */
export function runDurationMs({ execution }: LiveRun, nowMs: number): number | null {
  if (!execution.startedAt) return null;
  const end = execution.completedAt ? Date.parse(execution.completedAt) : nowMs;
  return Math.max(0, end - Date.parse(execution.startedAt));
}

/** The steps in the order they started, then the nodes that have not; running bars reach to `nowMs`. */
export function timelineRows(run: LiveRun, nodes: readonly PlannedNode[], nowMs: number): TimelineRow[] {
  const startMs = Math.min(
    ...run.steps.flatMap((step) => (step.startedAt ? [Date.parse(step.startedAt)] : [])),
    nowMs,
  );
  const endMs = Math.max(startMs + 1, ...run.steps.map((step) => endOf(step, nowMs)));
  const span = endMs - startMs;
  const started = run.steps
    .filter((step) => step.startedAt !== null)
    .toSorted((a, b) => Date.parse(a.startedAt ?? "") - Date.parse(b.startedAt ?? ""))
    .map((step) => row(step, startMs, span, nowMs));
  const others = new Map(
    run.steps.filter((step) => step.startedAt === null).map((step) => [step.nodeId, step]),
  );
  const seen = new Set(started.map(({ nodeId }) => nodeId));
  const never = hasEnded(run) ? "not_reached" : "pending";
  const rest = nodes
    .filter((node) => !seen.has(node.id))
    .map((node) => unstarted(node, others.get(node.id)?.status ?? never));
  return [...started, ...rest];
}

function endOf(step: LiveStep, nowMs: number): number {
  if (step.completedAt) return Date.parse(step.completedAt);
  return step.startedAt ? nowMs : 0;
}

function row(step: LiveStep, startMs: number, span: number, nowMs: number): TimelineRow {
  const from = Date.parse(step.startedAt ?? "");
  const durationMs = Math.max(0, endOf(step, nowMs) - from);
  return {
    key: step.id,
    nodeId: step.nodeId,
    name: step.name,
    kind: step.kind,
    status: statusOf(step),
    attempt: step.attempt,
    from: Math.min(1, (from - startMs) / span),
    width: Math.min(1, durationMs / span),
    durationMs,
    costMicros: step.costMicros,
  };
}

function unstarted(node: PlannedNode, status: string): TimelineRow {
  return {
    key: node.id,
    nodeId: node.id,
    name: node.name,
    kind: node.kind,
    status,
    attempt: 0,
    from: 0,
    width: 0,
    durationMs: null,
    costMicros: "0",
  };
}
