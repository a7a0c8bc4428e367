import { describe, expect, it } from "vitest";
import { treeCommand } from "./keyboard";
import { isSettled, type LiveExecution, type LivePart, type LiveStep } from "./model";
import { isLastRead, isMoving, traceRows, type Wanted } from "./rows";
import { barOf, marksOf, stepSegments, ticksOf, viewOf } from "./segments";
import { isOfPage, openTrace, traceReducer } from "./trace-state";

const START = Date.UTC(2026, 0, 1, 12);
const at = (seconds: number) => new Date(START + seconds * 1_000).toISOString();

function step(id: string, from: number | null, to: number | null, more: Partial<LiveStep> = {}): LiveStep {
  return {
    id,
    executionId: "run",
    nodeId: id,
    iteration: 0,
    name: id,
    kind: "transform",
    status: to === null ? "running" : "completed",
    attempt: 1,
    startedAt: from === null ? null : at(from),
    completedAt: to === null ? null : at(to),
    costMicros: "0",
    errorMessage: null,
    wakeAt: null,
    isPinned: false,
    isLeftOut: false,
    reused: null,
    attempts: [],
    parts: null,
    partsInAll: null,
    retrying: null,
    ...more,
  };
}

const item = (id: string, itemIndex: number): LivePart => ({
  id,
  itemIndex,
  workflowName: null,
  isTakenOver: false,
  retryMessage: null,
  status: "completed",
  createdAt: at(0),
  startedAt: at(0),
  completedAt: at(1),
  costMicros: "0",
  errorMessage: null,
});

const execution = (counts: Record<string, number>, status = "running"): LiveExecution => ({
  id: "run",
  status,
  startedAt: at(0),
  completedAt: status === "running" ? null : at(9),
  costMicros: "5",
  counts,
  leftOut: 0,
  errorMessage: null,
});

const open = (steps: LiveStep[], counts: Record<string, number>) =>
  openTrace(execution(counts), [{ offset: 0, steps }]);

const names = (rows: ReturnType<typeof traceRows>) =>
  rows.map((row) => `${row.level} ${row.type} ${row.key}`);

