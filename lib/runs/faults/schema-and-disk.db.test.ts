import { describe, expect, it } from "vitest";
import { readPreparation } from "@/db/preparation";
import { until } from "@/inngest/engine/testing";
import { testServerUrl, withTestDatabase } from "@/lib/testing/database";
import { executeNode } from "../execute-node";
import { finishRun } from "../finish";
import { brokenInvariants } from "./testing/invariants";
import { proxiedScene, UNAVAILABLE } from "./testing/proxied-scene";
import { begin, statusOf } from "./testing/scene";

withTestDatabase();

// PGlite has one connection: nobody else could be in the way.
describe.runIf(testServerUrl())("the schema and the disk of the database", () => {
  const scene = proxiedScene();

  it("is being migrated: callers are told, leave no queue behind, and go on afterwards", async () => {
    const executionId = await begin(scene.tenant, scene.workflowId, "locked");
    const migration = await scene.direct.pool.connect();
    await migration.query("begin; lock table execution_steps in access exclusive mode");
    const refused = await Promise.allSettled(
      Array.from({ length: 4 }, () => executeNode(scene.tenant.job, { executionId, nodeId: "input" })),
    );
    expect(refused.map((result) => result.status === "rejected" && result.reason.reason)).toEqual(
      Array(4).fill(UNAVAILABLE.reason),
    );
    const { rows } = await migration.query(
      "select 1 from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'",
    );
    expect(rows).toEqual([]);
    await migration.query("rollback");
    migration.release();
    await scene.complete(executionId);
    expect(await brokenInvariants(scene.evidence(executionId))).toEqual([]);
  });

  it("has a full disk while a step is stored: nothing half written, and it goes on once there is room", async () => {
    const executionId = await begin(scene.tenant, scene.workflowId, "full");
    await executeNode(scene.tenant.job, { executionId, nodeId: "input" });
    // What a server says that cannot extend a file.
    await scene.direct.pool.query(`
      create function no_room() returns trigger language plpgsql as $$
      begin raise exception 'could not extend file: No space left on device' using errcode = '53100'; end $$;
      create trigger no_room before insert on ledger_entries for each row execute function no_room()`);
    await expect(executeNode(scene.tenant.job, { executionId, nodeId: "ask" })).rejects.toMatchObject({
      ...UNAVAILABLE,
      message: expect.stringContaining("has no room"),
    });
    const { rows } = await scene.direct.pool.query(
      `select s.status, (select count(*)::int from ledger_entries l where l.step_id = s.id) as billed
       from execution_steps s where s.execution_id = $1 and s.node_id = 'ask'`,
      [executionId],
    );
    expect(rows).toEqual([{ status: "running", billed: 0 }]);
    expect(await readPreparation()).toBe("ok");
    await scene.direct.pool.query("drop trigger no_room on ledger_entries; drop function no_room()");
    await scene.direct.pool.query("update execution_steps set lease_until = now() where status = 'running'");
    await scene.complete(executionId);
    expect(await brokenInvariants(scene.evidence(executionId))).toEqual([]);
  });

  it("gets another column and index under traffic: no run notices", async () => {
    let isOver = false;
    const ids: string[] = [];
    const traffic = async (lane: number) => {
      for (let n = 0; !isOver; n += 1) {
        const executionId = await begin(scene.tenant, scene.workflowId, `traffic-${lane}-${n}`);
        ids.push(executionId);
        for (const nodeId of ["input", "ask", "output"]) {
          await executeNode(scene.tenant.job, { executionId, nodeId });
        }
        await finishRun(scene.tenant.job, executionId);
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
      await scene.direct.pool.query(statement);
      const before = ids.length;
      await until("traffic to go on", () => ids.length >= before + 2);
    }
    isOver = true;
    await lanes;
    expect(await Promise.all(ids.map(statusOf))).toEqual(ids.map(() => "completed"));
    expect(await brokenInvariants(scene.evidence(...ids))).toEqual([]);
  });
});
