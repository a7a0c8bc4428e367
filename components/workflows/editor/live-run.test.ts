import { expect, it } from "vitest";
import { wayToAnswer } from "@/lib/approvals/way";
import { testGraph, testNode } from "@/lib/workflows/graph-testing";
import {
  applyMessage,
  nodesDone,
  pendingRun,
  progressOf,
  waitsUntil,
  whatWaits,
  whyNoStep,
} from "./live-run";

it("shows how far a container is, and what it cannot read changes nothing", () => {
  const step = { nodeId: "map_1", iteration: 0, status: "waiting", attempt: 1 };
  const message = (steps: object[]) => JSON.stringify({ execution: { id: "a", status: "waiting" }, steps });
  const parts = { completed: 3, failed: 1, running: 2, pending: 4 };
  const run = applyMessage(
    pendingRun("a"),
    message([
      { ...step, parts },
      { ...step, nodeId: "llm_1" },
    ]),
  );
  const [map, llm] = [run.steps.get("map_1"), run.steps.get("llm_1")];
  expect([map && progressOf(map), llm && progressOf(llm)]).toEqual(["3/10, 1 failed", ""]);
  const long = applyMessage(run, message([{ ...step, parts, partsInAll: 50 }])).steps.get("map_1");
  expect(long && progressOf(long)).toBe("3/50, 1 failed");
  const again = applyMessage(run, message([{ ...step, parts, retrying: { count: 2, message: "503" } }]));
  const tried = again.steps.get("map_1");
  expect(tried && progressOf(tried)).toBe("3/10, 1 failed, 2 tried again");
  const stopped = applyMessage(run, message([{ ...step, parts: { completed: 1, failed: 1, cancelled: 1 } }]));
  const ended = stopped.steps.get("map_1");
  expect(ended && progressOf(ended)).toBe("1/3, 1 failed");
  expect(applyMessage(run, "not JSON")).toBe(run);
});

it("does not say of what is in a container that it has not started, once the container has", () => {
  const inside = (id: string, parent: string, kind: string) => ({ ...testNode(id, kind), parent });
  const write = inside("write", "again", "llm");
  const graph = testGraph(
    [testNode("each", "map"), inside("again", "each", "loop"), write, testNode("end", "output")],
    [],
  );
  const step = { nodeId: "each", iteration: 0, status: "waiting", attempt: 1 };
  const message = (isLeftOut: boolean, status = "waiting") =>
    JSON.stringify({ execution: { id: "a", status: "running" }, steps: [{ ...step, status, isLeftOut }] });
  const notStarted = "This node has not started in the run that is shown.";
  expect(whyNoStep(pendingRun("a"), graph, write)).toBe(notStarted);
  expect(whyNoStep(applyMessage(pendingRun("a"), message(false, "skipped")), graph, write)).toBe(notStarted);
  const run = applyMessage(pendingRun("a"), message(false));
  expect(whyNoStep(run, graph, write)).toBe(
    "It runs once for each item or round of “again”. The trace shows each.",
  );
  expect(whyNoStep(run, graph, testNode("end", "output"))).toBe(notStarted);
  expect(whyNoStep(applyMessage(pendingRun("a"), message(true)), graph, write)).toBe(
    "The run that is shown was not asked for this node.",
  );
});

it.each([
  [["completed", "running"], "1 of 3 nodes"],
  [["completed", "waiting"], "1 of 3 nodes"],
  [["completed", "skipped", "failed"], "2 of 3 nodes, 1 skipped, 1 failed"],
  [["completed", "cancelled"], "1 of 3 nodes"],
])("counts as done what is, of %j", (statuses, words) => {
  const steps = statuses.map((status, at) => ({ nodeId: `node_${at}`, iteration: 0, status, attempt: 1 }));
  const run = applyMessage(
    pendingRun("a"),
    JSON.stringify({ execution: { id: "a", status: "running" }, steps }),
  );
  expect(nodesDone(run, 3)).toBe(words);
});

it("counts and shows nothing of the nodes that a run was not asked for", () => {
  const steps = ["completed", "skipped", "skipped"].map((status, at) => ({
    nodeId: `node_${at}`,
    iteration: 0,
    status,
    attempt: 1,
    isLeftOut: at === 2,
  }));
  const message = JSON.stringify({ execution: { id: "a", status: "completed" }, steps });
  const run = applyMessage(pendingRun("a"), message);
  expect([nodesDone(run, 3), [...run.steps.keys()]]).toEqual([
    "2 of 2 nodes, 1 skipped",
    ["node_0", "node_1"],
  ]);
});

it.each([
  [null, "pending"],
  ["2026-01-01T12:00:00.000Z", "going_on"],
])("a run that has waited does not begin anew: begun at %s, it is %s", (startedAt, status) => {
  const execution = { id: "a", status: "pending", startedAt };
  expect(applyMessage(pendingRun("a"), JSON.stringify({ execution, steps: [] })).status).toBe(status);
});

it("asks anew for open questions whenever something else waits, and no more once the run has ended", () => {
  const step = { nodeId: "each", iteration: 0, attempt: 1 };
  const after = (status: string, ...steps: object[]) =>
    whatWaits(applyMessage(pendingRun("a"), JSON.stringify({ execution: { id: "a", status }, steps })));
  const waiting = { ...step, status: "waiting" };
  const seen = [
    after("running", { ...step, status: "running" }),
    after("waiting", { ...waiting, parts: { waiting: 1 } }),
    after("waiting", { ...waiting, parts: { waiting: 2 } }),
    after("waiting", { ...waiting, nodeId: "approval_1" }),
  ];
  expect([seen[0], new Set(seen).size, after("cancelled", waiting)]).toEqual(["", 4, ""]);
});

it("leads to the question that is one's own, to the list of several, and shows others' as what they are", () => {
  const question = (id: string, isMine: boolean) => ({ id, title: "Pay?", isMine });
  expect(wayToAnswer([])).toBeNull();
  expect(wayToAnswer([question("b", true), question("a", false)])).toMatchObject({
    href: "/app/approvals/b",
    label: "Answer it",
  });
  expect(wayToAnswer([question("b", true), question("a", true)])).toMatchObject({
    href: "/app/approvals",
    label: "Answer 2 questions",
  });
  expect(wayToAnswer([question("a", false)])).toMatchObject({
    href: "/app/approvals/a",
    label: "See the question",
  });
});

it("says of a step that waits until when, with the day where it is not soon", () => {
  const wakeAt = new Date(2026, 10, 28, 14, 5);
  const step = (status: string) =>
    applyMessage(
      pendingRun("a"),
      JSON.stringify({
        execution: { id: "a", status: "waiting" },
        steps: [{ nodeId: "wait", iteration: 0, attempt: 1, status, wakeAt }],
      }),
    ).steps.get("wait");
  const said = (status: string, hoursBefore: number) => {
    const found = step(status);
    return found && waitsUntil(found, wakeAt.getTime() - hoursBefore * 3_600_000);
  };
  expect([said("waiting", 1), said("waiting", 48), said("completed", 1)]).toEqual([
    "until 14:05",
    "until 28 Nov, 14:05",
    "",
  ]);
});
