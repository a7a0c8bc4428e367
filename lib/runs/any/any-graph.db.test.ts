import { beforeAll, expect, it, vi } from "vitest";
import type { PlatformScope } from "@/db/scope";
import { reactivateTenant, suspendTenant } from "@/lib/admin/commands/tenants";
import { createAgent } from "@/lib/agents/commands";
import { createAgentInput } from "@/lib/agents/input";
import { AppError } from "@/lib/errors";
import type { Micros } from "@/lib/money";
import { withTestDatabase } from "@/lib/testing/database";
import { makePlatform, makeTenant, type TestTenant } from "@/lib/testing/scopes";
import { cancelRun } from "../commands/cancel";
import { resumeRun } from "../commands/resume";
import { start } from "../commands/testing";
import { chanceOf } from "../faults/testing/chance";
import { billedFor, driveTree } from "../nested-testing";
import { driveOn } from "../paid-testing";
import { previewResume } from "../resume-preview";
import { addStubModel, publishGraph, readRun, seedRunPrices } from "../testing";
import type { Callable, Decision, Drawing } from "./drawing";
import { expectedRun } from "./expected";
import { letGoOn } from "./going-on";
import { drawWorkflow } from "./graphs";
import { FLAKY } from "./said";

// Before the imports are loaded.
const service = await vi.hoisted(async () => (await import("./service-testing")).startService());

withTestDatabase();
vi.setConfig({ testTimeout: 120_000 });

/** What a node costs that did what it is for. */
const FEE = 100n;
/** More of them are drawn by hand: see CONTRIBUTING. */
const SEEDS = process.env.GRAPH_SEEDS?.split(",").map(Number) ?? [1, 2, 3, 4, 5, 6, 7, 8];

let tenant: TestTenant;
let modelKey: string;
let agents: Drawing["agents"];
let platform: PlatformScope;
let suspension: { tenantId: string; reason: string };
beforeAll(async () => {
  await seedRunPrices();
  modelKey = await addStubModel(`http://${service.host}/v1`);
  tenant = await makeTenant();
  agents = { plain: await addAgent("Brief."), flaky: await addAgent(FLAKY) };
  platform = await makePlatform();
  suspension = { tenantId: tenant.job.tenantId, reason: "It is looked into." };
});

async function addAgent(role: string): Promise<string> {
  const input = createAgentInput.parse({ name: `Of ${role}`, role, llmConfig: { modelKey } });
  return (await createAgent(tenant.admin, input)).id;
}

function breakSome(ids: readonly string[]): ReadonlySet<string> {
  service.broken.clear();
  for (const id of ids) service.broken.add(id);
  return new Set(ids);
}

/** By two processes, of which each is told of the run. */
async function driveTogether(of: TestTenant, executionId: string): Promise<string | null> {
  const [status] = await Promise.all([driveTree(of, executionId), driveTree(of, executionId)]);
  return status;
}

function ifEnded(error: unknown): void {
  if (!(error instanceof AppError && error.code === "precondition")) throw error;
}

const flakyIn = (graph: {
  nodes: readonly { id: string; kind: string; config: Record<string, unknown> }[];
}) => {
  const isFlaky = (config: string) => config.includes(FLAKY) || config.includes(agents.flaky);
  return graph.nodes.filter(({ config }) => isFlaky(JSON.stringify(config))).map(({ id }) => id);
};

it.each(SEEDS)("whatever a workflow is made of, its runs go as its rules say (seed %i)", async (seed) => {
  const chance = chanceOf(seed);
  const callable: Callable[] = [];
  const answers = new Map<string, Decision>();
  const flaky: string[] = [];
  for (const mayBreak of [true, false]) {
    const drawing = { chance, host: service.host, modelKey, agents, callable: [], answers };
    const { graph, level } = drawWorkflow(drawing, `c${mayBreak}_`, { isCalled: true, mayBreak });
    const id = await publishGraph(tenant.admin, `Called ${seed} ${mayBreak}`, graph);
    callable.push({ id, level, mayBreak });
    flaky.push(...flakyIn(graph));
  }
  const { graph, level } = drawWorkflow(
    { chance, host: service.host, modelKey, agents, callable, answers },
    "",
  );
  flaky.push(...flakyIn(graph));
  const workflowId = await publishGraph(tenant.admin, `Any ${seed}`, graph);
  const text = "word".repeat(chance.whole(1, 4));

  const atOnce = chance.next() < 0.5 ? driveTree : driveTogether;
  const drive = async (run: string, most = Number.POSITIVE_INFINITY) => {
    for (let waited = 0; ; waited += 1) {
      const status = await atOnce(tenant, run);
      if (waited >= most || !(await letGoOn(tenant, run, answers))) return status;
    }
  };
  const resultOf = async (run: string) => (await readRun(tenant.job, run)).run.resultData;

  const clean = expectedRun(level, text, breakSome([]));
  const first = await start(tenant, workflowId, text);
  expect(await drive(first)).toBe("completed");
  expect(await resultOf(first)).toEqual(clean.result);
  const whole = await billedFor(tenant, first);
  if (clean.paid !== null) expect(whole).toBe(BigInt(clean.paid) * FEE);

  let left: readonly string[] = flaky.filter(() => chance.next() < 0.5);
  let run = await start(tenant, workflowId, text);
  let saved: Micros = 0n;
  for (;;) {
    const { result } = expectedRun(level, text, breakSome(left));
    const act = chance.next();
    if (act < 0.5) await (act < 0.2 ? driveOn(tenant, run) : drive(run, chance.whole(0, 3)));
    const meanwhile = chance.oneOf<() => Promise<unknown>>([
      async () => undefined,
      () => letGoOn(tenant, run, answers),
      () => atOnce(tenant, run),
    ]);
    const cancel = () => cancelRun(tenant.admin, { executionId: run }).catch(ifEnded);
    if (act < 0.3) await Promise.all([cancel(), meanwhile()]);
    const isSuspended = act >= 0.3 && act < 0.5;
    if (isSuspended) await Promise.all([suspendTenant(platform, suspension), meanwhile()]);
    if (isSuspended) await atOnce(tenant, run);
    if (isSuspended) await reactivateTenant(platform, suspension);
    const status = await drive(run);
    if (status === "completed") break;
    if (status === "failed" && !isSuspended) expect(result).toBeNull();
    left = left.filter(() => chance.next() < 0.4);
    saved = BigInt((await previewResume(tenant.admin, { executionId: run, on: "same" })).savedMicros);
    run = (await resumeRun(tenant.admin, { executionId: run, on: "same" })).executionId;
  }
  expect(await resultOf(run)).toEqual(clean.result);
  if (clean.paid !== null) expect(saved + (await billedFor(tenant, run))).toBe(whole);
});
