import type { PoolClient, QueryConfig } from "pg";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from "vitest";
import { database } from "@/db/pool";
import { chat, json, type Reply } from "@/e2e/provider/replies";
import { until } from "@/inngest/engine/testing";
import { testServerUrl, withTestDatabase } from "@/lib/testing/database";
import { makeTenant, type TestTenant } from "@/lib/testing/scopes";
import { brokenMoney } from "@/lib/wallet/testing";
import type { GraphNode } from "@/lib/workflows/graph";
import { testNode } from "@/lib/workflows/graph-testing";
import { DRIVE_MS, driveRun } from "./drive";
import { askNode, begin, publishChain, seedFaultModel } from "./faults/testing/scene";
import { readRun } from "./testing";
import { setFaults } from "./worker";

const provider = await vi.hoisted(async () => {
  const { startProvider } = await import("@/e2e/provider/server");
  const started = await startProvider();
  process.env.OUTBOUND_ALLOW = started.host;
  return started;
});

withTestDatabase();

let tenant: TestTenant;
let model: string;
beforeAll(async () => {
  model = await seedFaultModel(provider);
});
beforeEach(async () => {
  tenant = await makeTenant();
  provider.reset();
});
afterEach(() => setFaults(undefined));
afterAll(() => provider.close());

function callNode(id: string, method: "GET" | "POST") {
  const config = { method, headers: [], body: "", allowedStatus: [], timeoutMs: 30_000 };
  return testNode(id, "http", { ...config, url: `${provider.origin}/${id}` });
}

const ok = json(200, {});
const said = chat({ content: "Said." });
const ASKED = "/v1/chat/completions";

/** The tenant's wallet in other hands: what is to be paid from it waits. */
async function lockWallet(): Promise<() => Promise<void>> {
  const client = await (await database()).pool.connect();
  await client.query("begin");
  await client.query("select from wallets where tenant_id = $1 for update", [tenant.tenantId]);
  return async () => {
    await client.query("commit");
    client.release();
  };
}

/** The server's processes that wait for a lock in this database. */
async function whoWaits(): Promise<number[]> {
  const { rows } = await (await database()).pool.query<{ pid: number }>(
    "select pid from pg_stat_activity where wait_event_type = 'Lock' and datname = current_database()",
  );
  return rows.map(({ pid }) => pid);
}

async function isClaimed(executionId: string, nodeId: string): Promise<boolean> {
  const { steps } = await readRun(tenant.job, executionId);
  return steps.some((step) => step.nodeId === nodeId);
}

/**
 * A run of a call and another node that is driven here. What follows the call cannot be written before `free`.
 * @returns `asked`: settles with whether the second call's step was there when it came
 */
async function callThen(node: GraphNode, given = ok) {
  const workflowId = await publishChain(tenant, [callNode("first", "POST"), node]);
  const executionId = await begin(tenant, workflowId, "two");
  let free = async () => {};
  const asked = Promise.withResolvers<boolean>();
  const mayAnswer = Promise.withResolvers<void>();
  const first: Reply = async (response, request) => {
    free = await lockWallet();
    await ok(response, request);
  };
  const second: Reply = async (response, request) => {
    asked.resolve(await isClaimed(executionId, "second"));
    await mayAnswer.promise;
    await given(response, request);
  };
  provider.play(first, second, given);
  const driven = driveRun(tenant.job, executionId, { budgetMs: DRIVE_MS });
  driven.catch(() => undefined);
  const blocked = until("the turn to wait for the wallet", async () => (await whoWaits())[0] ?? null);
  return {
    executionId,
    driven,
    blocked,
    free: () => free(),
    asked: asked.promise,
    answer: mayAnswer.resolve,
  };
}

