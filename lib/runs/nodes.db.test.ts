import { eq } from "drizzle-orm";
import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from "vitest";
import { asWorker } from "@/db/access";
import { executionSteps } from "@/db/schema/ai";
import { json, raw } from "@/e2e/provider/replies";
import { addDocument, seedEmbeddingModel } from "@/lib/knowledge/testing";
import { withTestDatabase } from "@/lib/testing/database";
import { makeTenant, type TestTenant } from "@/lib/testing/scopes";
import { testNode } from "@/lib/workflows/graph-testing";
import { startRun } from "./commands/start";
import { executeNode } from "./execute-node";
import { getStep } from "./step-queries";
import { chain, publishGraph, readRun, seedRunPrices } from "./testing";

/** A service on this machine, and the setting that lets nodes reach it, before anything reads the settings. */
const service = await vi.hoisted(async () => {
  const { startProvider } = await import("@/e2e/provider/server");
  const started = await startProvider();
  process.env.OUTBOUND_ALLOW = started.host;
  return started;
});

withTestDatabase();

let tenant: TestTenant;
beforeAll(async () => {
  await seedRunPrices();
  await seedEmbeddingModel();
});
afterAll(() => service.close());
beforeEach(async () => {
  tenant = await makeTenant();
  service.reset();
});

const httpNode = (config: Record<string, unknown>) =>
  testNode("call", "http", {
    method: "GET",
    url: `http://${service.host}/items`,
    headers: [],
    body: "",
    allowedStatus: [],
    timeoutMs: 5_000,
    ...config,
  });

/** Starts a run with one node between input and output, and executes it. */
async function execute(node: ReturnType<typeof testNode>, text = "Hi") {
  const workflowId = await publishGraph(tenant.admin, `Flow ${node.id}`, chain([node], "done"));
  const { executionId } = await startRun(tenant.admin, { workflowId, useDraft: false, input: { text } });
  await executeNode(tenant.job, { executionId, nodeId: "input" });
  const again = () => executeNode(tenant.job, { executionId, nodeId: node.id });
  const reference = await again();
  const step = async () =>
    (await readRun(tenant.job, executionId)).steps.find((row) => row.nodeId === node.id);
  return { executionId, reference, again, step };
}

/** The wait before the next attempt is over. */
const pass = () =>
  asWorker(tenant.job, (tx) =>
    tx
      .update(executionSteps)
      .set({ leaseUntil: new Date(0) })
      .where(eq(executionSteps.nodeId, "call")),
  );