describe("a live trace", () => {
  it("takes in news in the order of the database, and never takes an end back", () => {
    const before = open([step("a", 0, 2), step("c", 5, null)], { completed: 1, running: 1 });
    const news = {
      execution: execution({ completed: 3 }, "completed"),
      steps: [step("c", 5, 9), step("b", 4, 5)],
    };
    const after = traceReducer(before, { type: "message", message: news });
    expect(names(traceRows(after, new Set(), [], false))).toEqual(["1 step a", "1 step b", "1 step c"]);
    const late = { execution: execution({ running: 1 }), steps: [step("c", 5, null)] };
    const still = traceReducer(after, { type: "message", message: late });
    expect([still.run.status, still.steps.get("c")?.status]).toEqual(["completed", "completed"]);
  });

  it("asks again for the end of a long list that grew, and keeps what is far from it", () => {
    const steps = Array.from({ length: 100 }, (_, index) => step(`s${index}`, index, index + 1));
    const before = open(steps, { completed: 450 });
    expect(before.stepLists.get("run")).toMatchObject({ total: 450 });
    const message = { execution: execution({ completed: 451 }), steps: [step("new", 500, 501)] };
    const rows = traceRows(traceReducer(before, { type: "message", message }), new Set(), [], false);
    expect(rows).toHaveLength(451);
    expect(rows[99]).toMatchObject({ type: "step", key: "s99" });
    expect(rows[450]).toMatchObject({ type: "unread", window: { of: "steps", offset: 400 } });
  });

  it("has the page read again for the step it shows, the end, and what the run waits for, not for the rest", () => {
    const map = (waiting: number) =>
      step("map", 0, null, { kind: "map", status: "waiting", parts: { waiting } });
    const before = open([step("a", 0, 1), step("b", 1, null), map(1)], {
      completed: 1,
      running: 1,
      waiting: 1,
    });
    const tells = (status: string, ...steps: LiveStep[]) =>
      isOfPage(before, { execution: execution({}, status), steps }, "a");
    const ask = step("ask", 2, null, { kind: "approval", status: "waiting" });
    const seen = [
      tells("running", step("b", 1, 2)),
      tells("running", map(1)),
      tells("running", step("a", 0, 2)),
      tells("running", ask),
      tells("running", map(2)),
      tells("waiting"),
      tells("completed"),
      isOfPage(before, { execution: execution({}), steps: [] }, null),
    ];
    expect(seen).toEqual([false, false, true, true, true, true, true, true]);
  });

  it("is followed beyond the end of the run, until calls that were broken off have ended too", () => {
    const seen = [
      execution({ completed: 1, running: 0 }),
      execution({ completed: 1, running: 1 }, "cancelled"),
      execution({ completed: 1, waiting: 1 }, "failed"),
      execution({ completed: 1, cancelled: 1 }, "cancelled"),
    ];
    expect(seen.map(isSettled)).toEqual([false, false, false, true]);
  });

  it("unfolds items and their steps in place, and asks for what was not read", () => {
    const map = step("map", 0, 8, { kind: "map", parts: { completed: 102 } });
    let state = open([map], { completed: 1 });
    expect(names(traceRows(state, new Set(["map"]), [], false))).toEqual(["1 step map", "2 unread map:0"]);
    const window = { offset: 0, counts: { completed: 102 }, parts: [item("i0", 0), item("i1", 1)] };
    state = traceReducer(state, { type: "parts", stepId: "map", window });
    const inner = { offset: 0, total: 1, steps: [step("in", 0, 1, { executionId: "i1" })] };
    state = traceReducer(state, { type: "steps", executionId: "i1", window: inner });
    const rows = traceRows(state, new Set(["map", "i1"]), [{ id: "end", name: "End", kind: "output" }], true);
    expect(names(rows).slice(0, 6)).toEqual([
      "1 queue queue",
      "1 step map",
      "2 part i0",
      "2 part i1",
      "3 step in",
      "2 unread map:2",
    ]);
    expect(rows[2]).toMatchObject({ label: "Item 1" });
    expect(rows.at(-2)).toMatchObject({ type: "unread", window: { offset: 100, stepId: "map" } });
    expect(rows.at(-1)).toMatchObject({ type: "planned", status: "pending" });
  });

  it("reads what is unfolded until it has seen the end of it, not until that comes", () => {
    const map = (to: number | null) => step("map", 0, to, { kind: "map", parts: { completed: 2 } });
    const items: Wanted = { of: "parts", executionId: "run", stepId: "map", offset: 0 };
    const inside: Wanted = { of: "steps", executionId: "i0", offset: 0 };
    const under = { ...item("i0", 0), status: "waiting", completedAt: null };
    const said = (window: Wanted, rows: readonly (LivePart | LiveStep)[]) => {
      const isLast = isLastRead(state, window);
      const more = { offset: 0, counts: { completed: rows.length }, total: rows.length };
      const news =
        window.of === "parts"
          ? { type: "parts" as const, stepId: "map", window: { ...more, parts: rows as LivePart[] }, isLast }
          : {
              type: "steps" as const,
              executionId: "i0",
              window: { ...more, steps: rows as LiveStep[] },
              isLast,
            };
      state = traceReducer(state, news);
    };
    let state = open([map(null)], { running: 1 });
    said(items, [under]);
    const inner = (to: number | null) => step("in", 0, to, { executionId: "i0" });
    said(inside, [inner(null)]);
    const message = { execution: execution({ completed: 1 }, "cancelled"), steps: [map(9)] };
    state = traceReducer(state, { type: "message", message });
    expect([items, inside].map((window) => isMoving(state, window))).toEqual([true, true]);
    said(items, [{ ...under, status: "cancelled", completedAt: at(9) }, item("i1", 1)]);
    expect([items, inside].map((window) => isMoving(state, window))).toEqual([false, true]);
    // A call that is being aborted ends a little after its run.
    said(inside, [inner(null)]);
    expect(isMoving(state, inside)).toBe(true);
    said(inside, [inner(10)]);
    expect(isMoving(state, inside)).toBe(false);
  });

  it("is walked by keys: down, into, out and open", () => {
    const map = step("map", 0, 8, { kind: "map", parts: { completed: 1 } });
    const state = traceReducer(open([map, step("z", 8, 9)], { completed: 2 }), {
      type: "parts",
      stepId: "map",
      window: { offset: 0, counts: { completed: 1 }, parts: [item("i0", 0)] },
    });
    const folded = traceRows(state, new Set(), [], false);
    expect(treeCommand("ArrowRight", folded, 0, 10)).toMatchObject({ type: "toggle", row: { key: "map" } });
    expect(treeCommand("PageDown", folded, 0, 10)).toEqual({ type: "move", to: 1 });
    expect(treeCommand("Enter", folded, 1, 10)).toMatchObject({ type: "select", row: { key: "z" } });
    const unfolded = traceRows(state, new Set(["map"]), [], false);
    expect(treeCommand("ArrowRight", unfolded, 0, 10)).toEqual({ type: "move", to: 1 });
    expect(treeCommand("ArrowLeft", unfolded, 1, 10)).toEqual({ type: "move", to: 0 });
    expect(treeCommand("ArrowLeft", unfolded, 0, 10)).toMatchObject({ type: "toggle" });
    expect(treeCommand("x", unfolded, 0, 10)).toBeNull();
  });
});

