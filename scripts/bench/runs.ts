import { setTimeout as sleep } from "node:timers/promises";
import { database } from "@/db/pool";
import { engineStats } from "@/inngest/embedded";
import { startEngine } from "@/inngest/start";
import { addStubModel, publishGraph, seedRunPrices } from "@/lib/runs/testing";
import { makeTenant, type TestTenant } from "@/lib/testing/scopes";
import type { Graph } from "@/lib/workflows/graph";
import { type Figure, figure, inTurns, median, type Size, timed } from "./bench";
import { bareRun, bareRuns, prepareFloor } from "./run-floor";
import {
  callChain,
  callFan,
  modelChain,
  throughProduct,
  transformChain,
  withSlowServer,
} from "./run-workload";

const CALL_MS = 50;
const AT_ONCE = 24;
const IDLE_MS = 60_000;
const LONG_RUNS = 10_000;

/** Runs as the product makes them, from the verb that starts one to its saved end, over the same work as bare SQL. */
export async function measureRuns(size: Size): Promise<Figure[]> {
  const tenant = await makeTenant();
  await seedRunPrices();
  await prepareFloor();
  await startEngine({ hasServer: false });
  return withSlowServer(CALL_MS, async (url, asks) => {
    const make = (name: string, graph: Graph) => publishGraph(tenant.admin, name, graph);
    const one = await make("One step", transformChain(1));
    const ten = await make("Ten steps", transformChain(10));
    await inUse(tenant, size, one);
    const rates = [
      await rate(tenant, size, { what: "one-step runs", workflowId: one, steps: 1 }),
      await rate(tenant, size, { what: "ten-step runs", workflowId: ten, steps: 10 }),
    ];
    const lone = await latency(tenant, size, {
      what: "a lone ten-step run",
      workflowId: ten,
      bare: () => bareRun(10),
    });
    const calls = async (count: number, atOnce: boolean) => {
      const what = `${count} calls of ${CALL_MS} ms ${atOnce ? "at once" : "in a row"}`;
      const graph = atOnce ? callFan(count, url) : callChain(count, url);
      const workflowId = await make(what, graph);
      const bare = () => bareRun(count, { ask: asks.page, atOnce });
      return latency(tenant, size, { what, workflowId, bare });
    };
    const modelKey = await addStubModel(new URL("v1", url).href);
    const models = await latency(tenant, size, {
      what: `3 model calls of ${CALL_MS} ms in a row`,
      workflowId: await make("Models", modelChain(3, modelKey)),
      bare: () => bareRun(3, { ask: asks.model, atOnce: false }),
    });
    const three = await calls(3, false);
    const five = await calls(5, false);
    const gap = gapOf(three, five);
    const fans = [await calls(5, true), await calls(10, true)];
    return [
      ...rates,
      lone,
      three,
      models,
      five,
      gap,
      ...fans,
      await idle(size),
      await memory(tenant, size, one),
    ];
  });
}

/**
 * A database as it is a minute after its first runs: measured. Plans made while its tables are nearly empty may go through
 * all rows of a tenant, and are kept until then.
 */
async function inUse(tenant: TestTenant, { isQuick }: Size, workflowId: string): Promise<void> {
  await throughProduct(tenant.admin, workflowId, { runs: isQuick ? 40 : 1_000, atOnce: AT_ONCE });
  const { pool } = await database();
  await pool.query("analyze");
}

async function rate(
  tenant: TestTenant,
  { isQuick }: Size,
  { what, workflowId, steps }: { what: string; workflowId: string; steps: number },
): Promise<Figure> {
  const load = { runs: isQuick ? 40 : 400, atOnce: AT_ONCE };
  const samples = await inTurns(
    { rounds: isQuick ? 3 : 5, warmUp: 1, maxMs: isQuick ? 6_000 : 30_000 },
    {
      subject: () => throughProduct(tenant.admin, workflowId, load),
      floor: () => bareRuns(steps, load),
    },
  );
  const perSecond = (ms: readonly number[]) => (load.runs * 1000) / median(ms);
  const floor = { name: `by hand, ${AT_ONCE} at once`, value: perSecond(samples.floor) };
  return figure(what, perSecond(samples.subject), "per second", floor);
}

async function latency(
  tenant: TestTenant,
  { isQuick }: Size,
  { what, workflowId, bare }: { what: string; workflowId: string; bare: () => Promise<void> },
): Promise<Figure> {
  const samples = await inTurns(
    { rounds: isQuick ? 5 : 20, warmUp: 2, maxMs: isQuick ? 4_000 : 15_000 },
    {
      subject: () => throughProduct(tenant.admin, workflowId, { runs: 1, atOnce: 1 }),
      floor: () => timed(bare),
    },
  );
  return figure(what, median(samples.subject), "ms", { name: "by hand", value: median(samples.floor) });
}

/** What lies between two calls of a lone run: two calls more cost two calls and two gaps. */
function gapOf(three: Figure, five: Figure): Figure {
  const gap = (of: (one: Figure) => number) => (of(five) - of(three)) / 2 - CALL_MS;
  return figure(
    "between two calls of a lone run",
    gap((one) => one.value),
    "ms",
    {
      name: "by hand",
      value: Math.max(
        0.1,
        gap((one) => one.floor.value),
      ),
    },
  );
}

async function untilQuiet(): Promise<void> {
  const end = performance.now() + 60_000;
  for (;;) {
    const stats = await engineStats();
    if (stats && stats.queuedRuns + stats.runningRuns + stats.unroutedEvents === 0) return;
    if (performance.now() > end) throw new Error("the engine did not become quiet");
    await sleep(50);
  }
}

/** Processor time of this process in a minute with nothing to do, in which every schedule of a minute comes once. */
async function idle({ isQuick }: Size): Promise<Figure> {
  await untilQuiet();
  const ms = isQuick ? IDLE_MS / 6 : IDLE_MS;
  const before = process.cpuUsage();
  await sleep(ms);
  const { user, system } = process.cpuUsage(before);
  const floor = { name: `one processor, ${ms / 1_000} s`, value: ms };
  return figure(`idle processor time in ${ms / 1_000} s`, (user + system) / 1000, "ms", floor);
}

/** Resident memory after many runs over that before: what grows with every run would show. */
async function memory(tenant: TestTenant, { isQuick }: Size, workflowId: string): Promise<Figure> {
  const runs = isQuick ? 200 : LONG_RUNS;
  const kB = () => process.memoryUsage().rss / 1000;
  const before = kB();
  for (let done = 0; done < runs; done += 200) {
    await throughProduct(tenant.admin, workflowId, { runs: 200, atOnce: AT_ONCE });
  }
  return figure(`memory after ${runs} runs`, kB(), "kB", { name: "before them", value: before });
}