describe("an HTTP node", () => {
  it("sends what its templates say and reads JSON; credentials stay out of the trace", async () => {
    service.play(json(200, { id: 7 }));
    const { reference, step } = await execute(
      httpNode({
        method: "POST",
        body: '{"text":"{{ input.text }}"}',
        headers: [{ name: "Authorization", value: "Bearer {{ input.text }}" }],
      }),
      "hello",
    );
    expect(reference.status).toBe("completed");
    expect(service.requests).toMatchObject([{ method: "POST", text: '{"text":"hello"}' }]);
    expect(service.requests[0]?.headers).toMatchObject({
      authorization: "Bearer hello",
      "content-type": "application/json",
    });
    const stored = await step();
    expect(stored?.output).toMatchObject({ status: 200, body: { id: 7 } });
    expect(JSON.stringify(stored?.input)).not.toContain("Bearer");
  });

  it("says which header cannot hold what its template gave, and calls nobody", async () => {
    const headers = [{ name: "X-Customer", value: "{{ input.text }}" }];
    for (const [id, text] of [
      ["far", "Łukasz"],
      ["odd", "a\u0001b"],
    ] as const) {
      const { reference, step } = await execute(testNode(id, "http", httpNode({ headers }).config), text);
      expect(reference).toEqual({ status: "failed" });
      expect(await step()).toMatchObject({
        attempt: 1,
        errorCode: "template",
        errorMessage: expect.stringMatching(new RegExp(`^“${id}”, X-Customer: A header cannot hold `)),
      });
    }
    expect(service.requests).toEqual([]);
    service.play(json(200, {}));
    const { reference } = await execute(httpNode({ headers }), "José");
    expect(reference.status).toBe("completed");
    expect(service.requests[0]?.headers["x-customer"]).toBe("José");
  });

  it("asks again with the same idempotency key after a 503, and not after a 404", async () => {
    service.play(raw(503, "busy", { "retry-after": "1" }), raw(200, "ok"));
    const { reference, again, step } = await execute(httpNode({ method: "POST" }));
    expect(reference).toMatchObject({ status: "retry", afterMs: 1_000 });
    await pass();
    expect(await again()).toMatchObject({ status: "completed" });
    const keys = service.requests.map((request) => request.headers["idempotency-key"]);
    expect(keys[0]).toMatch(/^exec:/);
    expect(keys[1]).toBe(keys[0]);
    expect(await step()).toMatchObject({ attempt: 2, output: { body: "ok" } });

    service.play(raw(404, "nothing here"));
    const missing = await execute(testNode("other", "http", httpNode({}).config));
    expect(missing.reference).toEqual({ status: "failed" });
    expect(await missing.step()).toMatchObject({
      errorCode: "http_404",
      errorMessage: expect.stringContaining("nothing here"),
    });
  });

  it("sends again what it has sent, also where its template asks what time it is", async () => {
    service.play(json(503, {}), json(200, {}));
    const now = '{{ "now" | date: "%s.%L" }}';
    const node = httpNode({
      method: "POST",
      url: `http://${service.host}/items?at=${now}`,
      body: `{"at": "${now}"}`,
    });
    const { again } = await execute(node);
    await pass();
    expect(await again()).toMatchObject({ status: "completed" });
    const [first, second] = service.requests;
    expect(second).toMatchObject({ path: first?.path, body: first?.body });
  });

  it("keeps all digits of a long id that a service gives", async () => {
    service.play(raw(200, '{"id":1234567890123456789,"n":9007199254740991,"price":1.5}'));
    const { step } = await execute(httpNode({}));
    expect(await step()).toMatchObject({
      output: { body: { id: "1234567890123456789", n: Number.MAX_SAFE_INTEGER, price: 1.5 } },
    });
  });

  it("gives null for an answer that is JSON's null, and the text of one that is none", async () => {
    service.play(json(200, null), raw(200, ""));
    expect(await (await execute(httpNode({}))).step()).toMatchObject({ output: { body: null } });
    const silent = await execute(testNode("silent", "http", httpNode({}).config));
    expect(await silent.step()).toMatchObject({ output: { body: "" } });
  });

  it("fails with what a service said, also where the database cannot hold it as it is", async () => {
    service.play(raw(400, "no\u0000pe"));
    const { reference, step } = await execute(httpNode({}));
    expect(reference).toEqual({ status: "failed" });
    expect((await step())?.errorMessage).toContain("nope");
  });

  it("does not reach what is inside", async () => {
    const { reference, step } = await execute(httpNode({ url: "http://169.254.169.254/latest/meta-data" }));
    expect(reference).toEqual({ status: "failed" });
    expect((await step())?.errorCode).toMatch(/^(address|url)_/);
  });
});

it("a retrieve node gives numbered passages, cites them, and bills the question once", async () => {
  const document = await addDocument(
    tenant,
    "returns.md",
    "# Returns\n\nGoods can be returned within 30 days.",
  );
  const node = testNode("find", "retrieve", { query: "{{ input.text }}", topK: 3, documentIds: [] });
  const { executionId, reference, step } = await execute(node, "When can goods be returned?");
  expect(reference.status).toBe("completed");
  expect((await step())?.output).toMatchObject({
    count: 1,
    text: expect.stringMatching(/^\[1\] returns\.md/),
  });
  const detail = await getStep(tenant.member, { executionId, nodeId: "find" });
  expect(detail.citations).toMatchObject([{ number: 1, documentId: document.id, filename: "returns.md" }]);
  expect(detail.charges.map((charge) => charge.resourceType).toSorted()).toEqual([
    "embedding_tokens",
    "workflow_node",
  ]);
});
