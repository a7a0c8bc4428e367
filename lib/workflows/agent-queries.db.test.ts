import { beforeEach, expect, it } from "vitest";
import { asTenant } from "@/db/access";
import { agents } from "@/db/schema/ai";
import { newId } from "@/lib/ids";
import { withTestDatabase } from "@/lib/testing/database";
import { makeTenant, type TestTenant } from "@/lib/testing/scopes";
import { listWorkflowsAsking } from "./agent-queries";
import { createWorkflow } from "./commands/create";
import { publishWorkflow } from "./commands/publish";
import { saveDraft } from "./commands/save";
import type { Graph } from "./graph";
import { testEdge, testGraph, testNode } from "./graph-testing";
import { createWorkflowInput } from "./input";
import { templateGraph } from "./templates";

withTestDatabase();

let tenant: TestTenant;
let agentId: string;

beforeEach(async () => {
  tenant = await makeTenant();
  agentId = await hire("Ruth");
});

async function hire(name: string): Promise<string> {
  const id = newId();
  const llmConfig = { modelKey: "internal" };
  await asTenant(tenant.admin, (tx) =>
    tx.insert(agents).values({ id, tenantId: tenant.tenantId, name, role: "You help.", llmConfig }),
  );
  return id;
}

function asking(asked: string): Graph {
  const nodes = [
    testNode("input", "input"),
    testNode("ask", "agent", { agentId: asked, prompt: "{{ input.text }}" }),
    testNode("output", "output", { fields: [{ key: "result", mode: "template", value: "{{ ask.text }}" }] }),
  ];
  return testGraph(nodes, [testEdge("input", "ask"), testEdge("ask", "output")]);
}

function create(name: string, graph: Graph) {
  return createWorkflow(tenant.member, createWorkflowInput.parse({ name, graph }));
}

it("names the workflows whose draft or published version asks an agent, and no others", async () => {
  const third = await create("Third", asking(agentId));
  await publishWorkflow(tenant.admin, { workflowId: third.id, revision: 1, note: "" });
  const later = { workflowId: third.id, revision: 1, graph: templateGraph("blank", ""), isAutosave: true };
  await saveDraft(tenant.member, later);
  await create("Second", asking(agentId));
  await create("First", asking(agentId));
  await create("Another's", asking(await hire("Ben")));
  await create("Nobody's", templateGraph("blank", ""));
  const found = await listWorkflowsAsking(tenant.member, { agentId });
  expect(found.map(({ name }) => name)).toEqual(["First", "Second", "Third"]);
});

it("does not exist for another workspace", async () => {
  const stranger = await makeTenant();
  await expect(listWorkflowsAsking(stranger.admin, { agentId })).rejects.toMatchObject({ code: "not_found" });
});