describe("the bars", () => {
  it("tell failed attempts and the waits between them from the attempt that ended the step", () => {
    const failed = (attempt: number, from: number, to: number, waitMs: number, outcome = "failed") => ({
      attempt,
      outcome,
      errorCode: null,
      errorMessage: "No.",
      waitMs,
      startedAt: at(from),
      endedAt: at(to),
    });
    const tried = step("a", 0, 20, {
      attempt: 3,
      attempts: [failed(1, 0, 2, 3_000), failed(2, 5, 6, 4_000, "lost")],
    });
    const seconds = (ms: number) => (ms - START) / 1_000;
    expect(
      stepSegments(tried, START).map((one) => [one.kind, seconds(one.fromMs), seconds(one.toMs)]),
    ).toEqual([
      ["failed", 0, 2],
      ["wait", 2, 5],
      ["lost", 5, 6],
      ["wait", 6, 10],
      ["completed", 10, 20],
    ]);
    const asked = step("ask", 0, null, { kind: "approval", status: "waiting" });
    expect(stepSegments(asked, START + 7_000)).toEqual([
      { kind: "wait", fromMs: START, toMs: START + 7_000 },
    ]);
  });

  it("lie where the time went, in whatever stretch is looked at", () => {
    const span = { fromMs: START, toMs: START + 100_000 };
    const near = viewOf(span, 4, 0.5);
    expect(near).toEqual({ fromMs: START + 50_000, toMs: START + 75_000 });
    expect(viewOf(span, 4, 0.99).toMs).toBe(span.toMs);
    expect(barOf({ fromMs: START + 40_000, toMs: START + 60_000 }, near)).toEqual({ left: 0, width: 0.4 });
    expect(barOf({ fromMs: START, toMs: START + 10_000 }, near)).toBeNull();
    expect(ticksOf(span, near, 7)).toEqual([50_000, 55_000, 60_000, 65_000, 70_000, 75_000]);
  });

  it("have as many marks over them as have room, whose words do not reach over the end", () => {
    const whole = { fromMs: START, toMs: START + 200 };
    const labels = (labelOf: (ms: number) => string) =>
      marksOf(whole, whole, { labelOf, room: 17 }).map(({ label }) => label);
    expect(labels((ms) => `${ms}`)).toEqual(["0", "50", "100", "150", ""]);
    expect(labels((ms) => `${ms} ms`)).toEqual(["0 ms", "100 ms", ""]);
    const end = { fromMs: START, toMs: START + 101 };
    expect(marksOf(end, end, { labelOf: (ms) => `${ms} ms`, room: 17 })).toEqual([
      { left: 0, label: "0 ms" },
      { left: 50 / 101, label: "50 ms" },
      { left: 100 / 101, label: "" },
    ]);
  });
});
