import { createServer } from "node:http";
import { and, eq, inArray, sql } from "drizzle-orm";
import { asWorker } from "@/db/access";
import { executions } from "@/db/schema/ai";
import type { TenantScope } from "@/db/scope";
import { streamOf } from "@/e2e/provider/replies";
import { startRun } from "@/lib/runs/commands/start";
import { nextChange } from "@/lib/runs/live";
import { chain, llmNode, outputNode, transformNode } from "@/lib/runs/testing";
import type { Graph, GraphNode } from "@/lib/workflows/graph";
import { testEdge, testGraph, testNode } from "@/lib/workflows/graph-testing";

const PATIENCE_MS = 60_000;
/** How soon it is looked again whether runs have ended that other processes work on; ends of this process are told. */
const LOOK_MS = 250;

/** What is asked over the wire, by hand: a page, and a model. */
export type Asks = { readonly page: () => Promise<void>; readonly model: () => Promise<void> };

/** A server on loopback whose every answer takes so long: a service, and what is posted a model's. */
export async function withSlowServer<T>(
  delayMs: number,
  work: (url: string, asks: Asks) => Promise<T>,
): Promise<T> {
  const said = streamOf({ content: "Well." });
  const server = createServer((request, response) => {
    const [type, answer] =
      request.method === "POST" ? ["text/event-stream", said] : ["application/json", "{}"];
    request.resume();
    setTimeout(() => response.writeHead(200, { "content-type": type }).end(answer), delayMs);
  });
  // The port is known before: the operator opens loopback hosts by name.
  const url = `http://${process.env.OUTBOUND_ALLOW}/`;
  await new Promise<void>((resolve) => server.listen(Number(new URL(url).port), "127.0.0.1", resolve));
  const ask = async (to: string, request?: RequestInit) => {
    const answer = await fetch(to, request);
    await answer.text();
  };
  const asked = JSON.stringify({ stream: true, messages: [{ role: "user", content: "x" }] });
  const model = { method: "POST", headers: { "content-type": "application/json" }, body: asked };
  try {
    return await work(url, {
      page: () => ask(url),
      model: () => ask(new URL("v1/chat/completions", url).href, model),
    });
  } finally {
    server.closeAllConnections();
    server.close();
  }
}

/** Input, so many transforms one after the other, output. */
export function transformChain(steps: number): Graph {
  const middle = Array.from({ length: steps }, (_, index) =>
    transformNode(`t${index}`, { text: `{{ ${index === 0 ? "input" : `t${index - 1}`}.text }}.` }),
  );
  return chain(middle, `{{ t${steps - 1}.text }}`);
}

function callNode(id: string, url: string): GraphNode {
  const config = { method: "GET", url, headers: [], body: "", allowedStatus: [], timeoutMs: 5_000 };
  return testNode(id, "http", config);
}

/** Input, so many calls one after the other, output. */
export function callChain(calls: number, url: string): Graph {
  return chain(
    Array.from({ length: calls }, (_, index) => callNode(`c${index}`, url)),
    `{{ c${calls - 1}.status }}`,
  );
}

/** Input, so many calls of a model, each told what the one before it said, output. */
export function modelChain(calls: number, modelKey: string): Graph {
  const before = (index: number) => (index === 0 ? "input" : `m${index - 1}`);
  const nodes = Array.from({ length: calls }, (_, index) =>
    llmNode(`m${index}`, modelKey, `{{ ${before(index)}.text }}`),
  );
  return chain(nodes, `{{ ${before(calls)}.text }}`);
}

/** Input, the nodes all at once, output. */
function fan(nodes: readonly GraphNode[], result: string): Graph {
  const edges = nodes.flatMap(({ id }) => [testEdge("input", id), testEdge(id, "output")]);
  return testGraph([testNode("input", "input"), ...nodes, outputNode("output", { result })], edges);
}

export function callFan(calls: number, url: string): Graph {
  return fan(
    Array.from({ length: calls }, (_, index) => callNode(`c${index}`, url)),
    "{{ c0.status }}",
  );
}

/** Starts a run as every edge does, and gives its id. */
export async function startOne(scope: TenantScope, workflowId: string): Promise<string> {
  const run = await startRun(scope, { workflowId, input: { text: "x" }, useDraft: false });
  return run.executionId;
}

/** Starts so many runs, so many at once, and waits until all have ended. Gives the milliseconds from the first call to the last saved end. */
export async function throughProduct(
  scope: TenantScope,
  workflowId: string,
  { runs, atOnce }: { runs: number; atOnce: number },
): Promise<number> {
  const begin = performance.now();
  const ids: string[] = [];
  let left = runs;
  const lane = async () => {
    while (left-- > 0) ids.push(await startOne(scope, workflowId));
  };
  await Promise.all(Array.from({ length: Math.min(runs, atOnce) }, lane));
  const [last = ""] = ids.slice(-1);
  return (await untilEnded(scope, ids, last)) - begin;
}

/** @returns when the look was begun that found all ended: an end is told once it is saved, and what the look takes is not the run's */
async function untilEnded(scope: TenantScope, ids: readonly string[], last: string): Promise<number> {
  const patience = AbortSignal.timeout(PATIENCE_MS);
  for (;;) {
    const changed = nextChange(last, LOOK_MS, patience);
    const beganAtMs = performance.now();
    const { completed, failed } = await progress(scope, ids);
    if (failed > 0) throw new Error(`${failed} runs failed`);
    if (completed === ids.length) return beganAtMs;
    if (patience.aborted) throw new Error(`only ${completed} of ${ids.length} runs ended`);
    await changed;
  }
}

async function progress(scope: TenantScope, ids: readonly string[]) {
  const [row] = await asWorker(scope, (tx) =>
    tx
      .select({
        completed: sql<number>`count(*) filter (where ${executions.status} = 'completed')`.mapWith(Number),
        failed: sql<number>`count(*) filter (where ${executions.status} = 'failed')`.mapWith(Number),
      })
      .from(executions)
      .where(and(eq(executions.tenantId, scope.tenantId), inArray(executions.id, [...ids]))),
  );
  return row ?? { completed: 0, failed: 0 };
}
