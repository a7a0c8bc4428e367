import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { embedded, startEmbedded } from "@/inngest/embedded";
import { handler } from "@/inngest/serve";
import { createAgent } from "@/lib/agents/commands";
import { createAgentInput } from "@/lib/agents/input";
import { OPERATIONS } from "@/lib/api/catalogue";
import { openApiDocument } from "@/lib/api/openapi";
import { pdfOf } from "@/lib/knowledge/parse/fixtures/pdf";
import { seedEmbeddingModel } from "@/lib/knowledge/testing";
import { parseMicros } from "@/lib/money";
import { chain, publishGraph, seedRunPrices, TEST_MODEL, transformNode } from "@/lib/runs/testing";
import { withTestDatabase } from "@/lib/testing/database";
import { plantRows } from "@/lib/testing/rows";
import { makeTenant } from "@/lib/testing/scopes";
import { type CallOptions, call, makeKey } from "./testing";

withTestDatabase();
beforeAll(async () => {
  await startEmbedded(handler);
  await seedRunPrices();
  await seedEmbeddingModel();
});
afterAll(() => embedded().engine.stop(2_000));

// What a program sees is JSON of unknown shape; the assertions say which.
type Seen = Record<string, unknown> & { id: string };

async function json(method: string, path: string, options: CallOptions, status: number): Promise<Seen> {
  const response = await call(method, path, options);
  const body = (await response.json()) as Seen;
  expect([response.status, body]).toEqual([status, body]);
  expect(response.headers.get("x-request-id")).toBeTruthy();
  return body;
}

const PAGES = [
  { title: "Opening hours", paragraphs: ["The office is open from eight to five."] },
  { title: "Late deliveries", paragraphs: ["A delivery four hours late is credited with 5 euros."] },
];

function form(bytes: Uint8Array<ArrayBuffer>, name: string): FormData {
  const made = new FormData();
  made.set("file", new File([bytes], name));
  return made;
}

async function messagesOf(response: Response) {
  const text = await response.text();
  return text.split("\n\n").flatMap((block) => {
    const id = /^id: (\d+)$/m.exec(block)?.[1];
    const data = /^data: (.*)$/m.exec(block)?.[1];
    return id && data ? [{ id, data: JSON.parse(data) }] : [];
  });
}

