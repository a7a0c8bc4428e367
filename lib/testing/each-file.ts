import { afterAll, expect, vi } from "vitest";
import { needsOwnProcess } from "./own-process";

const path = expect.getState().testPath ?? "";
/** What the product keeps for the whole of its process. */
const kept = globalThis as { hirebuddhaEngine?: { engine: { isRunning: boolean } } };

// A process that other files had before looks like a new one: only packages are loaded already.
vi.resetModules();
for (const name of Object.keys(kept).filter((key) => key.startsWith("hirebuddha")))
  Reflect.deleteProperty(kept, name);

if (!needsOwnProcess(path)) {
  const environment = { ...process.env };
  afterAll(() => {
    for (const name of Object.keys(process.env)) if (!(name in environment)) delete process.env[name];
    Object.assign(process.env, environment);
    expect(kept.hirebuddhaEngine?.engine.isRunning ?? false, `an engine works on after ${path}`).toBe(false);
  });
}
