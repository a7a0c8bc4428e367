import { expect, it } from "vitest";
import { templateGraph } from "@/lib/workflows/templates";
import { readCopied, writeCopied } from "./clipboard";

const { nodes, edges } = templateGraph("triage", "mini");

it("reads the nodes that were copied", () => {
  expect(readCopied(writeCopied({ nodes, edges }))).toEqual({ ok: true, fragment: { nodes, edges } });
});

it("says of anything else that it cannot be pasted, and of nodes why", () => {
  const other = JSON.stringify({
    nodes: [{ name: "Webhook", type: "n8n-nodes-base.webhook" }],
    connections: {},
  });
  for (const text of ["", "Dear all,", "{", "[]", "null", other]) {
    expect(readCopied(text)).toMatchObject({ ok: false, message: expect.stringContaining("Only nodes") });
  }
  const nameless = nodes.map((node) => ({ ...node, name: node.id === "sort" ? "" : node.name }));
  expect(readCopied(writeCopied({ nodes: nameless, edges }))).toEqual({
    ok: false,
    message: "These nodes cannot be pasted. “sort” (name): Give the node a name.",
  });
});