describe("the main job with nothing but a key", () => {
  it("uploads a PDF, waits, and finds the passage with its page", async () => {
    const key = await makeKey(await makeTenant());
    const pdf = new Uint8Array(await pdfOf(PAGES));
    const uploaded = await json("POST", "/documents", { key, body: form(pdf, "hours.pdf") }, 201);
    expect(uploaded).toMatchObject({ duplicate: false, document: { filename: "hours.pdf", format: "pdf" } });
    const { id } = uploaded.document as Seen;
    const ready = await json("GET", `/documents/${id}?wait=30`, { key }, 200);
    expect(ready).toMatchObject({ status: "completed", pageCount: 2, progressPercent: 100, error: null });

    const again = { key, body: pdf, headers: { "x-filename": "Gr%C3%B6%C3%9Fe.pdf" } };
    expect(await json("POST", "/documents", again, 200)).toMatchObject({
      duplicate: true,
      document: { id, filename: "hours.pdf" },
    });
    const search = { query: "How much is credited for a late delivery?", topK: 1 };
    const { data } = await json("POST", "/documents/search", { key, json: search }, 200);
    expect(data).toMatchObject([
      { documentId: id, filename: "hours.pdf", page: 2, score: expect.any(Number) },
    ]);
    expect((await json("GET", "/documents?limit=1", { key }, 200)).data).toMatchObject([{ id }]);

    expect((await call("DELETE", `/documents/${id}`, { key })).status).toBe(204);
    await json("GET", `/documents/${id}`, { key }, 404);
  });

  it("runs an agent once for one key, and its costs add up in steps, run and usage", async () => {
    const tenant = await makeTenant();
    const key = await makeKey(tenant);
    const made = await createAgent(
      tenant.admin,
      createAgentInput.parse({ name: "Ana", role: "Be brief.", llmConfig: { modelKey: TEST_MODEL } }),
    );
    expect((await json("GET", "/agents", { key }, 200)).data).toMatchObject([{ id: made.id, name: "Ana" }]);
    expect(await json("GET", `/agents/${made.id}`, { key }, 200)).toMatchObject({ role: "Be brief." });

    const path = `/agents/${made.id}/runs?wait=30`;
    const asked = {
      key,
      json: { prompt: "What is durable execution?" },
      headers: { "idempotency-key": "a-1" },
    };
    const run = await json("POST", path, asked, 200);
    expect(run).toMatchObject({ status: "completed", result: { text: expect.any(String) }, error: null });
    const replay = await call("POST", path, asked);
    expect([replay.status, replay.headers.get("idempotency-replayed")]).toEqual([200, "true"]);
    expect(await replay.json()).toEqual(run);
    const other = await json("POST", path, { ...asked, json: { prompt: "Another" } }, 409);
    expect(other).toMatchObject({ code: "conflict", reason: "idempotency_key_reused" });
    expect((await json("GET", `/executions?agentId=${made.id}`, { key }, 200)).data).toHaveLength(1);

    const seen = await json("GET", `/executions/${run.id}`, { key }, 200);
    const [step] = seen.steps as { nodeId: string; tokens: unknown; cost: unknown }[];
    expect(step).toMatchObject({ kind: "agent", status: "completed", attempt: 1, tokens: seen.tokens });
    expect(step?.cost).toEqual(seen.cost);
    const detail = await json("GET", `/executions/${run.id}/steps/${step?.nodeId}`, { key }, 200);
    const { properties } = openApiDocument(OPERATIONS, "http://localhost").components.schemas.ModelCall ?? {};
    const [asking] = detail.modelCalls as { status: string }[];
    expect(properties?.status?.enum).toContain(asking?.status);
    const charges = detail.charges as { cost: { amount: string } }[];
    const sum = charges.reduce((total, charge) => total + (parseMicros(charge.cost.amount) ?? 0n), 0n);
    const { amount } = seen.cost as { amount: string };
    expect([sum > 0n, sum]).toEqual([true, parseMicros(amount)]);
    const usage = await json("GET", "/usage?by=model", { key }, 200);
    expect(usage).toMatchObject({ total: { amount, currency: "USD" }, runs: 1, data: [{ key: TEST_MODEL }] });
  });

  it("runs a workflow, follows it to its end, and resumes the stream where it was left", async () => {
    const tenant = await makeTenant();
    const key = await makeKey(tenant);
    const graph = chain([transformNode("shout", { text: "{{ input.text | upcase }}" })], "{{ shout.text }}");
    const workflowId = await publishGraph(tenant.admin, "Shout", graph);
    const workflow = await json("GET", `/workflows/${workflowId}`, { key }, 200);
    expect(workflow).toMatchObject({
      publishedVersion: 1,
      inputFields: [{ key: "text", required: true }],
      inputSchema: { required: ["text"] },
    });
    const path = `/workflows/${workflowId}/runs`;
    expect(await json("POST", path, { key, json: { input: { other: 1 } } }, 422)).toMatchObject({
      fields: { "input.other": [expect.any(String)], "input.text": [expect.any(String)] },
    });
    const hidden = JSON.parse('{"input": {"text": "hello", "__proto__": "lost"}}');
    expect(await json("POST", path, { key, json: hidden }, 422)).toMatchObject({
      fields: { "input.__proto__": [expect.stringContaining("__proto__")] },
    });
    const started = await call("POST", path, { key, json: { input: { text: "hello" } } });
    const { id, url } = (await started.json()) as Seen;
    expect([started.status, started.headers.get("location")]).toEqual([202, url]);

    const messages = await messagesOf(await call("GET", `/executions/${id}/stream`, { key }));
    const last = messages.at(-1);
    const ended = { status: "completed", result: { result: "HELLO" } };
    expect(last?.data.execution).toMatchObject({ id, ...ended, cost: { amount: "0.000300" } });
    const nodes = new Set(messages.flatMap(({ data }) => data.steps.map((step: Seen) => step.nodeId)));
    expect(nodes).toEqual(new Set(["input", "shout", "output"]));
    const resumed = await call("GET", `/executions/${id}/stream`, {
      key,
      headers: { "last-event-id": String(Number(last?.id) + 1_000) },
    });
    expect(await messagesOf(resumed)).toMatchObject([{ data: { execution: ended, steps: [] } }]);
    expect(await json("GET", `/executions/${id}?wait=5`, { key }, 200)).toMatchObject({
      result: { result: "HELLO" },
      steps: [{ nodeId: "input" }, { nodeId: "shout" }, { nodeId: "output" }],
    });
    expect(await json("POST", `/executions/${id}/cancel`, { key }, 200)).toEqual({ id, status: "completed" });
    expect((await json("GET", "/workflows", { key }, 200)).data).toMatchObject([{ lastRun: { id } }]);
  });

  it("answers a start at once, with the result, or with what happens, as it is asked to", async () => {
    const tenant = await makeTenant();
    const key = await makeKey(tenant);
    const graph = chain([transformNode("shout", { text: "{{ input.text | upcase }}" })], "{{ shout.text }}");
    const path = `/workflows/${await publishGraph(tenant.admin, "Modes", graph)}/runs`;
    const body = { key, json: { input: { text: "hello" } } };
    const done = { status: "completed", result: { result: "HELLO" } };
    expect(await json("POST", `${path}?mode=sync`, body, 200)).toMatchObject(done);
    const preferred = await call("POST", path, { ...body, headers: { prefer: "wait=60" } });
    expect([preferred.status, preferred.headers.get("preference-applied")]).toEqual([200, "wait=60"]);
    expect(await json("POST", `${path}?mode=async`, body, 202)).toMatchObject(done);
    await json("POST", `${path}?wait=121`, body, 422);
    await json("POST", `${path}?mode=stream&wait=5`, body, 422);
    expect(await json("POST", `${path}?mode=stream`, { key, json: { input: {} } }, 422)).toMatchObject({
      fields: { "input.text": [expect.any(String)] },
    });
    const headers = { "idempotency-key": "stream-1" };
    const stream = () => call("POST", `${path}?mode=stream`, { ...body, headers });
    const first = await stream();
    expect(first.headers.get("content-type")).toMatch(/^text\/event-stream/);
    const last = (await messagesOf(first)).at(-1)?.data;
    expect(last.execution).toMatchObject(done);
    expect(first.headers.get("location")).toBe(`/api/v1/executions/${last.execution.id}`);
    const again = await stream();
    expect(again.headers.get("idempotency-replayed")).toBe("true");
    expect((await messagesOf(again)).at(-1)?.data.execution.id).toBe(last.execution.id);
    const at = { ...body, headers: { "idempotency-key": "async-1" } };
    const { id } = await json("POST", path, at, 202);
    const replay = await call("POST", path, at);
    expect([replay.status, replay.headers.get("idempotency-replayed")]).toEqual([202, "true"]);
    expect(await replay.json()).toMatchObject({ id, ...done });
    const blind = await makeKey(tenant, ["workflows:run"]);
    await json("POST", `${path}?mode=sync`, { ...body, key: blind }, 403);
  });

  it("lists invoices, shows one with its lines, and gives its PDF", async () => {
    const tenant = await makeTenant();
    await plantRows(tenant, null);
    const key = await makeKey(tenant);
    const { data } = await json("GET", "/invoices", { key }, 200);
    const [first] = data as Seen[];
    const invoice = await json("GET", `/invoices/${first?.id}`, { key }, 200);
    expect(invoice).toMatchObject({
      total: { amount: "1.000000", currency: "USD" },
      lines: [{ amount: { amount: "1.000000" }, charged: { amount: "1.000000" } }],
    });
    const pdf = await call("GET", `/invoices/${first?.id}/pdf`, { key });
    expect(pdf.headers.get("content-type")).toBe("application/pdf");
    expect((await pdf.text()).startsWith("%PDF-")).toBe(true);
  });
});
