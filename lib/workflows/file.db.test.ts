import { beforeAll, beforeEach, describe, expect, it } from "vitest";
import { asPlatform, asTenant } from "@/db/access";
import { aiModels } from "@/db/schema/config";
import { documents } from "@/db/schema/knowledge";
import { createAgent } from "@/lib/agents/commands";
import { createAgentInput } from "@/lib/agents/input";
import { createCredential } from "@/lib/credentials/commands";
import { createCredentialInput } from "@/lib/credentials/input";
import { newId } from "@/lib/ids";
import { withTestDatabase } from "@/lib/testing/database";
import { makePlatform, makeTenant, type TestTenant } from "@/lib/testing/scopes";
import { createWorkflow } from "./commands/create";
import { importWorkflow } from "./commands/import";
import { publishWorkflow } from "./commands/publish";
import { writeWorkflowFile } from "./file";
import { workflowFile } from "./file-queries";
import type { Graph } from "./graph";
import { testEdge, testGraph, testNode } from "./graph-testing";
import { createWorkflowInput } from "./input";
import { getWorkflow } from "./queries";

withTestDatabase();

const modelKey = `filed-${newId()}`;

let tenant: TestTenant;
let other: TestTenant;
beforeAll(async () => {
  await asPlatform(await makePlatform(), (tx) =>
    tx
      .insert(aiModels)
      .values({ modelKey, modelName: modelKey, provider: "internal", modelType: "text", isActive: true }),
  );
});
beforeEach(async () => {
  tenant = await makeTenant();
  other = await makeTenant();
});

const addAgent = async ({ admin }: TestTenant, name: string) =>
  (await createAgent(admin, createAgentInput.parse({ name, role: "You help.", llmConfig: { modelKey } }))).id;

async function addDocument({ admin, tenantId }: TestTenant, filename: string): Promise<string> {
  const id = newId();
  const row = { id, filename, fileType: "txt", uploadStatus: "completed", sha256: id, storageKey: id };
  await asTenant(admin, (tx) => tx.insert(documents).values({ ...row, tenantId }));
  return id;
}

const addCredential = async ({ admin }: TestTenant, name: string) => {
  const given = { name, headerName: "X-Key", hosts: "shop.example", value: "canary-4711" };
  return (await createCredential(admin, createCredentialInput.parse(given))).id;
};

/** input → the nodes in a row → output */
function rowOf(...middle: Graph["nodes"]): Graph {
  const input = testNode("input", "input", {
    fields: [{ key: "text", label: "Text", type: "text", required: true }],
  });
  const fields = [{ key: "answer", mode: "template", value: "{{ input.text }}" }];
  const nodes = [input, ...middle, testNode("output", "output", { fields })];
  return testGraph(
    nodes,
    nodes.slice(1).map((node, index) => testEdge(nodes[index]?.id ?? "", node.id)),
  );
}

const ask = (agentId: string) => testNode("ask", "agent", { agentId, prompt: "{{ input.text }}" });
const find = (...documentIds: string[]) =>
  testNode("find", "retrieve", { query: "{{ input.text }}", documentIds, topK: 3 });
const fetched = (credentialId: string) =>
  testNode("fetch", "http", {
    ...{ method: "GET", url: "https://shop.example/stock", headers: [], body: "" },
    ...{ allowedStatus: [], timeoutMs: 10_000, credentialId },
  });

async function create({ member }: TestTenant, name: string, graph: Graph): Promise<string> {
  const description = "Answers what is asked.";
  return (await createWorkflow(member, createWorkflowInput.parse({ name, description, graph }))).id;
}

async function saved(workflowId: string): Promise<string> {
  return (await workflowFile(tenant.member, workflowId)).text;
}

const noteOf = ({ nodes }: Graph) => nodes.find(({ kind }) => kind === "note");