async function expectDone(executionId: string): Promise<void> {
  await until("the run to need no more", async () => {
    const { againMs } = await driveRun(tenant.job, executionId, { budgetMs: DRIVE_MS });
    return againMs === null;
  });
  const { run, steps, ledger } = await readRun(tenant.job, executionId);
  expect(run.status).toBe("completed");
  expect(steps.map(({ status, attempt }) => [status, attempt])).toEqual(steps.map(() => ["completed", 1]));
  expect(ledger.filter((row) => row.resourceType === "workflow_node")).toHaveLength(steps.length);
  expect(await brokenMoney()).toEqual([]);
}

const BEGINS = "the second call begins";

/** What each connection sends from now on, and where in it the second call begins. */
async function sentBeside(): Promise<Iterable<readonly string[]>> {
  const sent = new Map<PoolClient, string[]>();
  (await database()).pool.on("acquire", (client) => {
    if (sent.has(client)) return;
    const own: string[] = [];
    sent.set(client, own);
    const send = client.query.bind(client) as (...query: unknown[]) => unknown;
    const query = (first: string | QueryConfig, ...rest: unknown[]) => {
      own.push(typeof first === "string" ? first : first.text);
      return send(first, ...rest);
    };
    Object.assign(client, { query });
  });
  setFaults({
    at: (point, nodeId) => {
      if (point === "claimed" && nodeId === "second") for (const own of sent.values()) own.push(BEGINS);
    },
  });
  return sent.values();
}

// PGlite has one connection: nobody else can be in the way.
describe.runIf(testServerUrl())("a call whose step is being claimed", () => {
  it("is on its way already when it only reads", async () => {
    const { executionId, driven, free, asked, answer } = await callThen(callNode("second", "GET"));
    expect(await asked).toBe(false);
    await free();
    answer();
    await driven;
    await expectDone(executionId);
  });

  it("waits until the claim is written when it may change something", async () => {
    const { executionId, driven, blocked, free, asked, answer } = await callThen(callNode("second", "POST"));
    await blocked;
    await free();
    expect(await asked).toBe(true);
    answer();
    await driven;
    await expectDone(executionId);
    expect(provider.requests.map(({ path }) => path)).toEqual(["/first", "/second"]);
  });

  it("of a model is not made when the claim comes to nothing, but once there is one", async () => {
    const { executionId, driven, blocked, free, asked, answer } = await callThen(
      askNode("second", model),
      said,
    );
    await (await database()).pool.query("select pg_terminate_backend($1)", [await blocked]);
    await free();
    expect(await asked).toBe(true);
    answer();
    await driven;
    await expectDone(executionId);
    expect(provider.requests.map(({ path }) => path)).toEqual(["/first", ASKED]);
  });

  it("is broken off when the claim comes to nothing, and made anew once there is one", async () => {
    const { executionId, driven, blocked, free, asked, answer } = await callThen(callNode("second", "GET"));
    expect(await asked).toBe(false);
    await (await database()).pool.query("select pg_terminate_backend($1)", [await blocked]);
    await until("the call to be broken off", async () => provider.requests[1]?.end === "left" || null);
    await free();
    answer();
    await driven;
    await expectDone(executionId);
    expect(provider.requests.map(({ path, end }) => [path, end])).toEqual([
      ["/first", "answered"],
      ["/second", "left"],
      ["/second", "answered"],
    ]);
  });

  it("begins when all of its turn is on its way, but for the commit", async () => {
    const nodes = [callNode("first", "POST"), callNode("second", "GET")];
    const executionId = await begin(tenant, await publishChain(tenant, nodes), "two");
    provider.play(ok, ok);
    const sent = await sentBeside();
    await driveRun(tenant.job, executionId, { budgetMs: DRIVE_MS });
    const within = [...sent].flatMap((texts) => {
      const at = texts.indexOf(BEGINS);
      return at > 0 && texts[at - 1] !== "commit" ? [texts[at + 1]] : [];
    });
    expect(within).toEqual(["commit"]);
    await expectDone(executionId);
  });
});
