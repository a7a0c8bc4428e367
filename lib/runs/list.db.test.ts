import { eq, sql } from "drizzle-orm";
import { beforeAll, beforeEach, describe, expect, it, vi } from "vitest";
import { asWorker } from "@/db/access";
import { executionSteps, executions } from "@/db/schema/ai";
import { newId } from "@/lib/ids";
import { withTestDatabase } from "@/lib/testing/database";
import { makeTenant, type TestTenant } from "@/lib/testing/scopes";
import { cancelRuns, replayRuns, resumeRuns } from "./commands/bulk";
import { startRun } from "./commands/start";
import { executeNode } from "./execute-node";
import { finishRun } from "./finish";
import { everyRun, listRuns } from "./queries";
import { chain, publishGraph, readRun, seedRunPrices, transformNode } from "./testing";

withTestDatabase();
vi.setConfig({ testTimeout: 90_000 });

let tenant: TestTenant;
let workflowId: string;
beforeAll(() => seedRunPrices());
beforeEach(async () => {
  tenant = await makeTenant();
  workflowId = await publishGraph(
    tenant.admin,
    "Echo",
    chain([transformNode("t", { text: "x" })], "{{ t.text }}"),
  );
});

async function start(text: string, nodes: readonly string[] = []): Promise<string> {
  const asked = { workflowId, useDraft: false, input: { text } };
  const { executionId } = await startRun(tenant.admin, asked);
  for (const nodeId of nodes) await executeNode(tenant.job, { executionId, nodeId });
  return executionId;
}

const change = (executionId: string, set: Record<string, unknown>) =>
  asWorker(tenant.job, (tx) => tx.update(executions).set(set).where(eq(executions.id, executionId)));

const idsOf = async (filter: Parameters<typeof listRuns>[1]) =>
  (await listRuns(tenant.admin, filter)).items.map((run) => run.id);

describe("the list of runs", () => {
  it("narrows by person, day, cost and text, and lists no parts but counts what they cost", async () => {
    const [one, two] = [await start('say "hello"'), await start("b", ["input", "t"])];
    await asWorker(tenant.job, async (tx) => {
      const [part] = await tx
        .insert(executions)
        .values({ id: newId(), tenantId: tenant.admin.tenantId, workflowId, rootExecutionId: one, depth: 1 })
        .returning({ id: executions.id });
      await tx.execute(
        sql`insert into ledger_entries select (jsonb_populate_record(null::ledger_entries, to_jsonb(l) || jsonb_build_object('id', ${newId()}::text, 'execution_id', ${part?.id ?? ""}::text, 'step_id', null, 'idempotency_key', 'part'))).* from ledger_entries l where l.execution_id = ${two} limit 1`,
      );
    });
    const { items } = await listRuns(tenant.admin);
    expect(items.map((run) => [run.id, run.costMicros])).toEqual([
      [two, "200"],
      [one, "100"],
    ]);
    expect(await idsOf({ minCost: "0.0002" })).toEqual([two]);
    expect(await idsOf({ maxCost: "0.0001" })).toEqual([one]);
    expect(await idsOf({ minCost: ".0002", maxCost: ".5" })).toEqual([two]);
    expect(await idsOf({ q: 'y "hel' })).toEqual([one]);
    expect(await idsOf({ q: "echo" })).toEqual([two, one]);
    expect(await idsOf({ q: "echo", minCost: "0.00015" })).toEqual([two]);
    await change(one, {
      createdAt: new Date("2026-01-10T23:00:00Z"),
      startedBy: null,
      errorMessage: "It broke",
    });
    expect(await idsOf({ q: "it BROKE" })).toEqual([one]);
    expect(await idsOf({ to: "2026-01-10" })).toEqual([one]);
    expect(await idsOf({ from: "2026-01-11" })).toEqual([two]);
    expect(await idsOf({ from: "2026-01-10", to: "2026-01-10" })).toEqual([one]);
    const { actor } = tenant.admin;
    expect(await idsOf({ startedBy: actor.kind === "user" ? actor.userId : "" })).toEqual([two]);
  });

  it("looks also into what steps gave or why they failed, in a run's parts too", async () => {
    const graph = chain([transformNode("t", { text: "zebra {{ input.text }}" })], "done");
    workflowId = await publishGraph(tenant.admin, "Steps", graph);
    const [one, two, three] = [
      await start("a", ["input", "t"]),
      await start("b"),
      await start("c", ["input"]),
    ];
    await asWorker(tenant.job, async (tx) => {
      const part = { id: newId(), tenantId: tenant.admin.tenantId, workflowId };
      await tx.insert(executions).values({ ...part, rootExecutionId: two, depth: 1 });
      const step = { tenantId: part.tenantId, nodeId: "u", kind: "transform", name: "U" };
      await tx.insert(executionSteps).values([
        { ...step, id: newId(), executionId: part.id, status: "completed", output: { text: 'a "giraffe"' } },
        { ...step, id: newId(), executionId: three, status: "failed", errorMessage: "No okapi today." },
      ]);
    });
    expect(await idsOf({ q: "ZEBRA a" })).toEqual([one]);
    expect(await idsOf({ q: 'a "giraffe' })).toEqual([two]);
    expect(await idsOf({ q: "okapi" })).toEqual([three]);
    expect(await idsOf({ q: "zebra b" })).toEqual([]);
  });

  it("pages by time where a list ends in the past, and gives all of it to a file", async () => {
    const ids: string[] = [];
    for (const day of ["01", "02", "03"]) {
      const id = await start(day);
      await change(id, { createdAt: new Date(`2026-01-${day}T12:00:00Z`) });
      ids.unshift(id);
    }
    const first = await listRuns(tenant.admin, { to: "2026-01-03", limit: 2 });
    const second = await listRuns(tenant.admin, {
      to: "2026-01-03",
      limit: 2,
      cursor: first.nextCursor ?? "",
    });
    expect([...first.items, ...second.items].map((run) => run.id)).toEqual(ids);
    expect(second.nextCursor).toBeNull();
    const all: string[] = [];
    for await (const page of everyRun(tenant.admin, { q: "Echo" })) all.push(...page.map((run) => run.id));
    expect(all).toEqual(ids);
    const stranger = await makeTenant();
    expect((await listRuns(stranger.admin)).items).toEqual([]);
  });
});

