import { beforeAll, expect, it } from "vitest";
import { newId } from "@/lib/ids";
import { makeAgent, publishGraph, seedRunPrices } from "@/lib/runs/testing";
import { withTestDatabase } from "@/lib/testing/database";
import { makeTenant, type TestTenant } from "@/lib/testing/scopes";
import { publishWorkflow } from "@/lib/workflows/commands/publish";
import { saveDraft } from "@/lib/workflows/commands/save";
import { testEdge, testGraph, testNode } from "@/lib/workflows/graph-testing";
import { call, makeKey } from "./testing";

withTestDatabase();
beforeAll(() => seedRunPrices());

type Version = { id: string; version: number };

function asking(agentId: string, prompt: string, middle: readonly string[] = []) {
  const chain = ["input", "ana", ...middle, "end"];
  return testGraph(
    [
      testNode("input", "input"),
      testNode("ana", "agent", { agentId, prompt }),
      ...middle.map((id) => testNode(id, "wait", { mode: "for", amount: 1, unit: "seconds", until: "" })),
      testNode("end", "output", { fields: [{ key: "x", mode: "template", value: "{{ ana.text }}" }] }),
    ],
    chain.slice(1).map((id, index) => testEdge(chain[index] ?? "", id)),
  );
}

/** A workflow with three versions, and a draft that differs from the last. */
async function makeVersions(tenant: TestTenant): Promise<string> {
  const ana = await makeAgent(tenant.admin, "Ana");
  const ben = await makeAgent(tenant.admin, "Ben");
  const workflowId = await publishGraph(tenant.admin, "Greet", asking(ana, "Hi"));
  let revision = 1;
  const save = async (graph: unknown) => {
    ({ revision } = await saveDraft(tenant.admin, { workflowId, revision, graph, isAutosave: false }));
  };
  for (const [note, middle] of [
    ["Ben asks", []],
    ["A pause", ["pause"]],
  ] as const) {
    await save(asking(ben, "Hi", middle));
    await publishWorkflow(tenant.admin, { workflowId, revision, note });
  }
  await save(asking(ben, "Bye", ["pause"]));
  return workflowId;
}

async function read(path: string, key: string): Promise<Record<string, unknown>> {
  const response = await call("GET", path, { key });
  const body = await response.json();
  expect([response.status, body]).toEqual([200, body]);
  return body;
}

it("lists the versions of a workflow a page at a time, newest first, with what was said of each", async () => {
  const tenant = await makeTenant();
  const key = await makeKey(tenant, ["workflows:read"]);
  const path = `/workflows/${await makeVersions(tenant)}/versions`;
  const first = await read(`${path}?limit=2`, key);
  expect(first.data).toEqual([
    {
      id: expect.any(String),
      version: 3,
      note: "A pause",
      isPublished: true,
      nodeCount: 4,
      createdByName: "Test tenant_admin",
      createdAt: expect.stringMatching(/Z$/),
    },
    expect.objectContaining({ version: 2, note: "Ben asks", isPublished: false, nodeCount: 3 }),
  ]);
  const second = await read(`${path}?limit=2&cursor=${first.nextCursor}`, key);
  expect(second).toMatchObject({ data: [{ version: 1 }], nextCursor: null });
  const foreign = await makeVersions(await makeTenant());
  expect((await read(`${path}?cursor=${newId()}`, key)).data).toEqual([]);
  expect((await call("GET", `/workflows/${foreign}/versions`, { key })).status).toBe(404);
});

it("compares any two versions by the names of nodes, settings and agents, the published with the draft unless told", async () => {
  const tenant = await makeTenant();
  const key = await makeKey(tenant, ["workflows:read"]);
  const workflowId = await makeVersions(tenant);
  const { data } = await read(`/workflows/${workflowId}/versions`, key);
  const [third, second, first] = data as Version[];
  const path = `/workflows/${workflowId}/diff`;
  const changed = { nodeId: "ana", name: "ana", kindLabel: "Agent", change: "changed" };
  expect(await read(path, key)).toEqual({
    from: { id: third?.id, version: 3 },
    to: { id: "draft", version: null },
    isSame: false,
    nodes: [{ ...changed, fields: [{ label: expect.any(String), before: "Hi", after: "Bye" }] }],
    edges: [],
  });
  expect(await read(`${path}?from=${first?.id}&to=${third?.id}`, key)).toEqual({
    from: { id: first?.id, version: 1 },
    to: { id: third?.id, version: 3 },
    isSame: false,
    nodes: [
      { ...changed, fields: [{ label: "Agent", before: "Ana", after: "Ben" }] },
      { nodeId: "pause", name: "pause", kindLabel: expect.any(String), change: "added", fields: [] },
    ],
    edges: [
      { change: "removed", from: "ana", port: null, to: "end" },
      { change: "added", from: "ana", port: null, to: "pause" },
      { change: "added", from: "pause", port: null, to: "end" },
    ],
  });
  expect(await read(`${path}?from=published&to=${third?.id}`, key)).toMatchObject({
    isSame: true,
    nodes: [],
  });

  const foreign = await makeVersions(await makeTenant());
  const status = async (query: string, of = workflowId) =>
    (await call("GET", `/workflows/${of}/diff${query}`, { key })).status;
  expect(await status("", foreign)).toBe(404);
  expect(await status(`?from=${second?.id}&to=${newId()}`)).toBe(404);
  expect(await status("?from=3")).toBe(422);
  const draft = await publishGraph(
    tenant.admin,
    "Other",
    asking(await makeAgent(tenant.admin, "Cleo"), "Hi"),
  );
  expect(await status(`?from=${second?.id}`, draft)).toBe(404);
  const blind = await makeKey(tenant, ["executions:read"]);
  expect((await call("GET", path, { key: blind })).status).toBe(403);
});
