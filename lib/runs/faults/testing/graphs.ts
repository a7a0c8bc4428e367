import type { Graph, GraphEdge, GraphNode } from "@/lib/workflows/graph";
import { testEdge, testGraph, testNode } from "@/lib/workflows/graph-testing";
import { llmNode, outputNode, transformNode } from "../../testing";
import type { Chance } from "./chance";
import { markedPrompt } from "./prompts";

type Makers = { readonly modelKey: string; readonly origin: string; readonly scenario: string };

/**
 * A graph of a few stages one after the other, each drawn: a node that asks the model or a service or computes, several
 * beside each other that join again, one of two ways, each item of a list, or rounds of a loop.
 */
export function drawnGraph(chance: Chance, makers: Makers, stages: number): Graph {
  const nodes: GraphNode[] = [testNode("input", "input")];
  const edges: GraphEdge[] = [];
  let last = "input";
  for (let stage = 0; stage < stages; stage += 1) {
    const draw = STAGES[chance.whole(0, STAGES.length - 1)] ?? single;
    const drawn = draw(chance, makers, `s${stage}`);
    nodes.push(...drawn.nodes);
    edges.push(...drawn.heads.map((head) => testEdge(last, head)), ...drawn.edges);
    last = drawn.last;
  }
  nodes.push(outputNode("output", { result: "{{ input.text }}" }));
  edges.push(testEdge(last, "output"));
  return testGraph(nodes, edges);
}

type Stage = { nodes: GraphNode[]; edges: GraphEdge[]; heads: string[]; last: string };
type Draw = (chance: Chance, makers: Makers, name: string) => Stage;

function worker(chance: Chance, makers: Makers, id: string, more = ""): GraphNode {
  const ask = () => llmNode(id, makers.modelKey, `${markedPrompt(id)}${more} [[${makers.scenario}]]`);
  const call = () =>
    testNode(id, "http", {
      method: "POST",
      url: `${makers.origin}/do/${makers.scenario.replace(" ", "/")}`,
      headers: [],
      body: "{}",
      allowedStatus: [],
      timeoutMs: 10_000,
    });
  return chance.oneOf([ask, ask, call, () => transformNode(id, { text: "{{ input.text }}" })])();
}

const single: Draw = (chance, makers, name) => ({
  nodes: [worker(chance, makers, name)],
  edges: [],
  heads: [name],
  last: name,
});

const beside: Draw = (chance, makers, name) => {
  const lanes = Array.from({ length: chance.whole(2, 4) }, (_, lane) =>
    worker(chance, makers, `${name}_${lane}`),
  );
  const join = testNode(`${name}_join`, "merge");
  return {
    nodes: [...lanes, join],
    edges: lanes.map((lane) => testEdge(lane.id, join.id)),
    heads: lanes.map((lane) => lane.id),
    last: join.id,
  };
};

const either: Draw = (chance, makers, name) => {
  const decide = testNode(name, "condition", {
    match: "all",
    rules: [{ expression: `input.text.endsWith("${chance.whole(0, 9)}")` }],
  });
  const [yes, no] = [worker(chance, makers, `${name}_yes`), worker(chance, makers, `${name}_no`)];
  const join = testNode(`${name}_join`, "merge", { mode: "first" });
  return {
    nodes: [decide, yes, no, join],
    edges: [
      testEdge(name, yes.id, "true"),
      testEdge(name, no.id, "false"),
      testEdge(yes.id, join.id),
      testEdge(no.id, join.id),
    ],
    heads: [name],
    last: join.id,
  };
};

const eachItem: Draw = (chance, makers, name) => {
  const map = testNode(name, "map", {
    items: `[${Array.from({ length: chance.whole(2, 5) }, (_, item) => item).join(", ")}]`,
    maxParallel: chance.whole(1, 3),
    maxItems: 100,
    onItemError: "collect",
    mode: "template",
    value: "{{ item }}",
  });
  const body = { ...worker(chance, makers, `${name}_item`, " {{ index }}"), parent: name };
  return { nodes: [map, body], edges: [], heads: [name], last: name };
};

const rounds: Draw = (chance, makers, name) => {
  const loop = testNode(name, "loop", {
    maxRounds: chance.whole(1, 3),
    until: "round >= 2",
    initialMode: "template",
    initial: "",
    mode: "template",
    value: "{{ round }}",
  });
  const body = { ...worker(chance, makers, `${name}_round`, " {{ round }}"), parent: name };
  return { nodes: [loop, body], edges: [], heads: [name], last: name };
};

const STAGES: readonly Draw[] = [single, single, beside, either, eachItem, rounds];
