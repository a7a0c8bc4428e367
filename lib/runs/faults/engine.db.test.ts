import { eq } from "drizzle-orm";
import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from "vitest";
import { asSystem } from "@/db/access";
import { enginePort } from "@/db/engine-port";
import { database } from "@/db/pool";
import { tenants, users } from "@/db/schema/auth";
import { embedded, isHeld, startEmbedded } from "@/inngest/embedded";
import { until } from "@/inngest/engine/testing";
import { handler } from "@/inngest/serve";
import { jobScope } from "@/lib/auth/scope";
import { shiftClock } from "@/lib/clock";
import { withTestDatabase } from "@/lib/testing/database";
import { makeTenant, type TestTenant } from "@/lib/testing/scopes";
import { cancelRun } from "../commands/cancel";
import { executeNode } from "../execute-node";
import { finishRun } from "../finish";
import { DRIVER } from "../first-drive";
import { findStrays, mendRun } from "../sweep";
import { readRun } from "../testing";
import { type FaultPoint, setFaults } from "../worker";
import { brokenInvariants } from "./testing/invariants";
import { askNode, begin, publishChain, seedFaultModel, statusOf, untilEnded } from "./testing/scene";

const provider = await vi.hoisted(async () => {
  const { startProvider } = await import("@/e2e/provider/server");
  return startProvider();
});

withTestDatabase();

/** Requests as the engine sent them, and how often each is to arrive. */
const delivered: Request[] = [];
let copies = 1;

let model: string;
let tenant: TestTenant;
let workflowId: string;
beforeAll(async () => {
  model = await seedFaultModel(provider);
  tenant = await makeTenant();
  workflowId = await publishChain(tenant, [askNode("ask", model), askNode("then", model)]);
  await startEmbedded(async (request) => {
    delivered.push(request.clone());
    const all = Array.from({ length: copies }, () => request.clone()).map((copy) => handler(copy));
    return (await Promise.all(all))[0] as Response;
  });
});
afterAll(async () => {
  await embedded().engine.stop(2_000);
  await provider.close();
});
beforeEach(() => {
  copies = 1;
  setFaults({ at: () => undefined });
});

const asked = (run: string) =>
  provider.requests.filter(({ key }) => key.startsWith(`@${run}/`)).map(({ key }) => key);
const evidence = (...acknowledged: string[]) => ({ acknowledged, requests: provider.requests });

/** Does something while the engine takes no events. */
async function withoutEvents<T>(work: () => Promise<T>): Promise<T> {
  const port = await enginePort();
  await port.query("ALTER TABLE engine.event RENAME TO event_away");
  try {
    return await work();
  } finally {
    await port.query("ALTER TABLE engine.event_away RENAME TO event");
  }
}

describe("the engine", () => {
  it("delivers every call twice at the same time: each effect happens once", async () => {
    copies = 2;
    const executionId = await begin(tenant, workflowId, "twice");
    expect(await untilEnded(executionId)).toBe("completed");
    expect(asked("twice")).toHaveLength(2);
    expect(await brokenInvariants(evidence(executionId))).toEqual([]);
  });

  it("is imitated: unsigned, wrongly signed and old calls are refused, and nothing runs", async () => {
    const executionId = await begin(tenant, workflowId, "imitated");
    expect(await untilEnded(executionId)).toBe("completed");
    const genuine = delivered.findLast((request) => request.method === "POST");
    const signature = genuine?.headers.get("x-inngest-signature") ?? "";
    const old = signature.replace(/t=(\d+)/, (_, seconds) => `t=${Number(seconds) - 3_600}`);
    const forged = signature.replace(/.$/, (last) => (last === "0" ? "1" : "0"));
    const count = provider.requests.length;
    for (const other of ["", old, forged, "t=0&s=00"]) {
      const call = genuine?.clone() as Request;
      if (other) call.headers.set("x-inngest-signature", other);
      else call.headers.delete("x-inngest-signature");
      expect((await handler(call)).status).toBe(401);
    }
    expect(provider.requests).toHaveLength(count);
  });

  it("takes no events: a run that is driven where it was started does not need it", async () => {
    // One effect: what comes after two seconds is the engine's, which a busy machine needs for two.
    const short = await publishChain(tenant, [askNode("ask", model)]);
    const executionId = await withoutEvents(async () => {
      const begun = await begin(tenant, short, "at-once");
      expect(await untilEnded(begun)).toBe("completed");
      return begun;
    });
    expect(await brokenInvariants(evidence(executionId))).toEqual([]);
  });

  it("takes no events: what is held waits to be sent, and is sent once it does", async () => {
    const { controls } = embedded().engine;
    const lane = { functionId: "hirebuddha-run-execution", key: tenant.tenantId };
    await controls.pause(lane);
    await until("this process to know", async () => isHeld(DRIVER, tenant.tenantId));
    const executionId = await withoutEvents(async () => {
      const begun = await begin(tenant, workflowId, "queued");
      expect(await statusOf(begun)).toBe("pending");
      return begun;
    });
    await controls.resume(lane);
    const { pool } = await database();
    await pool.query("update executions set created_at = created_at - interval '1 minute' where id = $1", [
      executionId,
    ]);
    expect(await findStrays()).toContainEqual({ tenantId: tenant.tenantId, executionId });
    await mendRun(tenant.job, executionId);
    expect(await untilEnded(executionId)).toBe("completed");
    expect(await brokenInvariants(evidence(executionId))).toEqual([]);
  });
});

