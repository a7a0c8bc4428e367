import { once } from "node:events";
import { cpSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { freePort, isReady, startNode } from "../child";
import { type Demo, readDemo } from "../serve/demo";

const START_TIMEOUT_MS = 180_000;

/** A production server of this build that only the bench knows. */
export type Running = { url: string; demo: Demo; readyMs: number; stop: () => Promise<void> };

/** `script` is `npm start`'s; `bare` is Next alone over data that is prepared already. */
export async function startServer(dataDir: string, how: "script" | "bare" = "script"): Promise<Running> {
  const port = await freePort();
  const url = `http://localhost:${port}`;
  const entry =
    how === "script"
      ? ["scripts/start.mjs"]
      : ["node_modules/next/dist/bin/next", "start", "-p", String(port)];
  const start = performance.now();
  const child = startNode(entry, {
    stdio: ["ignore", "ignore", "inherit"],
    env: {
      ...process.env,
      NODE_ENV: "production",
      PORT: String(port),
      DATA_DIR: dataDir,
      DATABASE_URL: "",
      LOG_LEVEL: "error",
    },
  });
  const hasEnded = () => child.exitCode !== null || child.signalCode !== null;
  const isUp = await isReady(`${url}/api/health/ready`, START_TIMEOUT_MS, hasEnded);
  const readyMs = performance.now() - start;
  const stop = async () => {
    if (hasEnded()) return;
    child.kill("SIGTERM");
    await once(child, "exit");
  };
  const demo = readDemo(join(dataDir, "demo.json"));
  if (!isUp || !demo) {
    await stop();
    throw new Error("the server under test did not start");
  }
  return { url, demo, readyMs, stop };
}

/** A folder for a server's data that is gone afterwards. */
export async function withDataDir<T>(work: (dataDir: string) => Promise<T>): Promise<T> {
  const dataDir = mkdtempSync(join(tmpdir(), "hirebuddha-bench-"));
  try {
    return await work(dataDir);
  } finally {
    rmSync(dataDir, { recursive: true, force: true });
  }
}

let template: string | undefined;

/** A seeded server, stopped afterwards. The seed is made once for all benches of a run. */
export async function withServer<T>(work: (server: Running) => Promise<T>): Promise<T> {
  template ??= await seededDataDir();
  const from = template;
  return withDataDir(async (dataDir) => {
    cpSync(from, dataDir, { recursive: true });
    const server = await startServer(dataDir);
    try {
      return await work(server);
    } finally {
      await server.stop();
    }
  });
}

async function seededDataDir(): Promise<string> {
  const dataDir = mkdtempSync(join(tmpdir(), "hirebuddha-bench-"));
  process.once("exit", () => rmSync(dataDir, { recursive: true, force: true }));
  await (await startServer(dataDir)).stop();
  return dataDir;
}
