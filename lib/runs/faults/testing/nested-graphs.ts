import type { TestTenant } from "@/lib/testing/scopes";
import type { Graph, GraphNode } from "@/lib/workflows/graph";
import { testEdge, testGraph, testNode } from "@/lib/workflows/graph-testing";
import { llmNode, outputNode, publishGraph } from "../../testing";
import { markedPrompt } from "./prompts";

type Edge = readonly [from: string, to: string, port?: string];

const graph = (nodes: readonly GraphNode[], edges: readonly Edge[]): Graph =>
  testGraph(
    [testNode("input", "input"), ...nodes, outputNode("output", { result: "done" })],
    edges.map(([from, to, port]) => testEdge(from, to, port)),
  );
const inside = (parent: string, ...nodes: readonly GraphNode[]) => nodes.map((node) => ({ ...node, parent }));

const question = (id: string) =>
  testNode(id, "approval", { title: "Go?", message: "", fields: [], who: "anyone", userIds: [] });
const pause = (id: string) => testNode(id, "wait", { mode: "for", amount: 1, unit: "seconds", until: "" });
const rounds = (id: string) => {
  const initial = { initialMode: "template", initial: "" };
  return testNode(id, "loop", {
    maxRounds: 3,
    until: "round >= 2.0",
    ...initial,
    mode: "template",
    value: "x",
  });
};
const items = (id: string, count: number, onItemError: string) => {
  const list = `[${Array.from({ length: count }, (_, item) => item).join(", ")}]`;
  const bounds = { maxParallel: 2, maxItems: 100, onItemError };
  return testNode(id, "map", { items: list, ...bounds, mode: "template", value: "{{ item }}" });
};

/**
 * Workflows in which everything waits for everything: items in items, rounds with a question in each, a called workflow
 * beside both, a list that takes longer than it may. @param scenario how the model behaves
 * @returns their ids
 */
export async function publishNested(
  { admin }: TestTenant,
  modelKey: string,
  scenario: string,
): Promise<readonly string[]> {
  const ask = (id: string, more = "") => llmNode(id, modelKey, `${markedPrompt(id)}${more} [[${scenario}]]`);
  const calledId = await publishGraph(
    admin,
    "Called",
    graph(
      [
        ask("first"),
        question("go"),
        items("list", 3, "skip"),
        ...inside("list", ask("each", " {{ index }}")),
      ],
      [
        ["input", "first"],
        ["first", "go"],
        ["go", "list", "approved"],
        ["list", "output"],
      ],
    ),
  );
  const inputs = [{ key: "text", mode: "template", value: "{{ input.text }}" }];
  const call = testNode("call", "workflow", { workflowId: calledId, versionId: "", inputs });
  const join = testNode("join", "merge");
  const deep = graph(
    [
      items("outer", 4, "fail"),
      ...inside("outer", ask("think", " {{ index }}"), pause("rest"), items("inner", 2, "collect")),
      ...inside("inner", ask("deep", " {{ index }}")),
      ask("beside"),
      call,
      join,
    ],
    [
      ["input", "outer"],
      ["input", "beside"],
      ["input", "call"],
      ["think", "rest"],
      ["rest", "inner"],
      ["outer", "join"],
      ["beside", "join"],
      ["call", "join"],
      ["join", "output"],
    ],
  );
  const defaultOutput = { items: [], errors: [], count: 0 };
  const late: GraphNode = {
    ...items("late", 3, "skip"),
    policy: { timeoutMs: 1_500, onError: "default", defaultOutput },
  };
  const asking = graph(
    [
      rounds("rounds"),
      ...inside("rounds", ask("say", " {{ round }}"), question("enough")),
      pause("rest"),
      join,
      late,
      ...inside("late", pause("sit"), ask("end", " {{ index }}")),
    ],
    [
      ["input", "rounds"],
      ["input", "rest"],
      ["say", "enough"],
      ["rounds", "join"],
      ["rest", "join"],
      ["join", "late"],
      ["sit", "end"],
      ["late", "output"],
    ],
  );
  return [await publishGraph(admin, "Deep", deep), await publishGraph(admin, "Asking", asking), calledId];
}
