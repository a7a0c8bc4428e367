import { sql } from "drizzle-orm";
import { describe, expect, it } from "vitest";
import { asTenant, type Tx } from "@/db/access";
import { testServerUrl, withTestDatabase } from "@/lib/testing/database";
import { executeNode } from "../execute-node";
import { backendOf, terminate } from "./testing/backends";
import { brokenInvariants } from "./testing/invariants";
import { proxiedScene, UNAVAILABLE } from "./testing/proxied-scene";
import { askNode, begin, publishChain } from "./testing/scene";

withTestDatabase();

/** As a process does that is suspended: it hears of nothing meanwhile. */
function standStill(ms: number): void {
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, ms);
}

// PGlite has one connection: nothing to meet.
describe.runIf(testServerUrl())("transactions", () => {
  const scene = proxiedScene();

  it("ends a connection inside a transaction: nothing of it is kept, and it runs again once", async () => {
    let tries = 0;
    const name = await asTenant(scene.tenant.admin, async (tx) => {
      tries += 1;
      await tx.execute(
        sql`update workflows set description = description || 'x' where id = ${scene.workflowId}`,
      );
      if (tries === 1) await terminate(scene.direct, await backendOf(tx));
      const { rows } = await tx.execute<{ description: string }>(
        sql`select description from workflows where id = ${scene.workflowId}`,
      );
      return rows[0]?.description;
    });
    expect([tries, name]).toEqual([2, "x"]);
  });

  it("takes longer over a statement than it may: whoever asked is told so, and may ask again", async () => {
    const slow = asTenant(scene.tenant.admin, async (tx) => {
      await tx.execute(sql`set local statement_timeout = 50`);
      await tx.execute(sql`select pg_sleep(30)`);
    });
    await expect(slow).rejects.toMatchObject({ ...UNAVAILABLE, message: expect.stringContaining("is busy") });
  });

  it("ends a transaction whose process stood still for too long: it runs again once that goes on", async () => {
    let tries = 0;
    const found = await asTenant(scene.tenant.admin, async (tx) => {
      tries += 1;
      if (tries === 1) {
        await tx.execute(sql`set local idle_in_transaction_session_timeout = 50`);
        standStill(500);
      }
      const { rows } = await tx.execute(sql`select from workflows where id = ${scene.workflowId}`);
      return rows.length;
    });
    expect([tries, found]).toEqual([2, 1]);
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
    const [one, two] = [await publishChain(scene.tenant, [model]), await publishChain(scene.tenant, [model])];
    const meet = meeting();
    const through = Promise.withResolvers<void>();
    let tries = 0;
    const crossing = async (first: string, second: string) => {
      let own = 0;
      await asTenant(scene.tenant.admin, async (tx) => {
        tries += 1;
        own += 1;
        // Back before the other has what it waits for, it would take that again.
        if (own > 1) await through.promise;
        await touch(tx, first);
        await meet();
        await touch(tx, second);
      });
      through.resolve();
    };
    await Promise.all([crossing(one, two), crossing(two, one)]);
    expect(tries).toBe(3);
    const { rows } = await scene.direct.pool.query("select description from workflows where id = any($1)", [
      [one, two],
    ]);
    expect(rows.map((row) => row.description)).toEqual(["..", ".."]);
  });

  it("cannot serialize: tried again, eight times at most", async () => {
    const meet = meeting();
    let tries = 0;
    const adding = () =>
      asTenant(scene.tenant.admin, async (tx) => {
        tries += 1;
        await tx.execute(sql`set transaction isolation level serializable`);
        await tx.execute(sql`select count(*) from workflows`);
        await meet();
        await touch(tx, scene.workflowId);
      });
    await Promise.all([adding(), adding()]);
    expect(tries).toBe(3);
    let failing = 0;
    const never = asTenant(scene.tenant.admin, (tx) => {
      failing += 1;
      return tx.execute(sql`do $$ begin raise exception using errcode = '40001'; end $$`);
    });
    await expect(never).rejects.toThrow();
    expect(failing).toBe(8);
  });

  it("answers while two workers ask for one step: it is given to one of them", async () => {
    const executionId = await begin(scene.tenant, scene.workflowId, "claimed");
    await executeNode(scene.tenant.job, { executionId, nodeId: "input" });
    const both = await Promise.all(
      ["w1", "w2"].map((id) =>
        executeNode(scene.tenant.job, { executionId, nodeId: "ask" }, { worker: { id, isAlone: false } }),
      ),
    );
    expect(both.some(({ status }) => status === "completed")).toBe(true);
    expect(scene.requests.filter(({ key }) => key.startsWith("@claimed/"))).toHaveLength(1);
    await scene.complete(executionId);
    expect(await brokenInvariants(scene.evidence(executionId))).toEqual([]);
  });
});
