import type { ChildProcess } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, expect, it } from "vitest";
import { testServerUrl } from "@/lib/testing/database";
import { createDatabase } from "@/lib/testing/prepared";
import { startProgram } from "@/lib/testing/program";
import { until } from "./testing";

const RUNS = 12;
const STEPS = 10;
const MAX_CALLS = 8;

const folder = mkdtempSync(join(tmpdir(), "engine-crash-"));
const record = join(folder, "steps.txt");
const children: ChildProcess[] = [];

afterEach(async () => {
  for (const child of children) child.kill("SIGKILL");
  rmSync(folder, { recursive: true, force: true });
});

async function work(env: Record<string, string>, runs: number): Promise<ChildProcess> {
  const child = await startProgram("inngest/engine/crash-worker.ts", [record, String(runs)], {
    stdio: ["ignore", "ignore", "inherit"],
    env,
  });
  children.push(child);
  return child;
}

const lines = () =>
  existsSync(record) ? readFileSync(record, "utf8").trim().split("\n").filter(Boolean) : [];

async function killAndResume(environment: Record<string, string>): Promise<void> {
  const first = await work(environment, RUNS);
  await until("steps to be under way", () => lines().length >= 30, 90_000);
  first.kill("SIGKILL");
  await once(first, "exit");
  expect(new Set(lines()).size).toBeLessThan(RUNS * STEPS);

  await work(environment, 0);
  await until("every run to complete", () => new Set(lines()).size === RUNS * STEPS, 90_000);
  const ranAgain = lines().length - RUNS * STEPS;
  expect(ranAgain).toBeLessThanOrEqual(MAX_CALLS);
}

it("completes every run after kill -9, running again at most what was in flight", async () => {
  const url = testServerUrl();
  if (!url) return killAndResume({ DATA_DIR: folder, DATABASE_URL: "" });
  const { name, opened, drop } = await createDatabase(url);
  try {
    const target = new URL(url);
    target.pathname = `/${name}`;
    await killAndResume({ DATABASE_URL: target.toString() });
  } finally {
    for (const child of children) child.kill("SIGKILL");
    await opened.close();
    await drop();
  }
}, 240_000);
