import { WINDOW_ROWS } from "@/lib/runs/input";
import { isOver, type LivePart, type LiveStep } from "./model";
import type { RowList, TraceState } from "./trace-state";

export type PlannedNode = { readonly id: string; readonly name: string; readonly kind: string };

type Line = { readonly key: string; readonly level: number };

/** One line of the trace, with how deep in the tree it is, from 1 on. */
export type TraceRow = Line &
  (
    | { readonly type: "queue" }
    | {
        readonly type: "step";
        readonly step: LiveStep;
        /** Null where there is nothing to unfold. */
        readonly isOpen: boolean | null;
        readonly window: Wanted;
      }
    | {
        readonly type: "part";
        readonly part: LivePart;
        /** `Item 12`, `Round 3`, or the called workflow. */
        readonly label: string;
        /** Null where there is nothing to unfold. */
        readonly isOpen: boolean | null;
        readonly window: Wanted;
      }
    /** A node that has no step yet. */
    | { readonly type: "planned"; readonly node: PlannedNode; readonly status: string }
    /** A row that is there, and not read yet. */
    | { readonly type: "unread"; readonly window: Wanted }
  );

/** A window of a list that is not known yet. */
export type Wanted =
  | { readonly of: "steps"; readonly executionId: string; readonly offset: number }
  | { readonly of: "parts"; readonly executionId: string; readonly stepId: string; readonly offset: number };

export function windowKey(window: Wanted): string {
  return `${window.of === "steps" ? window.executionId : window.stepId}:${window.offset}`;
}

/** The statuses of a run or step that has not ended. */
const OPEN: ReadonlySet<string> = new Set(["pending", "running", "waiting"]);

const NOT_READ: RowList = { total: 1, ids: new Map(), last: new Set() };

/** Where the window begins that holds a place. */
export function offsetOf(place: number): number {
  return place - (place % WINDOW_ROWS);
}

/**
 * The run as lines, from top to bottom: its steps with what is unfolded of them, then the nodes that have none yet.
 * `open` has the ids of the steps and parts that are unfolded.
 */
export function traceRows(
  state: TraceState,
  open: ReadonlySet<string>,
  planned: readonly PlannedNode[],
  hasQueue: boolean,
): TraceRow[] {
  const rows: TraceRow[] = hasQueue ? [{ type: "queue", key: "queue", level: 1 }] : [];
  const addSteps = (executionId: string, level: number) => {
    const list = state.stepLists.get(executionId) ?? NOT_READ;
    for (let place = 0; place < list.total; place += 1) {
      const step = state.steps.get(list.ids.get(place) ?? "");
      const window: Wanted = { of: "steps", executionId, offset: offsetOf(place) };
      if (!step) {
        rows.push({ type: "unread", key: `${executionId}:${place}`, level, window });
        continue;
      }
      const isOpen = step.parts === null ? null : open.has(step.id);
      rows.push({ type: "step", key: step.id, level, step, isOpen, window });
      if (isOpen) addParts(step, level + 1);
    }
  };
  const addParts = (step: LiveStep, level: number) => {
    const list = state.partLists.get(step.id) ?? NOT_READ;
    for (let place = 0; place < list.total; place += 1) {
      const part = state.parts.get(list.ids.get(place) ?? "");
      const { executionId, id: stepId } = step;
      const window: Wanted = { of: "parts", executionId, stepId, offset: offsetOf(place) };
      if (!part) {
        rows.push({ type: "unread", key: `${stepId}:${place}`, level, window });
        continue;
      }
      const isOpen = part.isTakenOver ? null : open.has(part.id);
      rows.push({ type: "part", key: part.id, level, part, label: labelOf(step, part), isOpen, window });
      if (isOpen) addSteps(part.id, level + 1);
    }
  };
  addSteps(state.run.id, 1);
  const reached = new Set(
    [...state.steps.values()].filter((step) => step.executionId === state.run.id).map((step) => step.nodeId),
  );
  const status = isOver(state.run) ? "not_reached" : "pending";
  for (const node of planned) {
    if (!reached.has(node.id)) rows.push({ type: "planned", key: `node:${node.id}`, level: 1, node, status });
  }
  return rows;
}

function labelOf(step: LiveStep, part: LivePart): string {
  if (part.itemIndex === null) return part.workflowName ?? "Called run";
  return `${step.kind === "loop" ? "Round" : "Item"} ${part.itemIndex + 1}`;
}

/** Whether the list of a window can grow no more; null where that is not known. */
function hasEnded(state: TraceState, window: Wanted): boolean | null {
  if (window.of === "parts") {
    const step = state.steps.get(window.stepId);
    return step ? step.completedAt !== null : null;
  }
  const part = state.parts.get(window.executionId);
  return part ? isOver(part) : null;
}

/** Whether rows that are asked for now are the last to be told of their list. */
export function isLastRead(state: TraceState, window: Wanted): boolean {
  return hasEnded(state, window) === true;
}

/**
 * The windows whose rows may still change: those of open runs and steps that are under way, and once these have ended,
 * those that were not read since or still show something under way.
 */
export function isMoving(state: TraceState, window: Wanted): boolean {
  const ended = hasEnded(state, window);
  // The stream tells of the steps of the run itself.
  if (ended === null) return window.of === "parts";
  const list =
    window.of === "parts" ? state.partLists.get(window.stepId) : state.stepLists.get(window.executionId);
  if (!ended || !list?.last.has(window.offset)) return true;
  return [...list.ids].some(
    ([place, id]) => offsetOf(place) === window.offset && isOpenRow(state, window, id),
  );
}

function isOpenRow(state: TraceState, { of }: Wanted, id: string): boolean {
  const status = (of === "parts" ? state.parts : state.steps).get(id)?.status ?? "";
  return OPEN.has(status);
}
