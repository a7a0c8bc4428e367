import { expect, it } from "vitest";
import { applyMessage, pendingRun, progressOf } from "./live-run";

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
  expect([map && progressOf(map), llm && progressOf(llm)]).toEqual(["4/10, 1 failed", ""]);
  const long = applyMessage(run, message([{ ...step, parts, partsInAll: 50 }])).steps.get("map_1");
  expect(long && progressOf(long)).toBe("4/50, 1 failed");
  expect(applyMessage(run, "not JSON")).toBe(run);
});