describe("a cancel", () => {
  const points: FaultPoint[] = ["before_relay", "claimed", "before_effect", "after_effect", "after_commit"];

  it.each(points)("that comes %s gives one end, and the run does nothing more", async (point) => {
    let isDone = false;
    const started: string[] = [];
    setFaults({
      at: async (at, nodeId) => {
        if (isDone || at !== point || (point !== "before_relay" && nodeId !== "ask")) return;
        isDone = true;
        const { pool } = await database();
        const { rows } = await pool.query("select id from executions where input_data->>'text' = $1", [
          point,
        ]);
        started.push(rows[0]?.id);
        await cancelRun(tenant.admin, { executionId: rows[0]?.id });
      },
    });
    // A run goes on while it is sent: until it is cancelled then, its first question is not answered.
    const isAtOnce = point !== "before_relay";
    const asking = isAtOnce
      ? workflowId
      : await publishChain(tenant, [askNode("ask", model, "[[hang]]"), askNode("then", model)]);
    const executionId = await begin(tenant, asking, point);
    expect(await untilEnded(executionId)).toBe("cancelled");
    expect(started).toEqual([executionId]);
    await until("its step to be closed", async () => {
      const { steps } = await readRun(tenant.job, executionId);
      return steps.every((step) => step.status !== "running");
    });
    const { steps } = await readRun(tenant.job, executionId);
    // The commit that ends a step may claim the next one: it is closed, and never begun.
    expect(steps.filter(({ nodeId, status }) => nodeId === "then" && status !== "cancelled")).toEqual([]);
    expect(asked(point).some((key) => key.includes("/then@"))).toBe(false);
    expect(await brokenInvariants(evidence(executionId))).toEqual([]);
  });

  it("that races the end of the run: whoever comes first decides, and the other is told", async () => {
    for (let round = 0; round < 10; round += 1) {
      const executionId = await begin(tenant, workflowId, `race-${round}`);
      for (const nodeId of ["input", "ask", "then", "output"]) {
        await until(`${nodeId} to be through`, async () => {
          const { status } = await executeNode(tenant.job, { executionId, nodeId });
          return status !== "retry";
        });
      }
      const [finished, cancelled] = await Promise.all([
        finishRun(tenant.job, executionId),
        cancelRun(tenant.admin, { executionId }),
      ]);
      const status = await statusOf(executionId);
      expect([finished, cancelled.status]).toEqual([status, status]);
    }
    expect(await brokenInvariants({ requests: provider.requests })).toEqual([]);
  });
});

describe("the clock of a process", () => {
  it.each([10, -10])(
    "is %d minutes off: leases go by the database's, and the run is what it would be",
    async (minutes) => {
      shiftClock(minutes * 60_000);
      try {
        const text = `clock${minutes}`;
        let stolen: unknown;
        setFaults({
          at: async (point, nodeId) => {
            if (point !== "before_effect" || nodeId !== "ask") return;
            setFaults({ at: () => undefined });
            const { pool } = await database();
            const { rows } = await pool.query("select id from executions where input_data->>'text' = $1", [
              text,
            ]);
            const worker = { id: "other", isAlone: false };
            stolen = await executeNode(tenant.job, { executionId: rows[0]?.id, nodeId: "ask" }, { worker });
          },
        });
        const executionId = await begin(tenant, workflowId, text);
        expect(await untilEnded(executionId)).toBe("completed");
        expect(stolen).toMatchObject({ status: "retry" });
        expect(asked(text)).toHaveLength(2);
      } finally {
        shiftClock(0);
      }
    },
  );
});

describe("in the middle of a run", () => {
  it("its tenant is suspended: no further step begins, and the run ends saying so", async () => {
    const other = await makeTenant();
    const flow = await publishChain(other, [askNode("ask", "stub"), askNode("then", "stub")]);
    setFaults({
      at: async (point, nodeId) => {
        if (point !== "after_effect" || nodeId !== "ask") return;
        await asSystem("test", (tx) =>
          tx.update(tenants).set({ status: "suspended" }).where(eq(tenants.id, other.tenantId)),
        );
      },
    });
    const executionId = await begin(other, flow, "suspended");
    expect(["failed", "cancelled"]).toContain(await untilEnded(executionId));
    expect(asked("suspended").some((key) => key.includes("/then@"))).toBe(false);
    const job = await jobScope(other.tenantId, "test");
    const { run } = await readRun(job, executionId);
    expect(run.errorCode).toBe("tenant_suspended");
    expect(await brokenInvariants(evidence(executionId))).toEqual([]);
  });

  it("the person who started it is deactivated: the run goes on, because it is the workspace's", async () => {
    setFaults({
      at: async (point, nodeId) => {
        if (point !== "after_commit" || nodeId !== "ask") return;
        await asSystem("test", (tx) =>
          tx.update(users).set({ isActive: false }).where(eq(users.id, tenant.adminId)),
        );
      },
    });
    const executionId = await begin(tenant, workflowId, "deactivated");
    expect(await untilEnded(executionId)).toBe("completed");
    expect(await brokenInvariants(evidence(executionId))).toEqual([]);
  });
});
