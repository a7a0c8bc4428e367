import { beforeAll, expect, it, vi } from "vitest";
import { withTestDatabase } from "@/lib/testing/database";
import { makeTenant, type TestTenant } from "@/lib/testing/scopes";
import { saveDraft } from "@/lib/workflows/commands/save";
import { chain, publishGraph, seedRunPrices, transformNode } from "../testing";
import { runNodes } from "./run-nodes";
import { startRun } from "./start";
import { drive, start as startPublished } from "./testing";

withTestDatabase();
vi.setConfig({ testTimeout: 90_000 });

let tenant: TestTenant;
beforeAll(async () => {
  await seedRunPrices();
  tenant = await makeTenant();
});

const saying = (text: string) => chain([transformNode("t", { text })], "{{ t.text }}");

it("runs the draft that somebody looks at, and none that somebody else has saved over it", async () => {
  const workflowId = await publishGraph(tenant.admin, "Says", saying("one"));
  // What comes before a node that runs alone is taken from it.
  await drive(tenant, await startPublished(tenant, workflowId));
  const starts = [
    (revision?: number) => {
      const asked = { workflowId, useDraft: true, input: { text: "a" }, ...(revision ? { revision } : {}) };
      return startRun(tenant.member, asked);
    },
    (revision?: number) =>
      runNodes(tenant.member, { workflowId, nodeId: "t", scope: "node", ...(revision ? { revision } : {}) }),
  ];
  for (const start of starts) expect((await start(1)).isNew).toBe(true);
  await saveDraft(tenant.admin, { workflowId, revision: 1, graph: saying("two"), isAutosave: true });
  for (const start of starts) {
    await expect(start(1)).rejects.toMatchObject({ code: "conflict", reason: "stale_revision" });
    expect((await start(2)).isNew).toBe(true);
    expect((await start()).isNew).toBe(true);
  }
  const published = { workflowId, useDraft: false, revision: 1, input: { text: "a" } };
  expect((await startRun(tenant.member, published)).isNew).toBe(true);
});
