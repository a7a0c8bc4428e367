import { sql } from "drizzle-orm";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { asTenant, pingDatabase, type Tx } from "@/db/access";
import { enginePort } from "@/db/engine-port";
import { type Database, database, openServer, setDatabase } from "@/db/pool";
import { type Provider, startProvider } from "@/e2e/provider/server";
import { until } from "@/inngest/engine/testing";
import { problemResponse } from "@/lib/api/problem";
import { testServerUrl, withTestDatabase } from "@/lib/testing/database";
import { makeTenant, type TestTenant } from "@/lib/testing/scopes";
import { startRun } from "../commands/start";
import { executeNode } from "../execute-node";
import { finishRun } from "../finish";
import { brokenInvariants } from "./testing/invariants";
import { askNode, begin, publishChain, seedFaultModel, statusOf } from "./testing/scene";
import { proxyTo, type TcpProxy, throughProxy } from "./testing/tcp-proxy";

withTestDatabase();

const UNAVAILABLE = { code: "upstream", reason: "database_unavailable", retryable: true };

// PGlite has no connections to lose.
describe.runIf(testServerUrl())("the database", () => {
  let provider: Provider;
  let direct: Database;
  let proxy: TcpProxy;
  let tenant: TestTenant;
  let workflowId: string;

  beforeAll(async () => {
    provider = await startProvider();
    const model = await seedFaultModel(provider);
    direct = await database();
    proxy = await proxyTo(direct.connectionString ?? "");
    tenant = await makeTenant();
    workflowId = await publishChain(tenant, [askNode("ask", model)]);
  });
  afterAll(async () => {
    await proxy.close();
    await provider.close();
  });
  beforeEach(() => open({}));
  afterEach(async () => {
    proxy.answers("pass");
    proxy.accept(true);
    const proxied = await database();
    setDatabase(direct);
    proxy.cutAll();
    await proxied.close();
  });

  /** Makes a connection through the proxy the database of this process. */
  function open({ max = 5, queryTimeoutMs = 20_000 }: { max?: number; queryTimeoutMs?: number }): void {
    const url = throughProxy(direct.connectionString ?? "", proxy);
    setDatabase(openServer(url, max, { queryTimeoutMs }));
  }
  async function reopen(options: { max?: number; queryTimeoutMs?: number }): Promise<void> {
    await (await database()).close();
    open(options);
  }

  const evidence = (...acknowledged: string[]) => ({ acknowledged, requests: provider.requests });
  /** Runs what is left of a run, as the engine does: tried again until it is through. */
  async function complete(executionId: string): Promise<void> {
    for (const nodeId of ["input", "ask", "output"]) {
      await until(`${nodeId} to be through`, async () => {
        const reference = await executeNode(tenant.job, { executionId, nodeId }).catch(() => null);
        return reference?.status === "completed";
      });
    }
    expect(await finishRun(tenant.job, executionId)).toBe("completed");
  }
  const backendOf = async (tx: Tx): Promise<number> => {
    const { rows } = await tx.execute<{ pid: number }>(sql`select pg_backend_pid() as pid`);
    return rows[0]?.pid ?? 0;
  };
  const terminate = (pid: number) => direct.pool.query("select pg_terminate_backend($1)", [pid]);
  const countRuns = async (key: string) =>
    (await direct.pool.query("select id from executions where idempotency_key = $1", [key])).rows;

  it("ends idle connections: nobody notices", async () => {
    const pids = await Promise.all(
      Array.from({ length: 4 }, () =>
        asTenant(tenant.admin, async (tx) => {
          const pid = await backendOf(tx);
          await tx.execute(sql`select pg_sleep(0.1)`);
          return pid;
        }),
      ),
    );
    expect(new Set(pids).size).toBeGreaterThan(1);
    for (const pid of new Set(pids)) await terminate(pid);
    await until("the connections to be gone", () => proxy.count === 0);
    const executionId = await begin(tenant, workflowId, "idle");
    await complete(executionId);
    expect(await brokenInvariants(evidence(executionId))).toEqual([]);
  });

  it("ends a connection inside a transaction: nothing of it is kept, and it runs again once", async () => {
    let tries = 0;
    const name = await asTenant(tenant.admin, async (tx) => {
      tries += 1;
      await tx.execute(sql`update workflows set description = description || 'x' where id = ${workflowId}`);
      if (tries === 1) await terminate(await backendOf(tx));
      const { rows } = await tx.execute<{ description: string }>(
        sql`select description from workflows where id = ${workflowId}`,
      );
      return rows[0]?.description;
    });
    expect([tries, name]).toEqual([2, "x"]);
  });

  it("loses the answer to a commit: asking again with the key finds the run that was written", async () => {
    const request = { workflowId, useDraft: false, input: { text: "unknown" }, idempotencyKey: "unknown" };
    const lost = proxy.loseAnswerTo("commit", "audit_log");
    await expect(startRun(tenant.admin, request)).rejects.toMatchObject(UNAVAILABLE);
    await lost;
    const written = await until("the commit to be done", async () => (await countRuns("unknown"))[0]);
    const again = await startRun(tenant.admin, request);
    expect(again).toMatchObject({ executionId: written.id, isNew: false });
    expect(await countRuns("unknown")).toHaveLength(1);

    // The same for the end of a step: it is done and billed, and asking again answers what it gave.
    await executeNode(tenant.job, { executionId: written.id, nodeId: "input" });
    const lostEnd = proxy.loseAnswerTo("commit", "ledger_entries");
    await expect(executeNode(tenant.job, { executionId: written.id, nodeId: "ask" })).rejects.toMatchObject(
      UNAVAILABLE,
    );
    await lostEnd;
    await complete(written.id);
    expect(provider.requests.filter(({ key }) => key.startsWith("@unknown/"))).toHaveLength(1);
    expect(await brokenInvariants(evidence(written.id))).toEqual([]);
  });

  it("restarts: callers are told so meanwhile, and everything works within ten seconds, notifications too", async () => {
    const port = await enginePort();
    const told: string[] = [];
    const stop = await port.listen("fault_test", (payload) => told.push(payload));
    const executionId = await begin(tenant, workflowId, "restart");
    proxy.accept(false);
    proxy.cutAll();
    const refusal = await begin(tenant, workflowId, "meanwhile").catch((error: unknown) => error);
    expect(refusal).toMatchObject(UNAVAILABLE);
    const response = problemResponse(refusal, "r");
    expect([response.status, response.headers.get("retry-after")]).toEqual([503, "2"]);
    proxy.accept(true);
    await until(
      "the database to answer",
      () =>
        pingDatabase()
          .then(() => true)
          .catch(() => false),
      10_000,
    );
    await complete(executionId);
    await until(
      "a notification",
      async () => {
        await direct.pool.query("select pg_notify('fault_test', 'back')");
        return told.includes("back");
      },
      10_000,
    );
    await stop();
    expect(await brokenInvariants(evidence(executionId))).toEqual([]);
  });

  it("freezes: callers give up in time, and the frozen connections are not used again", async () => {
    await reopen({ queryTimeoutMs: 1_000 });
    const executionId = await begin(tenant, workflowId, "frozen");
    proxy.answers("hold");
    const started = performance.now();
    const refused = await Promise.allSettled(
      Array.from({ length: 5 }, () => executeNode(tenant.job, { executionId, nodeId: "input" })),
    );
    expect(refused.map((result) => result.status === "rejected" && result.reason.reason)).toEqual(
      Array(5).fill("database_unavailable"),
    );
    expect(performance.now() - started).toBeLessThan(15_000);
    proxy.answers("pass");
    await complete(executionId);
    expect(await brokenInvariants(evidence(executionId))).toEqual([]);
  });

  it("has two connections for fifty slow transactions: they take turns, and nobody waits for ever", async () => {
    await reopen({ max: 2 });
    const slow = (seconds: number) =>
      asTenant(tenant.admin, (tx) => tx.execute(sql`select pg_sleep(${seconds}::float8)`));
    const turns = await Promise.allSettled(Array.from({ length: 50 }, () => slow(0.02)));
    expect(turns.every(({ status }) => status === "fulfilled")).toBe(true);
    const holders = [slow(7), slow(7)];
    await until("both connections to be taken", async () => (await database()).pool.idleCount === 0);
    const waiting = await Promise.allSettled(Array.from({ length: 50 }, () => slow(0)));
    expect(
      waiting.every((result) => result.status === "rejected" && result.reason.reason === UNAVAILABLE.reason),
    ).toBe(true);
    await Promise.all(holders);
    const executionId = await begin(tenant, workflowId, "pool");
    await complete(executionId);
    expect(await brokenInvariants(evidence(executionId))).toEqual([]);
  });

  /** Two transactions that both have begun before either goes on; later tries do not wait. */
  function meeting() {
    const { promise, resolve } = Promise.withResolvers<void>();
    let there = 0;
    return async () => {
      there += 1;
      if (there >= 2) resolve();
      await promise;
    };
  }
  const touch = (tx: Tx, id: string) =>
    tx.execute(sql`update workflows set description = description || '.' where id = ${id}`);

  it("finds a deadlock: one of the two runs again, and both succeed", async () => {
    const model = askNode("a", "stub");
    const [one, two] = [await publishChain(tenant, [model]), await publishChain(tenant, [model])];
    const meet = meeting();
    let tries = 0;
    const crossing = (first: string, second: string) =>
      asTenant(tenant.admin, async (tx) => {
        tries += 1;
        await touch(tx, first);
        await meet();
        await touch(tx, second);
      });
    await Promise.all([crossing(one, two), crossing(two, one)]);
    expect(tries).toBe(3);
    const { rows } = await direct.pool.query("select description from workflows where id = any($1)", [
      [one, two],
    ]);
    expect(rows.map((row) => row.description)).toEqual(["..", ".."]);
  });

  it("cannot serialize: tried again, three times at most", async () => {
    const meet = meeting();
    let tries = 0;
    const adding = () =>
      asTenant(tenant.admin, async (tx) => {
        tries += 1;
        await tx.execute(sql`set transaction isolation level serializable`);
        await tx.execute(sql`select count(*) from workflows`);
        await meet();
        await touch(tx, workflowId);
      });
    await Promise.all([adding(), adding()]);
    expect(tries).toBe(3);
    let failing = 0;
    const never = asTenant(tenant.admin, (tx) => {
      failing += 1;
      return tx.execute(sql`do $$ begin raise exception using errcode = '40001'; end $$`);
    });
    await expect(never).rejects.toThrow();
    expect(failing).toBe(3);
  });

  it("is being migrated: callers are told within seconds, leave no queue behind, and go on afterwards", async () => {
    const executionId = await begin(tenant, workflowId, "locked");
    const migration = await direct.pool.connect();
    await migration.query("begin; lock table execution_steps in access exclusive mode");
    const started = performance.now();
    const refused = await Promise.allSettled(
      Array.from({ length: 4 }, () => executeNode(tenant.job, { executionId, nodeId: "input" })),
    );
    expect(refused.map((result) => result.status === "rejected" && result.reason.reason)).toEqual(
      Array(4).fill(UNAVAILABLE.reason),
    );
    expect(performance.now() - started).toBeLessThan(15_000);
    const { rows } = await migration.query(
      "select 1 from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'",
    );
    expect(rows).toEqual([]);
    await migration.query("rollback");
    migration.release();
    await complete(executionId);
    expect(await brokenInvariants(evidence(executionId))).toEqual([]);
  });

  it("has a full disk while a step is stored: nothing half written, and it goes on once there is room", async () => {
    const executionId = await begin(tenant, workflowId, "full");
    await executeNode(tenant.job, { executionId, nodeId: "input" });
    // What a server says that cannot extend a file.
    await direct.pool.query(`
      create function no_room() returns trigger language plpgsql as $$
      begin raise exception 'could not extend file: No space left on device' using errcode = '53100'; end $$;
      create trigger no_room before insert on ledger_entries for each row execute function no_room()`);
    await expect(executeNode(tenant.job, { executionId, nodeId: "ask" })).rejects.toThrow();
    const { rows } = await direct.pool.query(
      `select s.status, (select count(*)::int from ledger_entries l where l.step_id = s.id) as billed
       from execution_steps s where s.execution_id = $1 and s.node_id = 'ask'`,
      [executionId],
    );
    expect(rows).toEqual([{ status: "running", billed: 0 }]);
    await pingDatabase();
    await direct.pool.query("drop trigger no_room on ledger_entries; drop function no_room()");
    await direct.pool.query("update execution_steps set lease_until = now() where status = 'running'");
    await complete(executionId);
    expect(await brokenInvariants(evidence(executionId))).toEqual([]);
  });

  it("gets another column and index under traffic: no run notices", async () => {
    let isOver = false;
    const ids: string[] = [];
    const traffic = async (lane: number) => {
      for (let n = 0; !isOver; n += 1) {
        const executionId = await begin(tenant, workflowId, `traffic-${lane}-${n}`);
        ids.push(executionId);
        for (const nodeId of ["input", "ask", "output"]) {
          await executeNode(tenant.job, { executionId, nodeId });
        }
        await finishRun(tenant.job, executionId);
      }
    };
    const lanes = Promise.all([traffic(1), traffic(2)]);
    lanes.catch(() => undefined);
    await until("traffic", () => ids.length >= 6);
    for (const statement of [
      "alter table executions add column expanded text",
      "create index concurrently expanded_idx on executions (expanded)",
      "alter table execution_steps add column expanded integer not null default 0",
      "alter table execution_steps drop column expanded",
      "alter table executions drop column expanded",
    ]) {
      await direct.pool.query(statement);
      const before = ids.length;
      await until("traffic to go on", () => ids.length >= before + 2);
    }
    isOver = true;
    await lanes;
    expect(await Promise.all(ids.map(statusOf))).toEqual(ids.map(() => "completed"));
    expect(await brokenInvariants(evidence(...ids))).toEqual([]);
  });

  it("answers while two workers ask for one step: it is given to one of them", async () => {
    const executionId = await begin(tenant, workflowId, "claimed");
    await executeNode(tenant.job, { executionId, nodeId: "input" });
    const both = await Promise.all(
      ["w1", "w2"].map((id) =>
        executeNode(tenant.job, { executionId, nodeId: "ask" }, { worker: { id, isAlone: false } }),
      ),
    );
    expect(both.some(({ status }) => status === "completed")).toBe(true);
    expect(provider.requests.filter(({ key }) => key.startsWith("@claimed/"))).toHaveLength(1);
    await complete(executionId);
    expect(await brokenInvariants(evidence(executionId))).toEqual([]);
  });
});
