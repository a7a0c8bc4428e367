import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from "vitest";
import { database } from "@/db/pool";
import { type Provider, startProvider } from "@/e2e/provider/server";
import { until } from "@/inngest/engine/testing";
import { getJobs } from "@/lib/admin/queries/jobs";
import { testServerUrl, withTestDatabase } from "@/lib/testing/database";
import { makePlatform, makeTenant, type TestTenant } from "@/lib/testing/scopes";
import { cancelRun } from "../commands/cancel";
import { findStrays, mendRun } from "../sweep";
import { readRun } from "../testing";
import { askNode, begin, publishChain, seedFaultModel, settledInvariants, untilEnded } from "./testing/scene";
import type { PlannedFault } from "./testing/worker-plan";
import { startWorker, type WorkerOptions, type WorkerProcess } from "./testing/worker-process";

withTestDatabase();
// Starting many processes takes its time on a busy machine.
vi.setConfig({ testTimeout: 300_000 });

const KILLED = ["claimed", "before_effect", "after_effect", "after_commit"] as const;
/** What happens to whichever process first comes to these nodes. */
const FAULTS: PlannedFault[] = [
  ...KILLED.map((point) => ({ point, node: point, does: "kill", ms: 0 }) as const),
  { point: "before_effect", node: "greedy", does: "exhaust", ms: 0 },
  { point: "after_effect", node: "slow", does: "stop", ms: 0 },
  { point: "before_effect", node: "busy", does: "block", ms: 6_000 },
];
const LEASE_MS = 3_000;
/** Of processes that compute without a pause: a third of it is left then, also on a slow machine. */
const LONG_LEASE_MS = 9_000;

