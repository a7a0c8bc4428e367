import { and, eq, isNull } from "drizzle-orm";
import { beforeAll, beforeEach, describe, expect, it } from "vitest";
import { asTenant } from "@/db/access";
import { apiKeys } from "@/db/schema/auth";
import { listApiKeys } from "@/lib/api-keys/queries";
import type { ApiScope } from "@/lib/auth/permissions";
import { newId } from "@/lib/ids";
import { getBatch, listRecentBatches } from "@/lib/runs/batch-queries";
import { workOnBatch } from "@/lib/runs/batch-work";
import { startRun } from "@/lib/runs/commands/start";
import { listRuns } from "@/lib/runs/queries";
import { chain, publishGraph, seedRunPrices, transformNode } from "@/lib/runs/testing";
import { withTestDatabase } from "@/lib/testing/database";
import { makeTenant, type TestTenant } from "@/lib/testing/scopes";
import { type CallOptions, call, makeKey } from "./testing";

withTestDatabase();

let tenant: TestTenant;
let key: string;
let workflowId: string;
let runs: string[];
beforeAll(() => seedRunPrices());
beforeEach(async () => {
  tenant = await makeTenant();
  key = await makeKey(tenant);
  const graph = chain([transformNode("t", { text: "x" })], "{{ t.text }}");
  workflowId = await publishGraph(tenant.admin, "Echo", graph);
  runs = [];
  for (const text of ["a", "b", "c"]) {
    const asked = { workflowId, useDraft: false, input: { text } };
    runs.push((await startRun(tenant.admin, asked)).executionId);
  }
});

const BATCHES = "/executions/batches";

async function answer(method: string, path: string, options: CallOptions = {}) {
  const response = await call(method, `${BATCHES}${path}`, { key, ...options });
  return { status: response.status, headers: response.headers, body: await response.json() };
}

const work = (batchId: string) => workOnBatch(tenant.job, batchId, { budgetMs: 60_000 });
const revokeKeys = () =>
  asTenant(tenant.admin, (tx) =>
    tx.update(apiKeys).set({ revokedAt: new Date() }).where(isNull(apiKeys.revokedAt)),
  );

