import { beforeAll, describe, expect, it } from "vitest";
import { database } from "@/db/pool";
import { AppError } from "@/lib/errors";
import { withTestDatabase } from "@/lib/testing/database";
import { makeTenant, type TestTenant } from "@/lib/testing/scopes";
import { createWorkflow } from "@/lib/workflows/commands/create";
import { saveDraft } from "@/lib/workflows/commands/save";
import type { Graph } from "@/lib/workflows/graph";
import { testEdge } from "@/lib/workflows/graph-testing";
import { createWorkflowInput } from "@/lib/workflows/input";
import { startRun } from "../commands/start";
import { chain, publishGraph, seedRunPrices, transformNode } from "../testing";

withTestDatabase();

let tenant: TestTenant;
beforeAll(async () => {
  await seedRunPrices();
  tenant = await makeTenant();
});

const sound = () => chain([transformNode("a", { text: "x" }), transformNode("b", { text: "y" })], "done");
const withEdge = (from: string, to: string): Graph => {
  const graph = sound();
  return { ...graph, edges: [...graph.edges, testEdge(from, to)] };
};
const twice = (): Graph => {
  const graph = sound();
  return { ...graph, nodes: [...graph.nodes, transformNode("a", { text: "again" })] };
};

const BROKEN: [string, Graph][] = [
  ["cycle", withEdge("b", "a")],
  ["self_edge", withEdge("a", "a")],
  ["dangling_edge", withEdge("a", "gone")],
  ["duplicate_id", twice()],
];

async function refusal(promise: Promise<unknown>): Promise<AppError> {
  const error = await promise.then(
    () => new Error("it was taken"),
    (thrown: unknown) => thrown,
  );
  expect(error).toBeInstanceOf(AppError);
  return error as AppError;
}

describe.each(BROKEN)("a graph with a %s", (reason, graph) => {
  it("is refused when it is made and when it is saved", async () => {
    const made = await refusal(
      createWorkflow(tenant.admin, createWorkflowInput.parse({ name: "Broken", graph })),
    );
    expect([made.code, made.reason]).toEqual(["invalid", reason]);
    const input = createWorkflowInput.parse({ name: `Sound, later a ${reason}`, graph: sound() });
    const { id: workflowId, revision } = await createWorkflow(tenant.admin, input);
    for (const isAutosave of [true, false]) {
      const saved = await refusal(saveDraft(tenant.admin, { workflowId, revision, graph, isAutosave }));
      expect([saved.code, saved.reason]).toEqual(["invalid", reason]);
    }
  });

  it("is refused when it is run, should it have come into the database all the same", async () => {
    const workflowId = await publishGraph(tenant.admin, `Damaged ${reason}`, sound());
    const { pool } = await database();
    await pool.query("update workflows set dag_structure = $2 where id = $1", [
      workflowId,
      JSON.stringify(graph),
    ]);
    const run = await refusal(startRun(tenant.admin, { workflowId, useDraft: true, input: { text: "x" } }));
    expect([run.code, run.reason]).toEqual(["invalid", reason]);
    const { rows } = await pool.query("select 1 from executions where workflow_id = $1", [workflowId]);
    expect(rows).toEqual([]);
  });
});
