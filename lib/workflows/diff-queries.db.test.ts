import { beforeAll, expect, it } from "vitest";
import { makeAgent, publishGraph, seedRunPrices } from "@/lib/runs/testing";
import { withTestDatabase } from "@/lib/testing/database";
import { makeTenant } from "@/lib/testing/scopes";
import { publishWorkflow } from "./commands/publish";
import { saveDraft } from "./commands/save";
import { getVersionDiff } from "./diff-queries";
import { loadDraft } from "./editor-queries";
import { testEdge, testGraph, testNode } from "./graph-testing";
import { listVersions } from "./version-queries";

withTestDatabase();
beforeAll(() => seedRunPrices());

const graphWith = (agentId: string, prompt: string) =>
  testGraph(
    [
      testNode("input", "input"),
      testNode("ana", "agent", { agentId, prompt }),
      testNode("end", "output", { fields: [{ key: "x", mode: "template", value: "{{ ana.text }}" }] }),
    ],
    [testEdge("input", "ana"), testEdge("ana", "end")],
  );

it("compares versions with each other and with the draft, by name, and says who saved it", async () => {
  const tenant = await makeTenant();
  const ana = await makeAgent(tenant.admin, "Ana");
  const ben = await makeAgent(tenant.admin, "Ben");
  const workflowId = await publishGraph(tenant.admin, "Greet", graphWith(ana, "Hi"));
  const save = (revision: number, prompt: string) =>
    saveDraft(tenant.member, { workflowId, revision, graph: graphWith(ben, prompt), isAutosave: false });
  const { revision } = await save(1, "Hi");
  await publishWorkflow(tenant.admin, { workflowId, revision, note: "" });
  await save(revision, "Bye");
  const [second, first] = (await listVersions(tenant.admin, { workflowId })).items;
  const compare = (from: string, to: string) => getVersionDiff(tenant.member, { workflowId, from, to });
  expect(await compare(first?.id ?? "", second?.id ?? "")).toEqual({
    from: { id: first?.id, version: 1 },
    to: { id: second?.id, version: 2 },
    diff: {
      nodes: [
        {
          nodeId: "ana",
          name: "ana",
          kindLabel: "Agent",
          change: "changed",
          fields: [{ label: "Agent", before: "Ana", after: "Ben" }],
        },
      ],
      edges: [],
      isSame: false,
    },
  });
  expect((await compare(second?.id ?? "", "draft")).diff.nodes).toMatchObject([
    { fields: [{ before: "Hi", after: "Bye" }] },
  ]);
  const stranger = await makeTenant();
  for (const to of [second?.id ?? "", "draft"]) {
    await expect(
      getVersionDiff(stranger.admin, { workflowId, from: first?.id ?? "", to }),
    ).rejects.toMatchObject({ code: "not_found" });
  }
  const draft = await loadDraft(tenant.admin, { workflowId });
  expect(draft).toMatchObject({ revision: 3, savedAt: expect.any(Date), savedByName: expect.any(String) });
});
