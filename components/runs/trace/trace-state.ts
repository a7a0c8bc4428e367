import { WINDOW_ROWS } from "@/lib/runs/input";
import {
  isOver,
  type LiveExecution,
  type LiveMessage,
  type LivePart,
  type LiveStep,
  type PartWindow,
  type StepWindow,
  totalOf,
} from "./model";

/** A long list of which some rows are known, by their place. */
export type RowList = {
  readonly total: number;
  readonly ids: ReadonlyMap<number, string>;
  /** Where the windows begin that were asked for once the list could not grow any more. */
  readonly last: ReadonlySet<number>;
};

/** What is known of a run: figures, and those steps and parts that were looked at. */
export type TraceState = {
  readonly run: LiveExecution;
  readonly steps: ReadonlyMap<string, LiveStep>;
  readonly parts: ReadonlyMap<string, LivePart>;
  /** The steps of each run that was opened, by the run. */
  readonly stepLists: ReadonlyMap<string, RowList>;
  /** The parts of each step that was opened, by the step. */
  readonly partLists: ReadonlyMap<string, RowList>;
};

export type TraceEvent =
  | { type: "message"; message: LiveMessage }
  /** `isLast`: what the rows belong to had ended when they were asked for. */
  | { type: "steps"; executionId: string; window: StepWindow; isLast?: boolean }
  | { type: "parts"; stepId: string; window: PartWindow; isLast?: boolean };

const NO_ROWS: RowList = { total: 0, ids: new Map(), last: new Set() };

/** The state a page opens with. */
export function openTrace(run: LiveExecution, windows: readonly Omit<StepWindow, "total">[]): TraceState {
  const total = totalOf(run.counts);
  const empty: TraceState = {
    run,
    steps: new Map(),
    parts: new Map(),
    stepLists: new Map([[run.id, { ...NO_ROWS, total }]]),
    partLists: new Map(),
  };
  return windows.reduce<TraceState>((state, window) => takeSteps(state, run.id, { ...window, total }), empty);
}

/** The state with news taken in. */
export function traceReducer(state: TraceState, event: TraceEvent): TraceState {
  switch (event.type) {
    case "message":
      return takeMessage(state, event.message);
    case "steps":
      return takeSteps(state, event.executionId, event.window, event.isLast);
    case "parts":
      return takeParts(state, event.stepId, event.window, event.isLast);
  }
}

/**
 * Whether a message tells of what the page around the trace shows: of the step whose details are open, of the end, or that
 * the run waits for something else than before, such as an answer.
 */
export function isOfPage(state: TraceState, message: LiveMessage, selectedStepId: string | null): boolean {
  if (selectedStepId === null || isOver(message.execution)) return true;
  if (message.steps.some((step) => step.id === selectedStepId)) return true;
  return whatWaits(takeMessage(state, message)) !== whatWaits(state);
}

/** How the run stands, and which of its steps wait, with how many of their items or rounds: another text is another wait. */
function whatWaits({ run, steps }: TraceState): string {
  const waiting = [...steps.values()].filter(
    ({ executionId, status }) => executionId === run.id && status === "waiting",
  );
  return [run.status, ...waiting.map(({ id, parts }) => `${id} ${parts?.waiting ?? 0}`)].join(", ");
}

/** An end is never taken back: a window that was read before a message may arrive after it. */
function newer<Thing extends { completedAt: string | null }>(known: Thing | undefined, news: Thing): Thing {
  return known?.completedAt && !news.completedAt ? known : news;
}

function merged(steps: TraceState["steps"], news: readonly LiveStep[]): Map<string, LiveStep> {
  const next = new Map(steps);
  for (const step of news) next.set(step.id, newer(next.get(step.id), step));
  return next;
}

type Read = { readonly offset: number; readonly total: number; readonly isLast: boolean };

function placed(list: RowList, ids: readonly string[], { offset, total, isLast }: Read): RowList {
  const next = new Map([...list.ids].filter(([place]) => place < total && !isWithin(place, offset)));
  for (const [index, id] of ids.entries()) next.set(offset + index, id);
  return { total, ids: next, last: isLast ? new Set(list.last).add(offset) : list.last };
}

function isWithin(place: number, offset: number): boolean {
  return place >= offset && place < offset + WINDOW_ROWS;
}

function takeSteps(state: TraceState, executionId: string, window: StepWindow, isLast = false): TraceState {
  const { offset, steps } = window;
  const total = Math.max(window.total, offset + steps.length);
  const list = state.stepLists.get(executionId) ?? NO_ROWS;
  const ids = steps.map((step) => step.id);
  return {
    ...state,
    steps: merged(state.steps, steps),
    stepLists: new Map(state.stepLists).set(executionId, placed(list, ids, { offset, total, isLast })),
  };
}

function takeParts(
  state: TraceState,
  stepId: string,
  { offset, counts, parts }: PartWindow,
  isLast = false,
): TraceState {
  const known = new Map(state.parts);
  for (const part of parts) known.set(part.id, newer(known.get(part.id), part));
  const list = state.partLists.get(stepId) ?? NO_ROWS;
  const ids = parts.map((part) => part.id);
  const total = Math.max(totalOf(counts), offset + parts.length);
  return {
    ...state,
    parts: known,
    partLists: new Map(state.partLists).set(stepId, placed(list, ids, { offset, total, isLast })),
  };
}

function takeMessage(state: TraceState, { execution, steps: news }: LiveMessage): TraceState {
  const run = isOver(state.run) && !isOver(execution) ? state.run : execution;
  const steps = merged(state.steps, news);
  const before = state.stepLists.get(run.id) ?? NO_ROWS;
  const placedIds = new Set(before.ids.values());
  const added = news.filter((step) => step.executionId === run.id && !placedIds.has(step.id));
  const total = Math.max(totalOf(run.counts), before.total);
  const list = withAdded(
    { ...before, total: Math.max(total, placedIds.size + added.length) },
    before,
    added,
    steps,
  );
  return { ...state, run, steps, stepLists: new Map(state.stepLists).set(run.id, list) };
}

/** New steps take their places at once where all others are known; else the end of the list is asked for again. */
function withAdded(
  next: RowList,
  before: RowList,
  added: readonly LiveStep[],
  steps: ReadonlyMap<string, LiveStep>,
): RowList {
  if (added.length === 0 && next.total === before.total) return before;
  if (before.ids.size === before.total) {
    const all = [...before.ids.values(), ...added.map((step) => step.id)];
    const sorted = all.toSorted((a, b) => byStart(steps.get(a), steps.get(b)));
    return { ...next, ids: new Map(sorted.entries()) };
  }
  const firstChanged = Math.max(0, before.total - WINDOW_ROWS);
  return { ...next, ids: new Map([...next.ids].filter(([place]) => place < firstChanged)) };
}

/** The order of the database: by start, those that never started last, then by id. */
function byStart(a: LiveStep | undefined, b: LiveStep | undefined): number {
  if (!a || !b) return 0;
  const from = a.startedAt ? Date.parse(a.startedAt) : Number.POSITIVE_INFINITY;
  const to = b.startedAt ? Date.parse(b.startedAt) : Number.POSITIVE_INFINITY;
  if (from !== to) return from < to ? -1 : 1;
  return a.id < b.id ? -1 : 1;
}
