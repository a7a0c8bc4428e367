import { eq } from "drizzle-orm";
import { beforeAll, describe, expect, it, vi } from "vitest";
import { asTenant } from "@/db/access";
import { workflows, workflowVersions } from "@/db/schema/ai";
import { testServerUrl, withTestDatabase } from "@/lib/testing/database";
import { waiting } from "@/lib/testing/held";
import { makeTenant } from "@/lib/testing/scopes";
import { testEdge, testGraph, testNode } from "@/lib/workflows/graph-testing";
import { startRun } from "./commands/start";
import { chain, outputNode, publishGraph, seedRunPrices } from "./testing";

withTestDatabase();
beforeAll(() => seedRunPrices());

const LATER = testNode("wait", "wait", { mode: "for", amount: 1, unit: "hours", until: "" });
const GRAPHS = {
  "is computed at once": testGraph(
    [testNode("input", "input"), outputNode("end", { result: "done" })],
    [testEdge("input", "end")],
  ),
  "takes its time": chain([LATER], "done"),
};

// PGlite has one connection: nothing happens in the middle of something else.
describe.runIf(testServerUrl())("a workflow that is deleted at the moment of its first start", () => {
  it.each(Object.entries(GRAPHS))("does not exist for it, when it %s", async (name, graph) => {
    const { admin, member } = await makeTenant();
    const workflowId = await publishGraph(admin, name, graph);
    const deleted = Promise.withResolvers<void>();
    const deleting = asTenant(admin, async (tx) => {
      await tx.update(workflows).set({ publishedVersionId: null }).where(eq(workflows.id, workflowId));
      await tx.delete(workflowVersions).where(eq(workflowVersions.workflowId, workflowId));
      await tx.delete(workflows).where(eq(workflows.id, workflowId));
      deleted.resolve();
      await vi.waitUntil(async () => (await waiting()) > 0, { timeout: 20_000 });
    });
    await deleted.promise;
    const starting = startRun(member, { workflowId, useDraft: false, input: { text: "a" } });
    await expect(Promise.all([deleting, starting])).rejects.toMatchObject({ code: "not_found" });
  });
});
