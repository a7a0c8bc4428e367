import { and, eq, sql } from "drizzle-orm";
import { Client, type QueryResult } from "pg";
import { beforeAll, beforeEach, describe, expect, it, vi } from "vitest";
import { asWorker, type Tx } from "@/db/access";
import { database } from "@/db/pool";
import { executionSteps } from "@/db/schema/ai";
import { newId } from "@/lib/ids";
import { withTestDatabase } from "@/lib/testing/database";
import { rowsRead } from "@/lib/testing/rows-read";
import { makeTenant, type TestTenant } from "@/lib/testing/scopes";
import { changedStepsQuery, runEvents } from "./events";
import { WINDOW_ROWS } from "./input";
import { getRun } from "./run-queries";
import { listParts, listSteps, stepWindowQuery } from "./step-windows";
import { nextRevision } from "./store";
import { chain, publishGraph, seedRunPrices, transformNode } from "./testing";
import { findTrace } from "./trace-queries";
import { analyzeRuns, plantRun } from "./trace-testing";

withTestDatabase();
vi.setConfig({ testTimeout: 120_000 });

const LONG = 5_000;

let tenant: TestTenant;
let workflowId: string;
beforeAll(() => seedRunPrices());
beforeEach(async () => {
  tenant = await makeTenant();
  workflowId = await publishGraph(tenant.admin, "Long", chain([transformNode("n1", { text: "x" })], "x"));
});

/** What a process is given by the database while it works. */
async function givenBy(work: () => Promise<unknown>): Promise<{ statements: number; rows: number }> {
  const asked = vi.spyOn(Client.prototype, "query");
  try {
    await work();
    const answers: unknown[] = await Promise.all(asked.mock.results.map(({ value }) => value));
    const rows = answers.map((answer) => (answer as QueryResult | undefined)?.rows?.length ?? 0);
    return { statements: rows.length, rows: rows.reduce((sum, count) => sum + count, 0) };
  } finally {
    asked.mockRestore();
  }
}

describe("a run of 5,000 steps", () => {
  it("opens with one window of them, its figures and the step that was asked for", async () => {
    const executionId = await plantRun(tenant, workflowId, LONG);
    await analyzeRuns();
    const opened = await findTrace(tenant.member, executionId);
    expect(opened).toMatchObject({
      counts: { completed: LONG },
      costMicros: String(LONG * 100),
      planned: [],
    });
    expect(opened?.windows.map(({ offset, steps }) => [offset, steps.length])).toEqual([
      [0, WINDOW_ROWS],
      [LONG - WINDOW_ROWS, WINDOW_ROWS],
    ]);
    expect(opened?.windows[0]?.steps[7]).toMatchObject({ name: "Step 7", costMicros: "100" });
    expect(opened?.selection).toMatchObject({ index: LONG - 1, path: [] });
    const middle = await listSteps(tenant.member, { executionId, offset: 2_400 });
    expect(middle.steps.map((step) => step.name)).toEqual(
      Array.from({ length: WINDOW_ROWS }, (_, index) => `Step ${2_400 + index}`),
    );
    const asked = await findTrace(tenant.member, executionId, { step: middle.steps[30]?.id });
    expect(asked?.selection?.index).toBe(2_430);
    expect(asked?.windows.map((window) => window.offset)).toEqual([0, 2_400]);
  });

  it("reads a window and the changed steps, not the run", async () => {
    const executionId = await plantRun(tenant, workflowId, LONG);
    await analyzeRuns();
    const revision = (await findTrace(tenant.member, executionId))?.revision ?? 0;
    const scope = tenant.admin;
    expect(await rowsRead(scope, "execution_steps", (tx) => stepWindowQuery(tx, scope, executionId, 0))).toBe(
      WINDOW_ROWS,
    );
    expect(
      await rowsRead(scope, "execution_steps", (tx) =>
        changedStepsQuery(tx, scope, executionId, revision - 10),
      ),
    ).toBe(10);
    const short = await plantRun(tenant, workflowId, LONG / 5);
    const given = await givenBy(() => findTrace(tenant.member, executionId, { node: "n3" }));
    expect(given.rows).toBeGreaterThan(2 * WINDOW_ROWS);
    expect(given).toEqual(await givenBy(() => findTrace(tenant.member, short, { node: "n3" })));
  });
});

