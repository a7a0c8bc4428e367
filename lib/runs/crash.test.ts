import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, it } from "vitest";
import { startProgram } from "@/lib/testing/program";

const folder = mkdtempSync(join(tmpdir(), "hb-crash-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** Runs one process of the chain to its end. */
async function child(command: string): Promise<{ signal: string | null; stdout: string; stderr: string }> {
  const started = await startProgram("lib/runs/crash-child.ts", [command], {
    env: { DATA_DIR: folder, DATABASE_URL: "", NODE_ENV: "test", LOG_LEVEL: "error" },
  });
  let stdout = "";
  let stderr = "";
  started.stdout?.on("data", (chunk) => {
    stdout += chunk;
  });
  started.stderr?.on("data", (chunk) => {
    stderr += chunk;
  });
  const [, signal] = await once(started, "close");
  return { signal, stdout, stderr };
}

/** What becomes of the calls of the model when the process is killed there: the first is noted with the claim. */
const BOUNDARIES = {
  claimed: ["uncertain", "settled"],
  before_effect: ["uncertain", "settled"],
  after_effect: ["uncertain", "settled"],
  after_commit: ["settled"],
} as const;

type Reported = {
  run: { status: string; inputData: { text: keyof typeof BOUNDARIES } };
  steps: { status: string }[];
  ledger: { nodeId: string; resourceType: string }[];
  calls: { status: string }[];
};

it("a process killed at any boundary of a step leaves a run that ends, with each ledger row once", async () => {
  for (const boundary of Object.keys(BOUNDARIES)) {
    const killed = await child(boundary);
    expect(killed, killed.stderr).toMatchObject({ signal: "SIGKILL" });
  }
  const { stdout, stderr } = await child("report");
  const runs: Reported[] = JSON.parse(stdout || stderr);
  expect(runs.map(({ run }) => run.inputData.text).toSorted()).toEqual(Object.keys(BOUNDARIES).toSorted());
  for (const { run, steps, ledger, calls } of runs) {
    expect(run.status).toBe("completed");
    expect(steps.map((step) => step.status)).toEqual(["completed", "completed", "completed"]);
    expect(ledger.map((row) => `${row.nodeId} ${row.resourceType}`).toSorted()).toEqual([
      "ask text_tokens_input",
      "ask text_tokens_output",
      "ask workflow_node",
      "input workflow_node",
      "output workflow_node",
    ]);
    expect(calls.map((call) => call.status)).toEqual(BOUNDARIES[run.inputData.text]);
  }
}, 240_000);