// Several processes on one database: only a database server takes them. `lib/runs/crash.test.ts` kills on PGlite.
describe.runIf(testServerUrl())("worker processes", () => {
  let provider: Provider;
  let model: string;
  let tenant: TestTenant;
  let databaseUrl: string;
  let flagDir: string;
  const workers: WorkerProcess[] = [];

  beforeAll(async () => {
    provider = await startProvider();
    model = await seedFaultModel(provider);
    databaseUrl = (await database()).connectionString ?? "";
    flagDir = mkdtempSync(join(tmpdir(), "hb-faults-"));
  });
  afterAll(async () => {
    for (const worker of workers) worker.signal("SIGKILL");
    rmSync(flagDir, { recursive: true, force: true });
    await provider.close();
  });
  beforeEach(async () => {
    tenant = await makeTenant();
  });

  const worker = async (options: Omit<WorkerOptions, "databaseUrl"> = {}): Promise<WorkerProcess> => {
    const settings = { databaseUrl, flagDir, leaseMs: LEASE_MS, heapMb: 256, faults: FAULTS };
    const started = await startWorker({ ...settings, allow: provider.host, ...options });
    workers.push(started);
    return started;
  };
  /** So many processes that work on runs; what earlier tests left alive is among them. */
  const working = async (count: number): Promise<WorkerProcess[]> => {
    const alive = workers.filter((one) => one.works && one.isAlive());
    const missing = Array.from({ length: Math.max(0, count - alive.length) }, () => worker());
    alive.push(...(await Promise.all(missing)));
    await Promise.all(alive.map(({ ready }) => ready));
    return alive;
  };
  const evidence = (...acknowledged: string[]) => ({ acknowledged, requests: provider.requests });
  const requestsOf = (run: string, node: string) =>
    provider.requests.filter((request) => request.key.includes(`@${run}/${node}@`));

  it("killed before the effect, after it, after the commit or by want of memory, leave a run that others complete", async () => {
    const nodes = [...KILLED, "greedy"];
    const workflowId = await publishChain(
      tenant,
      nodes.map((node) => askNode(node, model)),
    );
    const all = await working(nodes.length + 1);
    const executionId = await begin(tenant, workflowId, "killed");
    expect(await untilEnded(executionId, 120_000)).toBe("completed");
    await until("five to die", () => all.filter((one) => one.isAlive()).length === 1);
    const { steps, calls } = await readRun(tenant.job, executionId);
    const attempts = nodes.map((node) => steps.find((step) => step.nodeId === node)?.attempt);
    expect(attempts.slice(0, 4)).toEqual([2, 2, 2, 1]);
    // The commit that ended the fourth had claimed the fifth, unless the time of that turn was over by then; its own fault
    // then took it once more.
    expect([2, 3]).toContain(attempts[4]);
    // Only the effect that was done when its process died is repeated. Of each attempt that was lost there is a call.
    expect(nodes.map((node) => requestsOf("killed", node).length)).toEqual([1, 1, 2, 1, 1]);
    const lost = attempts.reduce<number>((sum, attempt = 1) => sum + attempt - 1, 0);
    expect(calls.filter((call) => call.status === "uncertain")).toHaveLength(lost);
    expect(await settledInvariants(evidence(executionId))).toEqual([]);
  });

  it("killed between writing a run and sending it: the sweeper sends it, and there is one run", async () => {
    const workflowId = await publishChain(tenant, [askNode("ask", model)]);
    const doomed = await worker({
      works: false,
      faults: [{ point: "before_relay", node: "", does: "kill" }],
    });
    await doomed.ready;
    const request = { tenantId: tenant.tenantId, workflowId, text: "unsent", idempotencyKey: "unsent" };
    await expect(doomed.start(request)).rejects.toThrow("SIGKILL");
    const { pool } = await database();
    const written = await pool.query("select id from executions where idempotency_key = 'unsent'");
    expect(written.rows).toHaveLength(1);
    // What twenty seconds of patience do.
    await pool.query("update executions set created_at = created_at - interval '21 seconds'");
    const strays = await findStrays();
    expect(strays).toMatchObject([{ executionId: written.rows[0]?.id }]);
    const [other] = await working(1);
    for (const { executionId } of strays) await mendRun(tenant.job, executionId);
    const again = await other?.start(request);
    expect(again).toEqual({ executionId: written.rows[0]?.id });
    expect(await untilEnded(written.rows[0]?.id)).toBe("completed");
    expect(await settledInvariants(evidence(written.rows[0]?.id))).toEqual([]);
  });

  it("killed as soon as it has written a run it works on: the engine knows of it, and another one completes it", async () => {
    const workflowId = await publishChain(tenant, [askNode("ask", model)]);
    const doomed = await worker({
      flagDir: mkdtempSync(join(flagDir, "told-")),
      faults: [{ point: "before_relay", node: "", does: "kill" }],
    });
    await working(2);
    const request = { tenantId: tenant.tenantId, workflowId, text: "told", idempotencyKey: "told" };
    await expect(doomed.start(request)).rejects.toThrow("SIGKILL");
    const { pool } = await database();
    const { rows } = await pool.query("select id from executions where idempotency_key = 'told'");
    const executionId: string = rows[0]?.id;
    // How often it was sent. What it does later than two seconds after is a further segment, which its drive asks for.
    const text =
      "select id from engine.event where payload->'data'->>'executionId' = $1 and payload->'data'->>'segment' = '0'";
    const sent = () => pool.query(text, [executionId]).then((found) => found.rows);
    // Before anybody can have looked for it and sent it again.
    expect(await sent()).toEqual([{ id: executionId }]);
    expect(await untilEnded(executionId)).toBe("completed");
    expect(await sent()).toEqual([{ id: executionId }]);
    expect(await settledInvariants(evidence(executionId))).toEqual([]);
  });

  it("killed inside the transaction that starts a run: nothing is written, and asking again starts one", async () => {
    const workflowId = await publishChain(tenant, [askNode("ask", model)]);
    const doomed = await worker({ works: false });
    await doomed.ready;
    const { pool } = await database();
    const blocker = await pool.connect();
    await blocker.query("begin; lock table audit_log in exclusive mode");
    const request = { tenantId: tenant.tenantId, workflowId, text: "half", idempotencyKey: "half" };
    const answer = doomed.start(request);
    answer.catch(() => undefined);
    await until("the start to wait for the lock", async () => {
      const { rows } = await pool.query(
        "select 1 from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'",
      );
      return rows.length > 0;
    });
    doomed.signal("SIGKILL");
    await expect(answer).rejects.toThrow("SIGKILL");
    await blocker.query("rollback");
    blocker.release();
    const written = () => pool.query("select id from executions where idempotency_key = 'half'");
    expect((await written()).rows).toEqual([]);
    const [other] = await working(1);
    const one = await other?.start(request);
    expect(await other?.start(request)).toEqual(one);
    const executionId = one?.executionId ?? "";
    expect((await written()).rows).toEqual([{ id: executionId }]);
    expect(await untilEnded(executionId)).toBe("completed");
    expect(await settledInvariants(evidence(executionId))).toEqual([]);
  });

  it("suspended beyond its lease and back: what it still writes is refused", async () => {
    const workflowId = await publishChain(tenant, [askNode("slow", model), askNode("next", model)]);
    const both = await working(2);
    const executionId = await begin(tenant, workflowId, "zombie");
    expect(await untilEnded(executionId)).toBe("completed");
    expect(requestsOf("zombie", "slow")).toHaveLength(2);
    const before = await readRun(tenant.job, executionId);
    for (const one of both) one.signal("SIGCONT");
    // The one that came back works on: it ends its late step first.
    const after = await begin(tenant, workflowId, "later");
    expect(await untilEnded(after)).toBe("completed");
    await until("the late answer to be noted", async () => {
      const { calls } = await readRun(tenant.job, executionId);
      return calls.some((call) => call.status === "uncertain" && call.settledAt !== null);
    });
    const now = await readRun(tenant.job, executionId);
    expect(now.steps).toEqual(before.steps);
    expect(now.ledger).toEqual(before.ledger);
    expect(both.every((one) => one.isAlive())).toBe(true);
    expect(await settledInvariants(evidence(executionId, after))).toEqual([]);
  });

  it("computing for two thirds of a lease without a pause keeps its leases, and the operator sees which one did", async () => {
    const workflowId = await publishChain(tenant, [askNode("busy", model)]);
    for (const one of workers) await one.stop();
    const all = [await worker({ leaseMs: LONG_LEASE_MS }), await worker({ leaseMs: LONG_LEASE_MS })];
    await working(2);
    const begunAt = new Date();
    const executionId = await begin(tenant, workflowId, "blocked");
    expect(await untilEnded(executionId)).toBe("completed");
    const { steps } = await readRun(tenant.job, executionId);
    expect(steps.find((step) => step.nodeId === "busy")).toMatchObject({ attempt: 1 });
    expect(requestsOf("blocked", "busy")).toHaveLength(1);
    expect(await settledInvariants(evidence(executionId))).toEqual([]);
    const platform = await makePlatform();
    const processOf = async ({ child }: WorkerProcess) =>
      (await getJobs(platform))?.processes.find(({ name }) => name.endsWith(`:${child.pid}`));
    await until("the figures of the process", async () => {
      const found = await Promise.all(all.map(processOf));
      // One that was suspended before has stood still as well, but earlier.
      return found.some((one) => one?.blockedAt && one.blockedAt > begunAt && (one.blockedMs ?? 0) > 5_700);
    });
    for (const one of all) await one.stop();
    expect(await Promise.all(all.map(processOf))).toEqual([undefined, undefined]);
  });

  it("hang up on the provider when another process cancels, and bill what was said", async () => {
    const workflowId = await publishChain(tenant, [askNode("talk", model, "[[talk 100]]")]);
    await working(1);
    const executionId = await begin(tenant, workflowId, "cancelled");
    const call = await until("words to be said", () =>
      requestsOf("cancelled", "talk").find((request) => request.status === 200),
    );
    await cancelRun(tenant.admin, { executionId });
    await until("the provider to be left", () => call.end === "left");
    await until("the step to be closed", async () => {
      const { steps } = await readRun(tenant.job, executionId);
      return steps.every((step) => step.status !== "running");
    });
    const { run, calls, ledger } = await readRun(tenant.job, executionId);
    expect(run.status).toBe("cancelled");
    expect(calls).toMatchObject([{ status: "failed", outputTokens: expect.any(Number) }]);
    expect(calls[0]?.outputTokens).toBeGreaterThan(0);
    const tokens = ledger.filter((row) => row.resourceType === "text_tokens_output");
    expect(tokens).toMatchObject([{ entryMetadata: expect.stringContaining("counted by us") }]);
    expect(await settledInvariants(evidence(executionId))).toEqual([]);
  });
});
