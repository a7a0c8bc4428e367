import { afterAll, expect, vi } from "vitest";
import { needsOwnProcess } from "./own-process";

const path = expect.getState().testPath ?? "";
/** What the product keeps for the whole of its process, and the settings as its first file found them. */
const kept = globalThis as {
  hirebuddhaEngine?: { engine: { isRunning: boolean } };
  firstEnvironment?: NodeJS.ProcessEnv;
};

// A process that other files had before looks like a new one: only packages are loaded already.
vi.resetModules();
for (const name of Object.keys(kept).filter((key) => key.startsWith("hirebuddha")))
  Reflect.deleteProperty(kept, name);
restoreEnvironment();

if (!needsOwnProcess(path)) {
  afterAll(() =>
    expect(kept.hirebuddhaEngine?.engine.isRunning ?? false, `an engine works on after ${path}`).toBe(false),
  );
}

/** Before a file, not after one: of a file whose tests are all skipped, no hook runs. What the runner sets is its own. */
function restoreEnvironment(): void {
  kept.firstEnvironment ??= { ...process.env };
  const first = Object.entries(kept.firstEnvironment).filter(([name]) => !name.startsWith("VITEST"));
  const names = new Set(first.map(([name]) => name));
  for (const name of Object.keys(process.env))
    if (!names.has(name) && !name.startsWith("VITEST")) delete process.env[name];
  Object.assign(process.env, Object.fromEntries(first));
}
