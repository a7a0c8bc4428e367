import { setTimeout as sleep } from "node:timers/promises";
import { eq, sql } from "drizzle-orm";
import { asWorker } from "@/db/access";
import { executions } from "@/db/schema/ai";
import type { TenantScope } from "@/db/scope";
import { engineStats } from "@/inngest/embedded";
import { startEngine } from "@/inngest/start";
import { newId } from "@/lib/ids";
import { dispatchRun } from "@/lib/runs/dispatch";
import { DRIVE_MS, driveRun } from "@/lib/runs/drive";
import { pinTarget, type RunTarget } from "@/lib/runs/target";
import { chain, publishGraph, seedRunPrices, transformNode } from "@/lib/runs/testing";
import { makeTenant, type TestTenant } from "@/lib/testing/scopes";
import { type Figure, figure, inTurns, median, type Size, timed } from "./bench";

const TRANSFORMS = 10;
const AT_ONCE = 8;
const PATIENCE_MS = 60_000;

/** What the engine adds to the verbs it calls: a chain of ten transforms between input and output, billed by node. */
export async function measureChain({ isQuick }: Size): Promise<Figure[]> {
  const tenant = await makeTenant();
  await seedRunPrices();
  const middle = Array.from({ length: TRANSFORMS }, (_, index) =>
    transformNode(`t${index}`, { text: `{{ ${index === 0 ? "input" : `t${index - 1}`}.text }}.` }),
  );
  const graph = chain(middle, `{{ t${TRANSFORMS - 1}.text }}`);
  const workflowId = await publishGraph(tenant.admin, "Chain", graph);
  const target = await pinTarget(tenant.admin, { workflowId, useDraft: false, input: { text: "x" } });
  await startEngine({ hasServer: false });
  await untilQuiet();
  return [
    ...(await perNode(tenant, target, isQuick)),
    ...(await perSecond(tenant, target, isQuick ? 8 : 40, isQuick)),
  ];
}

async function perNode(tenant: TestTenant, target: RunTarget, isQuick: boolean): Promise<Figure[]> {
  const nodes = target.graph.nodes.length;
  const samples = await inTurns(
    { rounds: isQuick ? 6 : 30, warmUp: 2, maxMs: isQuick ? 5_000 : 25_000 },
    {
      subject: () => throughEngine(tenant.job, target, 1),
      floor: async () => {
        const id = await insertRun(tenant.job, target);
        return timed(() => bareRun(tenant.job, id));
      },
    },
  );
  const bare = { name: "the bare verb", value: median(samples.floor) / nodes };
  const engine = median(samples.subject) / nodes;
  return [
    figure("a node of a 10-transform chain", engine, "ms", bare),
    figure("overhead of the engine per node", engine - bare.value, "ms", bare),
  ];
}

async function perSecond(
  tenant: TestTenant,
  target: RunTarget,
  runs: number,
  isQuick: boolean,
): Promise<Figure[]> {
  const samples = await inTurns(
    { rounds: isQuick ? 3 : 5, warmUp: 0, maxMs: isQuick ? 6_000 : 30_000 },
    {
      subject: () => throughEngine(tenant.job, target, runs),
      floor: async () => {
        const ids = await insertRuns(tenant.job, target, runs);
        const lane = async () => {
          for (let id = ids.pop(); id; id = ids.pop()) await bareRun(tenant.job, id);
        };
        return timed(() => Promise.all(Array.from({ length: AT_ONCE }, lane)));
      },
    },
  );
  const rate = (ms: readonly number[]) => (runs * 1000) / median(ms);
  const floor = { name: `the bare verb, ${AT_ONCE} runs at once`, value: rate(samples.floor) };
  return [figure(`runs of the chain, ${runs} waiting`, rate(samples.subject), "per second", floor)];
}

/** A run as starting one leaves it, so that both sides begin at the same point. */
async function insertRun(scope: TenantScope, { graph: _, input, ...pins }: RunTarget): Promise<string> {
  const id = newId();
  await asWorker(scope, (tx) =>
    tx.insert(executions).values({
      ...pins,
      id,
      tenantId: scope.tenantId,
      inputData: input,
      admittedAt: sql`now()`,
      dispatchedAt: sql`now()`,
    }),
  );
  return id;
}

async function insertRuns(scope: TenantScope, target: RunTarget, count: number): Promise<string[]> {
  const ids: string[] = [];
  for (let n = 0; n < count; n += 1) ids.push(await insertRun(scope, target));
  return ids;
}

async function bareRun(scope: TenantScope, executionId: string): Promise<void> {
  const { againMs } = await driveRun(scope, executionId, { budgetMs: DRIVE_MS });
  if (againMs !== null) throw new Error("a run was not driven to its end");
}

/** From the first event to the last run's end by the database's clock, so that watching for it costs nothing. */
async function throughEngine(scope: TenantScope, target: RunTarget, runs: number): Promise<number> {
  const ids = await insertRuns(scope, target, runs);
  const start = performance.timeOrigin + performance.now();
  await Promise.all(ids.map((id) => dispatchRun(scope, id)));
  await untilQuiet();
  const ends = await Promise.all(ids.map((id) => endOf(scope, id)));
  return Math.max(...ends) - start;
}

async function endOf(scope: TenantScope, executionId: string): Promise<number> {
  const [row] = await asWorker(scope, (tx) =>
    tx
      .select({
        endedMs: sql<number>`extract(epoch from completed_at)::float8 * 1000`,
        status: executions.status,
      })
      .from(executions)
      .where(eq(executions.id, executionId)),
  );
  if (row?.status !== "completed") throw new Error(`a run through the engine ended as ${row?.status}`);
  return Number(row.endedMs);
}

async function untilQuiet(): Promise<void> {
  const end = performance.now() + PATIENCE_MS;
  for (;;) {
    await sleep(50);
    const stats = await engineStats();
    if (stats && stats.queuedRuns + stats.runningRuns + stats.unroutedEvents === 0) return;
    if (performance.now() > end) throw new Error("the engine did not become quiet");
  }
}
