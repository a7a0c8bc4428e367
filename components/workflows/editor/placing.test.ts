import { expect, it } from "vitest";
import { MOST_AGENTS } from "@/lib/agents/input";
import { checkGraph } from "@/lib/workflows/check";
import { MOST_DOCUMENTS, MOST_PEOPLE, MOST_WORKFLOWS } from "@/lib/workflows/choices";
import { testGraph, testNode } from "@/lib/workflows/graph-testing";
import { knownThings } from "./placing";

const ELSEWHERE = "01890a5d-ac96-774b-bcce-b302099a8057";
const CALLABLE = { isActive: true, inputs: [], outputs: [], publishedVersion: 1, versions: [] };
const many = (count: number) => Array.from({ length: count }, (_, index) => `${index}`);

it("misses what is not in a list that is whole, and leaves the rest of a longer one to the server", () => {
  const graph = testGraph(
    [
      testNode("find", "retrieve", { query: "q", topK: 6, documentIds: [ELSEWHERE] }),
      testNode("ask", "agent", { agentId: ELSEWHERE, prompt: "p" }),
      testNode("call", "workflow", { workflowId: ELSEWHERE, versionId: "", inputs: [] }),
      testNode("decide", "approval", { title: "t", who: "people", userIds: [ELSEWHERE] }),
    ],
    [],
  );
  const missing = (documents: number, agents: number, workflows = 3, people = 3) =>
    checkGraph(
      graph,
      knownThings({
        agents: many(agents).map((id) => ({ id, name: id, isActive: true })),
        documents: many(documents).map((id) => ({ id, filename: id })),
        models: [],
        workflows: many(workflows).map((id) => ({ ...CALLABLE, id, name: id })),
        people: many(people).map((id) => ({ id, fullName: id, isActive: true })),
      }),
    ).flatMap(({ code, nodeId }) => (code === "missing_reference" ? [nodeId] : []));
  expect(missing(3, 3)).toEqual(["find", "ask", "call", "decide"]);
  expect(missing(MOST_DOCUMENTS, 3)).toEqual(["ask", "call", "decide"]);
  expect(missing(3, MOST_AGENTS)).toEqual(["find", "call", "decide"]);
  expect(missing(3, 3, MOST_WORKFLOWS)).toEqual(["find", "ask", "decide"]);
  expect(missing(3, 3, 3, MOST_PEOPLE)).toEqual(["find", "ask", "call"]);
});