describe("runs inside a run", () => {
  const stepOf = async (executionId: string, index: number) =>
    (await listSteps(tenant.member, { executionId, offset: 0 })).steps[index];

  async function plantTree() {
    const rootId = await plantRun(tenant, workflowId, 3, { kind: "map" });
    const map = await stepOf(rootId, 1);
    if (!map) throw new Error("no step");
    const items: string[] = [];
    for (let itemIndex = 0; itemIndex < 120; itemIndex += 1) {
      const part = {
        parentExecutionId: rootId,
        parentStepId: map.id,
        rootExecutionId: rootId,
        depth: 1,
        itemIndex,
        bodyNodeId: map.nodeId,
        trigger: "workflow",
        ...(itemIndex === 110 ? { errorMessage: "It broke." } : {}),
      };
      const status = itemIndex === 110 ? "failed" : "completed";
      items.push(await plantRun(tenant, workflowId, 2, { part, status, kind: "workflow" }));
    }
    const called = await stepOf(items[110] ?? "", 1);
    const part = {
      parentExecutionId: items[110],
      parentStepId: called?.id,
      rootExecutionId: rootId,
      depth: 2,
      itemIndex: 0,
    };
    const innermost = await plantRun(tenant, workflowId, 4, { part });
    return { rootId, map, items, innermost };
  }

  it("are counted, paged and added up, each where it belongs", async () => {
    const { rootId, map, items, innermost } = await plantTree();
    const opened = await findTrace(tenant.member, rootId);
    expect(opened?.costMicros).toBe(String((3 + 240 + 4) * 100));
    expect((await getRun(tenant.member, rootId)).costMicros).toBe(opened?.costMicros);
    const row = opened?.windows[0]?.steps.find((step) => step.id === map.id);
    expect(row).toMatchObject({
      parts: { completed: 119, failed: 1 },
      costMicros: String((1 + 240 + 4) * 100),
    });
    const second = await listParts(tenant.member, {
      executionId: rootId,
      stepId: map.id,
      offset: WINDOW_ROWS,
    });
    expect(second.parts).toHaveLength(20);
    expect(second.parts[10]).toMatchObject({
      id: items[110],
      itemIndex: 110,
      status: "failed",
      errorMessage: "It broke.",
      costMicros: "600",
    });
    const inner = await findTrace(tenant.member, innermost);
    expect(inner?.ancestors.map(({ executionId, itemIndex }) => [executionId, itemIndex])).toEqual([
      [rootId, 110],
      [items[110], null],
    ]);
    const part = await findTrace(tenant.member, items[110] ?? "");
    expect(part).toMatchObject({ costMicros: "600", itemIndex: 110 });
  });

  it("lead down to a step that the address of the whole run names", async () => {
    const { rootId, items, innermost } = await plantTree();
    const step = await stepOf(innermost, 2);
    const { selection } = (await findTrace(tenant.member, rootId, { step: step?.id })) ?? {};
    expect(selection).toMatchObject({ executionId: innermost, index: 2 });
    expect(selection?.path).toMatchObject([
      { stepIndex: 1, executionId: items[110], index: 110 },
      { stepIndex: 1, executionId: innermost, index: 0 },
    ]);
    const elsewhere = await plantRun(tenant, workflowId, 1);
    const other = await findTrace(tenant.member, elsewhere, { step: step?.id });
    expect(other?.selection?.executionId).toBe(elsewhere);
  });

  it("show what a run waits for, or was stopped at, before what came of the rest", async () => {
    const { pool } = await database();
    const shown = async (state: { status: string; kind: string }) => {
      const runId = await plantRun(tenant, workflowId, 5);
      await pool.query(
        "update execution_steps set status = $2, kind = $3 where execution_id = $1 and node_id = 'n2'",
        [runId, state.status, state.kind],
      );
      return (await findTrace(tenant.member, runId))?.selection?.index;
    };
    expect(await shown({ status: "waiting", kind: "approval" })).toBe(2);
    expect(await shown({ status: "cancelled", kind: "llm" })).toBe(2);
    expect(await shown({ status: "completed", kind: "llm" })).toBe(4);
    // A map moves all the time, with its parts.
    expect(await shown({ status: "waiting", kind: "map" })).toBe(4);
  });

  it("are nothing to another tenant", async () => {
    const { rootId, map } = await plantTree();
    const { admin } = await makeTenant();
    expect(await findTrace(admin, rootId)).toBeNull();
    await expect(listSteps(admin, { executionId: rootId, offset: 0 })).rejects.toMatchObject({
      code: "not_found",
    });
    await expect(listParts(admin, { executionId: rootId, stepId: map.id, offset: 0 })).rejects.toMatchObject({
      code: "not_found",
    });
  });
});

describe("a live view", () => {
  it("is told each change once, also one whose transaction ends after a later one", async () => {
    const executionId = await plantRun(tenant, workflowId, 1_200, { status: "running" });
    const after = (await findTrace(tenant.member, executionId))?.revision ?? 0;
    const { steps } = await listSteps(tenant.member, { executionId, offset: 0 });
    const touch = (tx: Tx, stepId: string | undefined, revision = nextRevision) =>
      tx
        .update(executionSteps)
        .set({ revision: sql`${revision}`, branch: "touched" })
        .where(and(eq(executionSteps.tenantId, tenant.tenantId), eq(executionSteps.id, stepId ?? newId())));
    const stop = new AbortController();
    const events = runEvents(tenant.member, executionId, { after, signal: stop.signal });
    const told: (string | undefined)[] = [];
    const until = async (stepId: string | undefined) => {
      for (let next = await events.next(); !next.done; next = await events.next()) {
        const changed = next.value?.steps.filter((step) => step.branch === "touched") ?? [];
        told.push(...changed.map((step) => step.id));
        if (told.includes(stepId)) return;
      }
    };
    const early = await asWorker(tenant.job, async (tx) => {
      const { rows } = await tx.execute<{ revision: string }>(sql`select ${nextRevision} as revision`);
      return rows[0]?.revision;
    });
    await asWorker(tenant.job, (tx) => touch(tx, steps[0]?.id));
    await until(steps[0]?.id);
    await asWorker(tenant.job, (tx) => touch(tx, steps[1]?.id, sql`${early}::bigint`));
    await until(steps[1]?.id);
    expect(told).toEqual([steps[0]?.id, steps[1]?.id]);
    stop.abort();
    await events.return(null);
  });

  it("sends a long run whole, in messages of a bounded size, and ends", async () => {
    const executionId = await plantRun(tenant, workflowId, 1_200);
    const seen = new Set<string>();
    const sizes: number[] = [];
    for await (const message of runEvents(tenant.member, executionId, {
      signal: AbortSignal.timeout(60_000),
    })) {
      for (const step of message?.steps ?? []) seen.add(step.id);
      sizes.push(message?.steps.length ?? 0);
    }
    expect([seen.size, Math.max(...sizes)]).toEqual([1_200, 500]);
  });
});
