import { describe, expect, it } from "vitest";
import { applyMessage, hasEnded, type LiveRun, type LiveStep } from "./live-state";
import { runDurationMs, timelineRows } from "./timeline";

const START = Date.UTC(2026, 0, 1, 12);
const at = (seconds: number) => new Date(START + seconds * 1_000).toISOString();

function step(
  nodeId: string,
  from: number | null,
  to: number | null,
  more: Partial<LiveStep> = {},
): LiveStep {
  return {
    id: nodeId,
    nodeId,
    iteration: 0,
    name: nodeId,
    kind: "transform",
    status: to === null ? "running" : "completed",
    attempt: 1,
    startedAt: from === null ? null : at(from),
    completedAt: to === null ? null : at(to),
    costMicros: "0",
    errorMessage: null,
    ...more,
  };
}

function run(steps: LiveStep[], status = "running"): LiveRun {
  const completedAt = status === "running" ? null : at(10);
  return {
    execution: { id: "r", status, startedAt: at(0), completedAt, costMicros: "5", errorMessage: null },
    steps,
  };
}

describe("the live view", () => {
  it("takes in news, keeps what it knows, and never takes an end back", () => {
    const before = run([step("a", 0, 2), step("b", 2, null)]);
    const news = run([step("b", 2, 5)], "completed");
    const after = applyMessage(before, JSON.stringify(news));
    expect(after.steps.map(({ nodeId, status }) => [nodeId, status])).toEqual([
      ["a", "completed"],
      ["b", "completed"],
    ]);
    expect(hasEnded(after)).toBe(true);
    const late = applyMessage(after, JSON.stringify(before));
    expect(late.execution.status).toBe("completed");
    expect(late.steps.every(({ status }) => status === "completed")).toBe(true);
  });

  it("does nothing with what it cannot read", () => {
    const before = run([]);
    for (const text of ["", "{", "[]", '{"execution":{}}']) expect(applyMessage(before, text)).toBe(before);
  });
});

describe("the timeline", () => {
  const nodes = ["a", "b", "c", "d"].map((id) => ({ id, name: id, kind: "transform" }));

  it("puts bars where the time went, a running one up to now", () => {
    const rows = timelineRows(run([step("b", 5, null), step("a", 0, 5)]), nodes, START + 10_000);
    expect(rows.map(({ nodeId, from, width }) => [nodeId, from, width])).toEqual([
      ["a", 0, 0.5],
      ["b", 0.5, 0.5],
      ["c", 0, 0],
      ["d", 0, 0],
    ]);
    expect(rows[2]).toMatchObject({ status: "pending", durationMs: null });
  });

  it("tells skipped from not reached, and an attempt that is tried again", () => {
    const retrying = step("b", 5, null, { attempt: 2, errorMessage: "HTTP 503" });
    const skipped = step("c", null, null, { status: "skipped" });
    const rows = timelineRows(run([step("a", 0, 5), retrying, skipped], "cancelled"), nodes, START + 10_000);
    expect(rows.map(({ status }) => status)).toEqual(["completed", "retrying", "skipped", "not_reached"]);
  });

  it("measures a run to its end, or to now", () => {
    expect(runDurationMs(run([]), START + 4_000)).toBe(4_000);
    expect(runDurationMs(run([], "failed"), START + 99_000)).toBe(10_000);
  });
});
