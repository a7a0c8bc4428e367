import { expect, it } from "vitest";
import { newId } from "@/lib/ids";
import { uploadDocument } from "@/lib/knowledge/commands/upload";
import { withTestDatabase } from "@/lib/testing/database";
import { makeTenant } from "@/lib/testing/scopes";
import { createWorkflow } from "./commands/create";
import { publishWorkflow } from "./commands/publish";
import { saveDraft } from "./commands/save";
import { listWorkflowsNaming } from "./document-queries";
import { testEdge, testGraph, testNode } from "./graph-testing";
import { createWorkflowInput } from "./input";
import { templateGraph } from "./templates";

withTestDatabase();

function searching(documentIds: string[]) {
  const nodes = [
    testNode("input", "input"),
    testNode("find", "retrieve", { query: "{{ input.text }}", topK: 5, documentIds }),
    testNode("output", "output", { fields: [{ key: "result", mode: "template", value: "{{ find.text }}" }] }),
  ];
  return testGraph(nodes, [testEdge("input", "find"), testEdge("find", "output")]);
}

it("names the workflows whose draft or published version searches exactly a document, of the own workspace alone", async () => {
  const [tenant, stranger] = [await makeTenant(), await makeTenant()];
  const file = Buffer.from("Refunds take five days.");
  const { document } = await uploadDocument(tenant.admin, { filename: "terms.txt" }, file);
  const documentId = document.id;
  const create = (name: string, documentIds: string[], owner = tenant) =>
    createWorkflow(owner.member, createWorkflowInput.parse({ name, graph: searching(documentIds) }));
  const published = await create("Published", [documentId]);
  await publishWorkflow(tenant.admin, { workflowId: published.id, revision: 1, note: "" });
  const later = {
    workflowId: published.id,
    revision: 1,
    graph: templateGraph("blank", ""),
    isAutosave: true,
  };
  await saveDraft(tenant.member, later);
  await create("Draft", [newId(), documentId]);
  await create("Another document", [newId()]);
  await create("All documents", []);
  await create("Another workspace", [documentId], stranger);
  const found = await listWorkflowsNaming(tenant.member, documentId);
  expect(found.map(({ name }) => name)).toEqual(["Draft", "Published"]);
});