describe("many executions over the API", () => {
  it("are replayed in the name of the key, once for an Idempotency-Key, and each leads to its new one", async () => {
    const request = { json: { filter: { workflowId } }, headers: { "idempotency-key": "nightly" } };
    const begun = await answer("POST", "/replay", request);
    expect(begun.status).toBe(201);
    const { id } = begun.body;
    const url = `/api/v1/executions/batches/${id}`;
    expect(begun.body).toEqual({ id, total: 3, url });
    expect(begun.headers.get("location")).toBe(url);
    const again = await answer("POST", "/replay", request);
    expect([again.status, again.body]).toEqual([200, begun.body]);
    expect(again.headers.get("idempotency-replayed")).toBe("true");
    const other = await answer("POST", "/replay", { ...request, json: { filter: {} } });
    expect([other.status, other.body.reason]).toEqual([409, "idempotency_key_reused"]);

    expect((await listRecentBatches(tenant.member)).map((batch) => batch.id)).toEqual([id]);
    const toGo = {
      id,
      verb: "replay",
      status: "running",
      total: 3,
      done: 0,
      refused: 0,
      left: 3,
      endedAt: null,
    };
    expect((await answer("GET", `/${id}`)).body).toMatchObject(toGo);
    expect(await work(id)).toBeNull();
    const ended = { status: "completed", done: 3, left: 0, note: null, endedAt: expect.any(String) };
    expect((await answer("GET", `/${id}`)).body).toMatchObject(ended);
    const made = (await listRuns(tenant.admin, {})).items.filter((run) => run.mode === "replay");
    expect(made.map((run) => run.trigger)).toEqual(["api", "api", "api"]);
    const first = (await answer("GET", `/${id}/items?limit=2`)).body;
    const rest = (await answer("GET", `/${id}/items?limit=2&cursor=${first.nextCursor}`)).body;
    const newOf = new Map(made.map((run) => [run.sourceExecutionId, run.id]));
    expect([...first.data, ...rest.data]).toEqual(
      runs.map((run) => ({
        id: run,
        outcome: "done",
        startedId: newOf.get(run),
        startedStatus: "pending",
        message: null,
      })),
    );
    expect(rest.nextCursor).toBeNull();
    expect((await getBatch(tenant.admin, id)).apiKeyName).toBe("Test");
    expect(await listRecentBatches(tenant.admin)).toEqual([]);
  });

  it("are cancelled by their ids, and what is refused of them is said of each", async () => {
    const [one = "", two = ""] = runs;
    await call("POST", `/executions/${one}/cancel`, { key });
    const { body } = await answer("POST", "/resume", { json: { ids: [one, two, one.toUpperCase()] } });
    expect(body.total).toBe(2);
    await work(body.id);
    const { data } = (await answer("GET", `/${body.id}/items?outcome=refused`)).body;
    expect(data).toMatchObject([{ id: two, startedId: null, message: expect.stringContaining("still") }]);
    const missing = await answer("POST", "/cancel", { json: { ids: [one, newId()] } });
    expect([missing.status, missing.body.detail]).toEqual([404, expect.stringContaining("There is no run")]);
    const stranger = await makeKey(await makeTenant());
    expect((await answer("POST", "/cancel", { key: stranger, json: { ids: runs } })).status).toBe(404);
  });

  it("are resumed at once, and it is said when an earlier call with the same key has done it", async () => {
    const [one = "", two = "", three = ""] = runs;
    for (const id of runs) await call("POST", `/executions/${id}/cancel`, { key });
    const resume = async (ids: readonly string[], headers: Record<string, string>) => {
      const response = await call("POST", "/executions/bulk/resume", { key, json: { ids }, headers });
      const isReplay = response.headers.get("idempotency-replayed");
      return { isReplay, results: (await response.json()).results };
    };
    const named = { "idempotency-key": "once" };
    const first = await resume([one, two], named);
    expect(first).toMatchObject({ isReplay: null, results: [{ ok: true }, { ok: true }] });
    expect(await resume([one, two], named)).toEqual({ isReplay: "true", results: first.results });
    const inCapitals = await resume([one.toUpperCase(), one, two], named);
    expect(inCapitals).toEqual({ isReplay: "true", results: first.results });
    const more = await resume([one, three], named);
    expect(more).toMatchObject({ isReplay: null, results: [first.results[0], { ok: true }] });
    expect(await resume([one], {})).toMatchObject({ isReplay: null, results: [{ ok: false }] });
  });

  it("are chosen by a filter or by ids, and there is something to do", async () => {
    for (const json of [{}, { filter: {}, ids: runs }, { ids: [] }, { filter: { color: "red" } }])
      expect([json, (await answer("POST", "/cancel", { json })).status]).toEqual([json, 422]);
    const nothing = await answer("POST", "/resume", { json: { filter: { status: "failed" } } });
    expect([nothing.status, nothing.body.reason]).toEqual([412, "nothing_to_do"]);
  });

  it("are left alone once it is stopped, or its key does not work any more", async () => {
    const stopped = (await answer("POST", "/cancel", { json: { filter: {} } })).body;
    const stop = await answer("POST", `/${stopped.id}/stop`);
    expect([stop.status, stop.body]).toEqual([200, { id: stopped.id, status: "stopped" }]);
    expect(await work(stopped.id)).toBeNull();
    const begun = (await answer("POST", "/cancel", { json: { ids: runs } })).body;
    await revokeKeys();
    expect(await work(begun.id)).toBeNull();
    expect(await getBatch(tenant.admin, begun.id)).toMatchObject({
      status: "stopped",
      note: "The API key that asked for it was revoked, has expired, or was made by somebody who is no admin any more.",
      left: 3,
    });
    expect((await listRuns(tenant.admin, { status: "cancelled" })).items).toEqual([]);
  });

  it("are replayed by a key that may not read runs, and with what it may do by then", async () => {
    const scopes: ApiScope[] = ["executions:run"];
    const runsOnly = await makeKey(tenant, scopes);
    const { status, body } = await answer("POST", "/replay", { key: runsOnly, json: { ids: runs } });
    expect(status).toBe(201);
    expect((await answer("GET", `/${body.id}`, { key: runsOnly })).status).toBe(403);
    await work(body.id);
    expect(await getBatch(tenant.admin, body.id)).toMatchObject({ status: "completed", done: 3 });
    const later = (await answer("POST", "/replay", { key: runsOnly, json: { ids: runs } })).body;
    const [newest] = await listApiKeys(tenant.admin, new Date());
    await asTenant(tenant.admin, (tx) =>
      tx
        .update(apiKeys)
        .set({ scopes: [] })
        .where(and(eq(apiKeys.tenantId, tenant.tenantId), eq(apiKeys.id, newest?.id ?? ""))),
    );
    await work(later.id);
    const { refusals } = await getBatch(tenant.admin, later.id);
    expect(refusals).toMatchObject([{ message: "This API key lacks the scope executions:run.", count: 3 }]);
  });
});
