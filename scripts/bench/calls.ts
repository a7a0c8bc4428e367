import { once } from "node:events";
import pg from "pg";
import { z } from "zod";
import { startProgram } from "@/lib/testing/program";
import { type Bench, type Figure, figure, inTurns, median, type Size, timed } from "./bench";
import { labelled, settingsFor, withServerDatabase } from "./databases";
import { type Server, startServer, withDataDir } from "./server";

const FLOOR = "/api/health";
const AT_ONCE = 24;
const PLANT_MS = 120_000;

/** What is planted for it: workflows, and more keys than one because each may call so often in a minute. */
const plantedSchema = z.object({ one: z.string(), ten: z.string(), keys: z.array(z.string()).min(1) });
type Planted = z.output<typeof plantedSchema>;

/** Runs as programs make them: one request that starts one and waits for its result, over an empty route of the same server. */
export const calls: Bench = {
  name: "calls",
  needsBuild: true,
  run: async (size) => {
    const embedded = await measureCalls(size, "");
    const url = size.isQuick ? undefined : process.env.TEST_DATABASE_URL;
    const server = url ? await withServerDatabase(url, (target) => measureCalls(size, target)) : [];
    return [...labelled("PGlite", embedded), ...labelled("PostgreSQL", server)];
  },
};

function measureCalls(size: Size, databaseUrl: string): Promise<Figure[]> {
  const settings = settingsFor(databaseUrl);
  return withDataDir(async (dataDir) => {
    const planted = await plant(dataDir, settings);
    const server = await startServer(dataDir, "bare", settings);
    try {
      const health = () => get(server.url + FLOOR);
      const one = caller(server, planted.one, planted.keys);
      const ten = caller(server, planted.ten, planted.keys);
      // A server that has just started runs slowly.
      for (const work of [health, one, ten]) await atOnce(size.isQuick ? 50 : 500, work);
      if (databaseUrl) await analyze(databaseUrl);
      return [
        await latency(size, "a one-step run, waited for", one, health),
        await latency(size, "a ten-step run, waited for", ten, health),
        await rate(size, "one-step runs, waited for", one, health),
        await rate(size, "ten-step runs, waited for", ten, health),
      ];
    } finally {
      await server.stop();
    }
  });
}

/** Into a new database, before a server has it open: an embedded one belongs to one process. */
async function plant(dataDir: string, settings: Readonly<Record<string, string>>): Promise<Planted> {
  const child = await startProgram("scripts/bench/plant-calls.ts", [], {
    stdio: ["ignore", 2, 2, "ipc"],
    nodeArgs: ["--import", "./scripts/follow-parent.mjs"],
    timeoutMs: PLANT_MS,
    env: { NODE_ENV: "production", LOG_LEVEL: "error", DATA_DIR: dataDir, ...settings },
  });
  let answer: unknown;
  child.on("message", (message) => {
    answer = message;
  });
  await once(child, "exit");
  return plantedSchema.parse(answer);
}

/** As a server does by itself a minute after its first runs: plans made while its tables are nearly empty are slow ones. */
async function analyze(databaseUrl: string): Promise<void> {
  const client = new pg.Client({ connectionString: databaseUrl });
  await client.connect();
  await client.query("analyze").finally(() => client.end());
}

type Work = () => Promise<void>;

function caller(server: Server, workflowId: string, keys: readonly string[]): Work {
  const url = `${server.url}/api/v1/workflows/${workflowId}/runs?mode=sync&wait=30`;
  const body = JSON.stringify({ input: { text: "x" } });
  let made = 0;
  return async () => {
    const key = keys[made++ % keys.length];
    const headers = { authorization: `Bearer ${key}`, "content-type": "application/json" };
    const answer = await fetch(url, { method: "POST", headers, body });
    const said = await answer.text();
    if (answer.status !== 200) throw new Error(`a run was answered ${answer.status}: ${said}`);
  };
}

async function get(url: string): Promise<void> {
  const answer = await fetch(url);
  await answer.text();
  if (answer.status !== 200) throw new Error(`${url} answered ${answer.status}`);
}

async function atOnce(times: number, work: Work): Promise<void> {
  let left = times;
  const lane = async () => {
    while (left-- > 0) await work();
  };
  await Promise.all(Array.from({ length: AT_ONCE }, lane));
}

async function latency({ isQuick }: Size, what: string, work: Work, floor: Work): Promise<Figure> {
  const samples = await inTurns(
    { rounds: isQuick ? 10 : 100, warmUp: 3, maxMs: isQuick ? 2_000 : 10_000 },
    { subject: () => timed(work), floor: () => timed(floor) },
  );
  return figure(what, median(samples.subject), "ms", { name: FLOOR, value: median(samples.floor) });
}

async function rate({ isQuick }: Size, what: string, work: Work, floor: Work): Promise<Figure> {
  const times = isQuick ? 48 : 400;
  const samples = await inTurns(
    { rounds: isQuick ? 3 : 5, warmUp: 1, maxMs: isQuick ? 5_000 : 30_000 },
    { subject: () => timed(() => atOnce(times, work)), floor: () => timed(() => atOnce(times, floor)) },
  );
  const perSecond = (ms: readonly number[]) => (times * 1000) / median(ms);
  const name = `${FLOOR}, ${AT_ONCE} at once`;
  return figure(`${what}, ${AT_ONCE} at once`, perSecond(samples.subject), "per second", {
    name,
    value: perSecond(samples.floor),
  });
}
