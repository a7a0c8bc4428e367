import { renderToStaticMarkup } from "react-dom/server";
import { expect, it } from "vitest";
import { FIT } from "./axis";
import { Gantt } from "./gantt";
import type { LiveStep } from "./model";
import { traceRows } from "./rows";
import { openTrace } from "./trace-state";

const START = Date.UTC(2026, 0, 1, 12);
const at = (seconds: number) => new Date(START + seconds * 1_000).toISOString();

const step = (index: number): LiveStep => ({
  id: `s${index}`,
  executionId: "run",
  nodeId: `n${index}`,
  iteration: 0,
  name: `Step ${index}`,
  kind: index === 3 ? "map" : "transform",
  status: "completed",
  attempt: 1,
  startedAt: at(index),
  completedAt: at(index + 1),
  costMicros: "100",
  errorMessage: null,
  wakeAt: null,
  isPinned: index === 4,
  isLeftOut: false,
  reused: index === 5 ? { executionId: "earlier", stepId: "s" } : null,
  attempts: [],
  retrying: index === 3 ? { count: 2, message: "The service answered 503" } : null,
  parts: index === 3 ? { completed: 11, failed: 1 } : null,
  partsInAll: index === 3 ? 40 : null,
});

it("renders of 5,000 steps only those in sight, each with what it says to a reader", () => {
  const run = {
    id: "run",
    status: "completed",
    startedAt: at(0),
    completedAt: at(5_000),
    costMicros: "500000",
    counts: { completed: 5_000 },
    leftOut: 0,
    errorMessage: null,
  };
  const state = openTrace(run, [
    { offset: 0, steps: Array.from({ length: 100 }, (_, index) => step(index)) },
  ]);
  const span = { fromMs: START, toMs: START + 5_000_000 };
  const html = renderToStaticMarkup(
    <Gantt
      rows={traceRows(state, new Set(), [], false)}
      span={span}
      queue={{ fromMs: START, toMs: START }}
      nowMs={START}
      zoom={FIT}
      selectedStepId="s2"
      firstIndex={0}
      onSelect={() => {}}
      onToggle={() => {}}
      onShow={() => {}}
    />,
  );
  const rows = html.match(/role="treeitem"/g)?.length ?? 0;
  expect(rows).toBeGreaterThan(8);
  expect(rows).toBeLessThan(40);
  expect(html).toContain('aria-selected="true"');
  expect(html).toContain("2 tried again, 1 failed, 11 of 40 done: The service answered 503");
  expect(html).toContain("taken over");
  expect(html).toContain("pinned");
});
