import { eq } from "drizzle-orm";
import { describe, expect, it } from "vitest";
import { asTenant, type Tx } from "@/db/access";
import { workflows, workflowVersions } from "@/db/schema/ai";
import { newId } from "@/lib/ids";
import { outputNode, publishGraph } from "@/lib/runs/testing";
import { withTestDatabase } from "@/lib/testing/database";
import { makeTenant } from "@/lib/testing/scopes";
import { testEdge, testGraph, testNode } from "@/lib/workflows/graph-testing";
import { problemResponse } from "./problem";

withTestDatabase();

const GRAPH = testGraph(
  [testNode("input", "input"), outputNode("end", { result: "done" })],
  [testEdge("input", "end")],
);

/** What a program is told of a transaction. */
async function told(work: (tx: Tx, workflowId: string) => Promise<unknown>) {
  const { admin } = await makeTenant();
  const workflowId = await publishGraph(admin, "Any", GRAPH);
  const error = await asTenant(admin, (tx) => work(tx, workflowId)).catch((thrown: unknown) => thrown);
  const response = problemResponse(error, newId());
  return { status: response.status, ...(await response.json()) };
}

const MET = { status: 409, code: "conflict", reason: "changed_meanwhile", detail: /Nothing was changed/ };

describe("a change that met another", () => {
  it("says so where what it refers to is gone", async () => {
    const problem = await told(async (tx) => {
      const [version] = await tx.select().from(workflowVersions).limit(1);
      if (!version) throw new Error("there is no version");
      await tx.insert(workflowVersions).values({ ...version, id: newId(), workflowId: newId() });
    });
    expect(problem).toMatchObject({ ...MET, detail: expect.stringMatching(MET.detail) });
  });

  it("says so where something was added to what it deletes", async () => {
    const problem = await told((tx, workflowId) => tx.delete(workflows).where(eq(workflows.id, workflowId)));
    expect(problem).toMatchObject({ ...MET, detail: expect.stringMatching(MET.detail) });
  });

  it("shows nothing of any other refusal of the database", async () => {
    const problem = await told((tx, workflowId) =>
      tx.update(workflows).set({ id: newId(), tenantId: newId() }).where(eq(workflows.id, workflowId)),
    );
    expect(problem).toMatchObject({
      status: 500,
      code: "internal",
      detail: "Something went wrong on our side.",
    });
  });
});