describe("a workflow's file", () => {
  it("makes the same workflow again where it comes from, without pinned outputs", async () => {
    const [agentId, credentialId] = [await addAgent(tenant, "Ana"), await addCredential(tenant, "Shop")];
    const graph = rowOf({ ...ask(agentId), pin: { text: "pinned-4712" } }, fetched(credentialId));
    const id = await create(tenant, "Straße 🚀", graph);
    const { filename, text } = await workflowFile(tenant.member, id);
    expect(filename).toBe("Straße 🚀.workflow.json");
    expect(text).not.toMatch(/canary-4711|pinned-4712/);
    const again = await importWorkflow(tenant.member, { name: "Again", file: text });
    const made = await getWorkflow(tenant.member, again.id);
    expect(made).toMatchObject({
      name: "Again",
      description: "Answers what is asked.",
      publishedVersion: null,
    });
    expect(made.graph).toEqual(rowOf(ask(agentId), fetched(credentialId)));
    expect((await workflowFile(tenant.member, again.id)).text).toBe(text.replace('"Straße 🚀"', '"Again"'));
  });

  it("finds agents, documents and workflows of the same name in another workspace", async () => {
    const calledId = await create(tenant, "Called", rowOf());
    const { versionId } = await publishWorkflow(tenant.admin, {
      workflowId: calledId,
      revision: 1,
      note: "",
    });
    const inputs = [{ key: "text", mode: "template", value: "{{ input.text }}" }];
    const call = (workflowId: string, version: string) =>
      testNode("call", "workflow", { workflowId, versionId: version, inputs });
    const theirs = [await addAgent(tenant, "Ana"), await addDocument(tenant, "prices.txt")] as const;
    const file = await saved(
      await create(tenant, "All", rowOf(ask(theirs[0]), find(theirs[1]), call(calledId, versionId))),
    );
    const ours = [await addAgent(other, "ANA"), await addDocument(other, "prices.txt")] as const;
    const oursCalled = await create(other, "called", rowOf());
    await publishWorkflow(other.admin, { workflowId: oursCalled, revision: 1, note: "" });
    const { id, revision } = await importWorkflow(other.member, { name: "All", file });
    const { graph } = await getWorkflow(other.member, id);
    expect(graph).toEqual(rowOf(ask(ours[0]), find(ours[1]), call(oursCalled, "")));
    await publishWorkflow(other.admin, { workflowId: id, revision, note: "" });
  });

  it("names what is not there in a note, keeps it as it was, and is not published so", async () => {
    const ids = [await addAgent(tenant, "Ana"), await addDocument(tenant, "prices.txt")] as const;
    const credentialId = await addCredential(tenant, "Shop");
    const graph = rowOf(ask(ids[0]), find(ids[1]), fetched(credentialId));
    const file = await saved(await create(tenant, "All", graph));
    // A credential is nobody's by its name, and of two documents with one name it is neither.
    await addCredential(other, "Shop");
    await addDocument(other, "prices.txt");
    await addDocument(other, "prices.txt");
    const { id, revision } = await importWorkflow(other.member, { name: "All", file });
    const made = await getWorkflow(other.member, id);
    expect({ ...made.graph, nodes: made.graph.nodes.filter(({ kind }) => kind !== "note") }).toEqual(graph);
    expect(noteOf(made.graph)?.config.text).toBe(
      "Not in this workspace. Choose what to use instead, then delete this note:\n" +
        "ask: agent “Ana”\nfind: document “prices.txt”\nfetch: credential “Shop”",
    );
    await expect(publishWorkflow(other.admin, { workflowId: id, revision, note: "" })).rejects.toMatchObject({
      code: "invalid",
      fields: {
        "nodes.ask.agentId": [expect.any(String)],
        "nodes.find.documentIds": [expect.any(String)],
        "nodes.fetch.credentialId": [expect.any(String)],
      },
    });
  });

  it("has no room for a note in a workflow that is full", async () => {
    const notes = Array.from({ length: 497 }, (_, index) => testNode(`n${index}`, "note"));
    const rows = rowOf(ask(newId()));
    const text = writeWorkflowFile({
      ...{ name: "Full", description: "" },
      uses: { agents: {}, workflows: {}, documents: {}, credentials: {} },
      graph: { ...rows, nodes: [...rows.nodes, ...notes] },
    });
    const { id } = await importWorkflow(other.member, { name: "Full", file: text });
    expect((await getWorkflow(other.member, id)).graph.nodes).toHaveLength(500);
  });

  it("is refused beside its field where it cannot be read, and by the names of nodes where no draft could be so", async () => {
    const text = writeWorkflowFile({
      ...{ name: "One", description: "" },
      uses: { agents: {}, workflows: {}, documents: {}, credentials: {} },
      graph: rowOf(),
    });
    const changed = (change: (file: Record<string, unknown>) => unknown) =>
      JSON.stringify(change(JSON.parse(text)));
    const tries = [
      ["", /not the file of a workflow/],
      ["PK\u0003\u0004\u0000", /not the file of a workflow/],
      ["[1]", /not the file of a workflow/],
      [changed((file) => ({ ...file, format: "workflow/2" })), /not the file of a workflow/],
      [changed((file) => ({ ...file, secret: 1 })), /secret/],
      [changed(({ uses: _, ...file }) => file), /uses/],
      [changed((file) => ({ ...file, description: "x".repeat(1_001) })), /description: At most 1,000/],
      [changed((file) => ({ ...file, description: "null \u0000" })), /description: .*cannot be stored/],
      [text.replace('"uses": {', '"uses": { "__proto__": {},'), /__proto__/],
      [`${"[".repeat(10_000)}${"]".repeat(10_000)}`, /too large, or nested/],
    ] as const;
    for (const [content, problem] of tries) {
      const file = content;
      await expect(
        importWorkflow(tenant.member, { name: "New", file }),
        content.slice(0, 80),
      ).rejects.toMatchObject({
        code: "invalid",
        fields: { file: [expect.stringMatching(problem)] },
      });
    }
    const cyclic = { ...rowOf(ask(newId())), edges: [testEdge("ask", "ask")] };
    const file = changed((one) => ({ ...one, graph: cyclic }));
    await expect(importWorkflow(tenant.member, { name: "New", file })).rejects.toMatchObject({
      code: "invalid",
      message: expect.stringMatching(/cannot be created.*ask/),
    });
    await create(tenant, "Taken", rowOf());
    await expect(importWorkflow(tenant.member, { name: "taken", file: text })).rejects.toMatchObject({
      fields: { name: ["Another workflow has this name."] },
    });
  });

  it("is saved by who may see the workflow, and nobody of another workspace", async () => {
    const id = await create(tenant, "Ours", rowOf());
    await expect(workflowFile(other.admin, id)).rejects.toMatchObject({ code: "not_found" });
  });
});
