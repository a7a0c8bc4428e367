import { describe, expect, it } from "vitest";
import { startPlan } from "./start-mode";

describe("how a call that starts a run is answered", () => {
  it.each([
    [{}, null, "async", 0, false],
    [{ wait: 0 }, null, "async", 0, false],
    [{ wait: 10 }, null, "sync", 10, false],
    [{ mode: "sync" }, null, "sync", 30, false],
    [{ mode: "sync", wait: 0 }, null, "sync", 0, false],
    [{ mode: "sync" }, "wait=0", "sync", 0, true],
    [{ wait: 0 }, "wait=20", "async", 0, false],
    [{ mode: "sync", wait: 120 }, "wait=5", "sync", 120, false],
    [{}, "respond-async, wait=20", "sync", 20, true],
    [{}, 'handling=lenient; wait="999"', "sync", 120, true],
    [{}, "wait=0", "async", 0, false],
    [{}, "await=9", "async", 0, false],
    [{ mode: "async" }, "wait=20", "async", 0, false],
    [{ mode: "stream" }, "wait=20", "stream", 0, false],
  ] as const)("%j with Prefer: %s", (query, prefer, mode, waitSeconds, isPreference) => {
    expect(startPlan(query, prefer)).toEqual({ mode, waitSeconds, isPreference });
  });

  it("is refused when it waits in a mode that does not", () => {
    for (const mode of ["async", "stream"] as const)
      expect(() => startPlan({ mode, wait: 5 }, null)).toThrow(/mode=sync/);
  });
});