describe("several runs at once", () => {
  it("stops, resumes and replays what can be, and says why the rest could not", async () => {
    const [live, done] = [await start("a", ["input"]), await start("b", ["input", "t", "output"])];
    await finishRun(tenant.job, done);
    const gone = newId();
    const input = { executionIds: [live, done, live, gone], idempotencyKey: "k" };
    expect((await cancelRuns(tenant.member, input)).results).toEqual([
      { executionId: live, ok: true, startedId: null },
      {
        executionId: done,
        ok: false,
        code: "precondition",
        message: "It had ended before it could be stopped.",
      },
      { executionId: gone, ok: false, code: "not_found", message: expect.any(String) },
    ]);
    const resumed = (await resumeRuns(tenant.member, input)).results;
    expect(resumed).toMatchObject([
      { executionId: live, ok: true, startedId: expect.any(String) },
      { executionId: done, ok: false, code: "precondition" },
      { executionId: gone, ok: false, code: "not_found" },
    ]);
    expect((await resumeRuns(tenant.member, input)).results).toEqual(resumed);
    // Chosen once more, by somebody else or another day, it is not done and billed once more.
    for (const idempotencyKey of [undefined, "another"])
      expect(
        (await resumeRuns(tenant.admin, { executionIds: [live], idempotencyKey })).results,
      ).toMatchObject([{ executionId: live, ok: false, code: "conflict" }]);
    const replayed = (await replayRuns(tenant.member, { executionIds: [done] })).results[0];
    const startedId = replayed?.ok ? replayed.startedId : null;
    expect((await readRun(tenant.job, startedId ?? "")).run).toMatchObject({
      mode: "replay",
      inputData: { text: "b" },
    });
    const stranger = await makeTenant();
    for (const verb of [cancelRuns, resumeRuns, replayRuns]) {
      await expect(verb(stranger.admin, { executionIds: [live, done] })).rejects.toMatchObject({
        code: "not_found",
      });
    }
  });
});
