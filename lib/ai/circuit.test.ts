import { describe, expect, it } from "vitest";
import { Circuit, FAILURES_TO_OPEN, OPEN_MS } from "./circuit";

const CALL = { isProbe: false };
const PROBE = { isProbe: true };

function opened(): Circuit {
  const circuit = new Circuit();
  for (let n = 0; n < FAILURES_TO_OPEN; n += 1) circuit.ended(CALL, "failed", 0);
  return circuit;
}

describe("a circuit", () => {
  it("opens at a row of failures, and at none with an answer in it", () => {
    const circuit = new Circuit();
    const failTimes = (times: number) =>
      Array.from({ length: times }, () => circuit.ended(CALL, "failed", 0)).at(-1);
    expect(failTimes(FAILURES_TO_OPEN - 1)).toBeNull();
    expect(circuit.ended(CALL, "unknown", 0)).toBeNull();
    expect(circuit.ended(CALL, "answered", 0)).toBeNull();
    expect(failTimes(FAILURES_TO_OPEN - 1)).toBeNull();
    expect(circuit.ask(0)).toEqual(CALL);
    expect(failTimes(1)).toBe("opened");
    expect(circuit.ask(1_000)).toEqual({ waitMs: OPEN_MS - 1_000 });
  });

  it("lets one call through after the pause; others come again shortly, and its answer closes it", () => {
    const circuit = opened();
    expect(circuit.ask(OPEN_MS)).toEqual(PROBE);
    expect(circuit.ask(OPEN_MS + 1)).toEqual({ waitMs: 3_000 });
    expect(circuit.ended(PROBE, "answered", OPEN_MS + 2)).toBe("closed");
    expect(circuit.ask(OPEN_MS + 3)).toEqual(CALL);
  });

  it("pauses again when that call fails, and lets the next through when it told nothing or never ended", () => {
    const circuit = opened();
    circuit.ask(OPEN_MS);
    expect(circuit.ended(PROBE, "failed", OPEN_MS + 500)).toBe("opened");
    expect(circuit.ask(2 * OPEN_MS)).toEqual({ waitMs: 500 });
    expect(circuit.ask(2 * OPEN_MS + 500)).toEqual(PROBE);
    expect(circuit.ended(PROBE, "unknown", 2 * OPEN_MS + 600)).toBeNull();
    expect(circuit.ask(2 * OPEN_MS + 600)).toEqual(PROBE);
    expect(circuit.ask(3 * OPEN_MS + 599)).toEqual({ waitMs: 3_000 });
    expect(circuit.ask(3 * OPEN_MS + 600)).toEqual(PROBE);
  });

  it("does not listen to calls that were under way when it opened", () => {
    const circuit = opened();
    expect(circuit.ended(CALL, "answered", 10)).toBeNull();
    expect(circuit.ended(CALL, "failed", 20_000)).toBeNull();
    expect(circuit.ask(20_000)).toEqual({ waitMs: OPEN_MS - 20_000 });
  });
});
