import { afterAll, beforeAll, expect, it, vi } from "vitest";
import { embedded, startEmbedded } from "@/inngest/embedded";
import { until } from "@/inngest/engine/testing";
import { handler } from "@/inngest/serve";
import { testServerUrl, withTestDatabase } from "@/lib/testing/database";
import { makeTenant } from "@/lib/testing/scopes";
import { type Graph, MAX_NODES } from "@/lib/workflows/graph";
import { testEdge, testGraph, testNode } from "@/lib/workflows/graph-testing";
import { STEPS_AT_ONCE_PER_TENANT } from "../slots";
import { outputNode, publishGraph } from "../testing";
import { askNode, begin, seedFaultModel, settledInvariants, statusOf } from "./testing/scene";

const provider = await vi.hoisted(async () => {
  const { startProvider } = await import("@/e2e/provider/server");
  return startProvider();
});

withTestDatabase();

/** How long the provider takes, so that questions meet there. */
const TAKES = "[[ok 50]]";
/** More than it may ask at once, and a fraction of what the early tenant has left by then: shares need not be even. */
const LATE_WIDTH = STEPS_AT_ONCE_PER_TENANT + 2;
/** Questions of the early tenant that may come before the late one's first: a few rounds of its share. */
const FEW = 5 * STEPS_AT_ONCE_PER_TENANT;

let model: string;
beforeAll(async () => {
  model = await seedFaultModel(provider);
  await startEmbedded(handler);
});
afterAll(async () => {
  await embedded().engine.stop(2_000);
  await provider.close();
});

/** So many nodes beside each other, each with a question. */
function wideGraph(width: number): Graph {
  const asks = Array.from({ length: width }, (_, index) => askNode(`ask${index}`, model, TAKES));
  const join = testNode("join", "merge");
  return testGraph(
    [testNode("input", "input"), ...asks, join, outputNode("output", { result: "done" })],
    [
      ...asks.flatMap(({ id }) => [testEdge("input", id), testEdge(id, join.id)]),
      testEdge(join.id, "output"),
    ],
  );
}

/** A list of so many items, each with a question, as many at once as a map allows. */
function longMap(width: number): Graph {
  const map = testNode("each", "map", {
    items: `"${Array.from({ length: width }, (_, item) => item).join()}".split(",")`,
    maxParallel: 20,
    maxItems: width,
    onItemError: "fail",
    mode: "template",
    value: "{{ item }}",
  });
  const ask = { ...askNode("ask", model, `{{ index }} ${TAKES}`), parent: map.id };
  return testGraph(
    [testNode("input", "input"), map, ask, outputNode("output", { result: "done" })],
    [testEdge("input", map.id), testEdge(map.id, "output")],
  );
}

// The embedded database takes one statement after the other: less of it is as much work there.
const [nodes, items] = testServerUrl() ? [MAX_NODES - 3, 120] : [60, 60];

it.each([
  [nodes, "nodes of a graph", wideGraph],
  [items, "items of a map", longMap],
])(
  "%i %s beside each other keep to the tenant's share, and another tenant is not kept waiting",
  async (width, _, make) => {
    provider.reset();
    const [early, late] = [await makeTenant(), await makeTenant()];
    const of = (run: string) => (request: { key: string }) => request.key.startsWith(`@${run}/`);
    const asked = (run: string) => provider.requests.filter(of(run)).length;
    const first = await begin(early, await publishGraph(early.admin, "Wide", make(width)), "early");
    const lateFlow = await publishGraph(late.admin, "Less wide", make(LATE_WIDTH));
    await until("the early tenant to have all it may", () => asked("early") >= 2 * STEPS_AT_ONCE_PER_TENANT);
    const before = asked("early");
    const second = await begin(late, lateFlow, "late");
    const evidence = { acknowledged: [first, second], requests: provider.requests };
    expect(await settledInvariants(evidence)).toEqual([]);
    expect(await Promise.all([first, second].map(statusOf))).toEqual(["completed", "completed"]);

    const { requests, journal } = provider;
    for (const [run, count] of [
      ["early", width],
      ["late", LATE_WIDTH],
    ] as const) {
      const questions = requests.filter(of(run));
      expect([run, questions.length, new Set(questions.map(({ key }) => key)).size]).toEqual([
        run,
        count,
        count,
      ]);
      expect(journal.mostAtOnce(of(run))).toBeLessThanOrEqual(STEPS_AT_ONCE_PER_TENANT);
    }
    expect(journal.mostAtOnce(of("early"))).toBeGreaterThan(1);
    const meanwhile = requests.slice(0, requests.findIndex(of("late"))).filter(of("early")).length - before;
    expect(meanwhile).toBeLessThanOrEqual(FEW);
    // The late tenant is through while the early one still has questions to ask.
    expect(requests.findLastIndex(of("late"))).toBeLessThan(requests.findLastIndex(of("early")));
  },
);
