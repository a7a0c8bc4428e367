import { once } from "node:events";
import { cpSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { type Demo, readDemo } from "@/db/seed/demo-file";
import { freePort, isReady, startNode } from "../child";

const START_TIMEOUT_MS = 180_000;
const NOTE_TIMEOUT_MS = 10_000;

/** A production server of this build that only the bench knows. */
export type Server = { url: string; readyMs: number; stop: () => Promise<void> };

/** One with the demo data. */
export type Running = Server & { demo: Demo };

/** `script` is `npm start`'s; `bare` is Next alone over data that is prepared already. */
type How = "script" | "bare";

/** Starts a server on the embedded database of a folder, unless the settings name another one. */
export async function startServer(
  dataDir: string,
  how: How,
  settings: Readonly<Record<string, string>> = {},
): Promise<Server> {
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
      ...settings,
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
  if (isUp) return { url, readyMs, stop };
  await stop();
  throw new Error("the server under test did not start");
}

async function startDemo(dataDir: string, how: How): Promise<Running> {
  const server = await startServer(dataDir, how);
  try {
    return { ...server, demo: await demoOf(dataDir, how === "script" ? server.url : null) };
  } catch (error) {
    await server.stop();
    throw error;
  }
}

/** The demo credentials; those of `url` when the start still has to note the address. */
async function demoOf(dataDir: string, url: string | null): Promise<Demo> {
  const end = performance.now() + NOTE_TIMEOUT_MS;
  for (;;) {
    const demo = readDemo(join(dataDir, "demo.json"));
    if (demo && (url === null || demo.url === url)) return demo;
    if (performance.now() > end) throw new Error("the server under test has no demo data");
    await sleep(20);
  }
}

/** How long a start took until the server was ready; it is stopped again. */
export async function startMs(dataDir: string, how: How): Promise<number> {
  const server = await startDemo(dataDir, how);
  await server.stop();
  return server.readyMs;
}

function makeDataDir(): string {
  return mkdtempSync(join(tmpdir(), "hirebuddha-bench-"));
}

/** A folder for a server's data that is gone afterwards. */
export async function withDataDir<T>(work: (dataDir: string) => Promise<T>): Promise<T> {
  const dataDir = makeDataDir();
  try {
    return await work(dataDir);
  } finally {
    rmSync(dataDir, { recursive: true, force: true });
  }
}

type Seeded = { dataDir: string; coldStartMs: number };
let seeding: Promise<Seeded> | undefined;

/** The data of a first start and how long that took. Made once for all benches of a run. */
export function seeded(): Promise<Seeded> {
  seeding ??= (async () => {
    const dataDir = makeDataDir();
    process.once("exit", () => rmSync(dataDir, { recursive: true, force: true }));
    return { dataDir, coldStartMs: await startMs(dataDir, "script") };
  })();
  return seeding;
}

/** A server with the demo data, stopped afterwards. `addTo` puts more into its data folder before it starts. */
export async function withServer<T>(
  work: (server: Running) => Promise<T>,
  addTo?: (dataDir: string) => Promise<boolean>,
): Promise<T> {
  const { dataDir: from } = await seeded();
  return withDataDir(async (dataDir) => {
    cpSync(from, dataDir, { recursive: true });
    if (addTo && !(await addTo(dataDir)))
      throw new Error("the data of the server under test could not be made");
    const server = await startDemo(dataDir, "script");
    try {
      return await work(server);
    } finally {
      await server.stop();
    }
  });
}
