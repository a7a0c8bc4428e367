import { z } from "zod";
import { shownRunStatus } from "@/components/runs/labels";
import type { Graph, GraphNode } from "@/lib/workflows/graph";
import { containersOf } from "@/lib/workflows/names";

const moment = z.string().nullish();

/** One message of a run's event stream: what is new about the run and its steps. */
const liveMessage = z.object({
  execution: z.object({
    id: z.string(),
    status: z.string(),
    startedAt: moment,
    errorMessage: z.string().nullish(),
    costMicros: z.string().nullish(),
  }),
  steps: z.array(
    z.object({
      nodeId: z.string(),
      iteration: z.number(),
      status: z.string(),
      attempt: z.number(),
      startedAt: moment,
      completedAt: moment,
      wakeAt: moment,
      costMicros: z.string().nullish(),
      errorMessage: z.string().nullish(),
      isLeftOut: z.boolean().nullish(),
      /** Of containers: how many of its items or rounds stand how. */
      parts: z.record(z.string(), z.number()).nullish().catch(null),
      /** How many there will be, where that is known. */
      partsInAll: z.number().nullish().catch(null),
      /** How many of them failed and are tried again. */
      retrying: z.object({ count: z.number() }).nullish().catch(null),
    }),
  ),
});

type LiveMessage = z.infer<typeof liveMessage>;
export type LiveStep = LiveMessage["steps"][number];

export type LiveRun = {
  readonly executionId: string;
  /** As people are told it. */
  readonly status: string;
  readonly error: string | null;
  /** What it cost so far, whole micro-dollars as digits. */
  readonly costMicros: string;
  /** The newest iteration of each node. */
  readonly steps: ReadonlyMap<string, LiveStep>;
  /** Nodes that the run was not asked for. */
  readonly leftOut: ReadonlySet<string>;
};

const ENDED: ReadonlySet<string> = new Set(["completed", "failed", "cancelled"]);

export function hasEnded(run: LiveRun): boolean {
  return ENDED.has(run.status);
}

export function pendingRun(executionId: string): LiveRun {
  return {
    executionId,
    status: "pending",
    error: null,
    costMicros: "0",
    steps: new Map(),
    leftOut: new Set(),
  };
}

/** A run with one more message taken in; messages that cannot be read change nothing. */
export function applyMessage(run: LiveRun, text: string): LiveRun {
  const parsed = liveMessage.safeParse(parseJson(text));
  if (!parsed.success) return run;
  const { execution, steps } = parsed.data;
  const merged = new Map(run.steps);
  const leftOut = new Set(run.leftOut);
  for (const step of steps) {
    if (step.isLeftOut) {
      leftOut.add(step.nodeId);
      continue;
    }
    const known = merged.get(step.nodeId);
    if (!known || step.iteration >= known.iteration) merged.set(step.nodeId, step);
  }
  return {
    ...run,
    status: shownRunStatus(execution),
    error: execution.errorMessage ?? null,
    costMicros: execution.costMicros ?? run.costMicros,
    steps: merged,
    leftOut,
  };
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

/** How far a run is, for people: `2 of 3 nodes, 1 failed`. As the run's own page counts: of the nodes it was asked for. */
export function nodesDone({ steps, leftOut }: LiveRun, nodes: number): string {
  const total = nodes - leftOut.size;
  const statuses = [...steps.values()].map(({ status }) => status);
  const done = statuses.filter((status) => status === "completed" || status === "skipped").length;
  const failed = statuses.filter((status) => status === "failed").length;
  const skipped = statuses.filter((status) => status === "skipped").length;
  return `${done} of ${total} nodes${skipped > 0 ? `, ${skipped} skipped` : ""}${failed > 0 ? `, ${failed} failed` : ""}`;
}

/** What is told of a node of which the run itself has no step: what is in a container has its steps in runs of its own. */
export function whyNoStep({ steps, leftOut }: LiveRun, { nodes }: Graph, node: GraphNode): string {
  const around = containersOf(new Map(nodes.map((each) => [each.id, each])), node);
  const outer = around.at(-1) ?? node;
  if (leftOut.has(outer.id)) return "The run that is shown was not asked for this node.";
  const [container] = around;
  const status = steps.get(outer.id)?.status ?? "skipped";
  return container && status !== "skipped"
    ? `It runs once for each item or round of “${container.name}”. The trace shows each.`
    : "This node has not started in the run that is shown.";
}

/**
 * How far a container is, for people: `3/10, 1 failed, 2 tried again`. As in the trace, what failed or was stopped is not
 * done. Empty where nothing runs inside.
 */
export function progressOf({ parts, partsInAll, retrying }: LiveStep): string {
  if (!parts) return "";
  const begun = Object.values(parts).reduce((sum, count) => sum + count, 0);
  const total = partsInAll ?? begun;
  const { completed: done = 0, failed = 0 } = parts;
  const again = retrying ? `, ${retrying.count} tried again` : "";
  return total === 0 ? "" : `${done}/${total}${failed > 0 ? `, ${failed} failed` : ""}${again}`;
}

/** Which nodes wait, and how many of their items or rounds; empty while none does. Another text is another wait. */
export function whatWaits(run: LiveRun): string {
  if (hasEnded(run)) return "";
  return [...run.steps.values()]
    .filter(({ status }) => status === "waiting")
    .map(({ nodeId, iteration, parts }) => `${nodeId} ${iteration} ${parts?.waiting ?? 0}`)
    .join(", ");
}

const DAY_MS = 86_400_000;

/** Until when a step waits at most, in the reader's time: `until 14:05`, or with the day when it is not soon. */
export function waitsUntil({ status, wakeAt }: LiveStep, nowMs: number): string {
  if (status !== "waiting" || !wakeAt) return "";
  const date = new Date(wakeAt);
  const isSoon = date.getTime() - nowMs < DAY_MS / 2;
  const day = { day: "numeric", month: "short" } as const;
  const clock = { hour: "2-digit", minute: "2-digit" } as const;
  return `until ${date.toLocaleString("en-GB", isSoon ? clock : { ...day, ...clock })}`;
}

/** How long a step took so far or in all, for people: `840 ms`, `3.2 s`. Empty before it started. */
export function durationOf(step: LiveStep, nowMs: number): string {
  if (!step.startedAt) return "";
  const end = step.completedAt ? Date.parse(step.completedAt) : nowMs;
  const ms = Math.max(0, end - Date.parse(step.startedAt));
  return ms < 1_000 ? `${Math.round(ms)} ms` : `${(ms / 1_000).toFixed(1)} s`;
}
