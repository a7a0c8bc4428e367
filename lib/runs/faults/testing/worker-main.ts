// A worker process of the fault tests: works on runs like any other, and does at a point of a step what it was told.
import { closeSync, openSync } from "node:fs";
import { join } from "node:path";
import { startEngine, stopEngine } from "@/inngest/start";
import { jobScope } from "@/lib/auth/scope";
import { startRun } from "../../commands/start";
import { setFaults } from "../../worker";
import { type Command, faultSettings, type PlannedFault } from "./worker-plan";

const settings = faultSettings.parse(JSON.parse(process.env.FAULT_SETTINGS ?? "{}"));

/** True for one process only: a fault happens once, whoever meets it first. */
function isFirst(fault: PlannedFault): boolean {
  try {
    closeSync(openSync(join(settings.flagDir, `${fault.point}-${fault.node}-${fault.does}`), "wx"));
    return true;
  } catch {
    return false;
  }
}

const ACTIONS: Readonly<Record<PlannedFault["does"], (ms: number) => Promise<void> | void>> = {
  kill: () => {
    process.kill(process.pid, "SIGKILL");
  },
  stop: () => {
    process.kill(process.pid, "SIGSTOP");
  },
  block: (ms) => {
    const end = performance.now() + ms;
    while (performance.now() < end);
  },
  exhaust: () => {
    const held: number[][] = [];
    for (;;) held.push(new Array(1_000_000).fill(held.length));
  },
};

setFaults({
  at: async (point, nodeId) => {
    for (const fault of settings.faults) {
      if (fault.point === point && fault.node === nodeId && isFirst(fault))
        await ACTIONS[fault.does](fault.ms);
    }
  },
});

process.on("message", async (command: Command) => {
  if (command.do === "stop") {
    await stopEngine(5_000);
    process.exit(0);
  }
  const { tenantId, workflowId, text, idempotencyKey } = command;
  const request = { workflowId, useDraft: false, input: { text }, idempotencyKey };
  // Either may find the database cut off.
  const answer = await jobScope(tenantId, "faults")
    .then((scope) => startRun(scope, request))
    .then(
      ({ executionId }) => ({ executionId }),
      (error: unknown) => ({ error: String(error) }),
    );
  process.send?.({ started: answer, idempotencyKey });
});
// The test that started it is gone.
process.on("disconnect", () => process.exit(0));

if (settings.works) await startEngine({ hasServer: false });
process.send?.({ ready: true });
