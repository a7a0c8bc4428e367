import { expect, it } from "vitest";
import { MOST_AGENTS } from "@/lib/agents/input";
import type { CalledVersions } from "@/lib/workflows/called";
import { checkGraph } from "@/lib/workflows/check";
import { MOST_DOCUMENTS, MOST_PEOPLE, MOST_WORKFLOWS } from "@/lib/workflows/choices";
import { testEdge, testGraph, testNode } from "@/lib/workflows/graph-testing";
import { inputField } from "@/lib/workflows/kinds/input";
import { variablesFor } from "@/lib/workflows/variables";
import { begunWith, knownThings } from "./placing";

const ELSEWHERE = "01890a5d-ac96-774b-bcce-b302099a8057";
const [NEW, OLD] = ["01890a5d-ac96-774b-bcce-b302099a8058", "01890a5d-ac96-774b-bcce-b302099a8059"];
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
      knownThings(
        {
          agents: many(agents).map((id) => ({ id, name: id, isActive: true })),
          documents: many(documents).map((id) => ({ id, filename: id })),
          models: [],
          credentials: [],
          workflows: many(workflows).map((id) => ({ ...CALLABLE, id, name: id })),
          people: many(people).map((id) => ({ id, fullName: id, isActive: true })),
        },
        new Map(),
      ),
    ).flatMap(({ code, nodeId }) => (code === "missing_reference" ? [nodeId] : []));
  expect(missing(3, 3)).toEqual(["find", "ask", "call", "decide"]);
  expect(missing(MOST_DOCUMENTS, 3)).toEqual(["ask", "call", "decide"]);
  expect(missing(3, MOST_AGENTS)).toEqual(["find", "call", "decide"]);
  expect(missing(3, 3, MOST_WORKFLOWS)).toEqual(["find", "ask", "decide"]);
  expect(missing(3, 3, 3, MOST_PEOPLE)).toEqual(["find", "ask", "call"]);
});

it("knows of the version that is called what that one takes and gives, once it was read", () => {
  const field = (key: string) => inputField.parse({ key, label: key, type: "text", required: true });
  const workflow = {
    ...CALLABLE,
    ...{ id: ELSEWHERE, name: "Other", publishedVersion: 2 },
    versions: [
      { id: NEW, version: 2 },
      { id: OLD, version: 1 },
    ],
    inputs: [field("body")],
    outputs: ["letter"],
  };
  const resources = {
    agents: [],
    documents: [],
    models: [],
    credentials: [],
    people: [],
    workflows: [workflow],
  };
  const old = { inputs: [field("text")], outputs: ["result"] };
  const calledIn = (versionId: string, versions: CalledVersions) => {
    const config = { workflowId: ELSEWHERE, versionId, inputs: [] };
    const { called } = knownThings(resources, versions);
    const graph = testGraph(
      [testNode("input", "input"), testNode("call", "workflow", config), testNode("end", "output")],
      [testEdge("input", "call"), testEdge("call", "end")],
    );
    return {
      problems: checkGraph(graph, { called }).flatMap(({ nodeId, message }) =>
        nodeId === "call" ? message : [],
      ),
      offered: variablesFor(graph, "end", null, called).flatMap(({ nodeId, variables }) =>
        nodeId === "call" ? variables.map(({ path }) => path) : [],
      ),
    };
  };
  const published = { problems: ["“call”: Inputs: “Other” needs “body”."], offered: ["call.letter"] };
  expect(calledIn("", new Map())).toEqual(published);
  expect(calledIn(NEW, new Map())).toEqual(published);
  expect(calledIn(OLD, new Map())).toEqual({ problems: [], offered: [] });
  expect(calledIn(OLD, new Map([[OLD, old]]))).toEqual({
    problems: ["“call”: Inputs: “Other” needs “text”."],
    offered: ["call.result"],
  });
  expect(calledIn(OLD, new Map([[OLD, null]])).problems).toEqual([
    "“call”: Workflow: this version does not exist any more.",
  ]);
});

it("begins a node that asks a model with the first there is", () => {
  const models = [
    { modelKey: "small", modelName: "Small" },
    { modelKey: "large", modelName: "Large" },
  ];
  for (const kind of ["llm", "classify"]) {
    expect(begunWith(kind, { models })).toEqual({ modelKey: "small" });
    expect(begunWith(kind, { models: [] })).toEqual({});
  }
  for (const kind of ["agent", "http", "note"]) expect(begunWith(kind, { models })).toEqual({});
});
