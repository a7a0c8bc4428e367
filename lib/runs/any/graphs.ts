import type { Graph, GraphEdge, GraphNode } from "@/lib/workflows/graph";
import { testEdge, testGraph, testNode } from "@/lib/workflows/graph-testing";
import type { Chance } from "../faults/testing/chance";
import { outputNode } from "../testing";
import {
  all,
  type Callable,
  type Drawing,
  INPUT,
  type Made,
  type NodeDraft,
  type NodeMade,
  ofName,
  ofNode,
  type Place,
  type Ref,
  textOf,
} from "./drawing";
import type { Level, Part } from "./expected";
import { drawForgiveness, forgiving } from "./forgiving";
import { drawModel } from "./model-nodes";
import { drawCondition, drawHttp, drawMerge, drawSwitch, drawTransform, some } from "./plain-nodes";
import { drawApproval, drawWait } from "./waiting-nodes";

/** A workflow drawn by chance: what is published, and what its runs should come to. */
export type AnyWorkflow = { readonly graph: Graph; readonly level: Level };

const MOST_DEEP = 2;

/**
 * A workflow of an input, nodes of every kind that a run works out, calls a service by, asks a model by or waits in, and an output that reads them.
 * One that is called has less in it. Where nothing may break, no service that it calls refuses to answer for a while.
 */
export function drawWorkflow(
  drawing: Drawing,
  prefix: string,
  { isCalled = false, mayBreak = true } = {},
): AnyWorkflow {
  const place: Place = {
    prefix,
    parent: null,
    depth: isCalled ? 1 : 0,
    outside: [],
    isForgiving: false,
    mayBreak,
  };
  const { nodes, edges, level } = drawLevel(drawing, place);
  return { graph: testGraph(nodes, edges), level };
}

function drawLevel(drawing: Drawing, place: Place): Made {
  const { chance } = drawing;
  const { prefix, parent } = place;
  const nodes: GraphNode[] = [];
  const edges: GraphEdge[] = [];
  const parts: Part[] = [];
  const refs = new Map<string, readonly Ref[]>();
  const before = new Map<string, ReadonlySet<string>>();

  const put = (
    made: { node: GraphNode; more?: Made; part: Part; refs: readonly Ref[] },
    from: GraphEdge[],
  ) => {
    nodes.push(parent ? { ...made.node, parent: parent.id } : made.node, ...(made.more?.nodes ?? []));
    edges.push(...from, ...(made.more?.edges ?? []));
    parts.push({ ...made.part, from });
    refs.set(made.node.id, made.refs);
    const sources = from.map(({ source }) => source);
    before.set(made.node.id, new Set(sources.flatMap((id) => [id, ...(before.get(id) ?? [])])));
  };
  if (!parent) {
    const id = `${prefix}input`;
    const run: Part["run"] = () => ({ port: "out", output: {} });
    put({ node: testNode(id, "input"), part: { id, ports: ["out"], from: [], run }, refs: [] }, []);
  }

  const count = chance.whole(parent ? 1 : 3, parent ? 4 : 9);
  for (let index = 0; index < count; index += 1) {
    const id = `${prefix}n${index}`;
    const from = parts.length === 0 ? [] : drawEdges(chance, parts, id, parent !== null);
    const ancestors = new Set(from.flatMap(({ source }) => [source, ...(before.get(source) ?? [])]));
    const seen = [...ancestors].flatMap((source) => refs.get(source) ?? []);
    const here = [...seen, ...place.outside, INPUT, ...namesIn(parent)];
    put(drawNode(drawing, place, { id, from, here }), from);
  }
  if (!parent) {
    const id = `${prefix}output`;
    const sinks = parts.filter((part) => !edges.some(({ source }) => source === part.id));
    const from = sinks.map((part) => testEdge(part.id, id, chance.oneOf([part.ports[0], ...part.ports])));
    const reads = all([...refs.values()].flat());
    const run: Part["run"] = (world) => ({ port: "", output: { result: reads.read(world) } });
    const part = { id, ports: [""] as const, from, run };
    put({ node: outputNode(id, { result: reads.text }), part, refs: [] }, from);
  }
  return { nodes, edges, level: { parts, refs: all([...refs.values()].flat()) } };
}

function namesIn(parent: GraphNode | null): readonly Ref[] {
  if (!parent) return [];
  return parent.kind === "map" ? [ofName("item"), ofName("index")] : [ofName("round"), ofName("last")];
}

function drawEdges(chance: Chance, parts: readonly Part[], id: string, mayBegin: boolean): GraphEdge[] {
  if (mayBegin && chance.next() < 0.2) return [];
  const found = new Map<string, GraphEdge>();
  const count = chance.whole(1, 3);
  for (let index = 0; index < count; index += 1) {
    const [first, ...rest] = parts.slice(-4);
    if (!first) break;
    const source = chance.oneOf([first, ...rest]);
    const edge = testEdge(source.id, id, chance.oneOf([source.ports[0], ...source.ports]));
    found.set(edge.id, edge);
  }
  return [...found.values()];
}

function drawNode(drawing: Drawing, place: Place, draft: NodeDraft): NodeMade {
  const { chance } = drawing;
  const onError = drawForgiveness(chance);
  const inside = onError === "fail" ? place : { ...place, isForgiving: true, mayBreak: false };
  const called = drawing.callable
    .filter(({ mayBreak }) => inside.mayBreak || !mayBreak)
    .at(chance.whole(0, 1));
  const draw = chance.next();
  if (place.depth < MOST_DEEP && draw < 0.12)
    return forgiving(drawMap(drawing, inside, draft), onError, { items: ["instead"], count: 0, errors: [] });
  if (place.depth < MOST_DEEP && draw < 0.22)
    return forgiving(drawLoop(drawing, inside, draft), onError, {
      last: "instead",
      rounds: 0,
      reached: false,
    });
  if (called && draw < 0.3)
    return forgiving(drawCall(drawing, called, draft), onError, { result: "instead" });
  if (draw < 0.36) return drawWait(draft);
  if (draw < 0.42) return drawApproval(drawing, draft);
  if (draw < 0.53) return drawHttp(drawing, place, draft);
  if (draw < 0.62) return drawModel(drawing, place, draft);
  if (draw < 0.7) return drawCondition(chance, place, draft);
  if (draw < 0.8) return drawSwitch(chance, place, draft);
  return draft.from.length > 0 && draw < 0.9 ? drawMerge(chance, draft) : drawTransform(chance, draft);
}
function drawMap(drawing: Drawing, place: Place, { id, here }: NodeDraft): NodeMade {
  const { chance } = drawing;
  const items = Array.from({ length: chance.whole(0, 3) }, (_, index) => `i${index}`);
  const onItemError = chance.oneOf(["fail", "skip", "collect"]);
  const isForgiving = place.isForgiving || onItemError !== "fail";
  const config = {
    items: JSON.stringify(items),
    maxParallel: chance.whole(1, 3),
    maxItems: 100,
    onItemError,
    mode: "template",
  };
  const bare = testNode(id, "map", { ...config, value: "x" });
  const more = drawLevel(drawing, {
    prefix: `${id}_`,
    parent: bare,
    depth: place.depth + 1,
    outside: here,
    isForgiving,
    mayBreak: place.mayBreak && !isForgiving,
  });
  const value = all([ofName("item"), more.level.refs]);
  const run: Part["run"] = (world) => {
    const ends = items.map((item, index) => world.within(more.level, { item, index }, value.read));
    if (onItemError === "fail" && ends.some((end) => end === null)) return null;
    const kept = onItemError === "skip" ? ends.filter((end) => end !== null) : ends;
    return { port: "out", output: { items: kept.map(textOf), count: kept.length } };
  };
  return {
    node: { ...bare, config: { ...config, value: value.text } },
    more,
    part: { id, ports: ["out"], from: [], run },
    refs: [
      {
        text: `{{ ${id}.items | join: ";" | truncate: 90, "" }}`,
        read: ({ outputs }) => ((outputs.get(id)?.items ?? []) as string[]).join(";").slice(0, 90),
      },
      ofNode(id, "count", ({ count }) => count),
    ],
  };
}

function drawLoop(drawing: Drawing, place: Place, { id, here }: NodeDraft): NodeMade {
  const { chance } = drawing;
  const bound = chance.whole(0, 3);
  const maxRounds = chance.whole(1, 3);
  const config = {
    maxRounds,
    until: `round >= ${bound}.0`,
    initialMode: "template",
    initial: "go",
    mode: "template",
  };
  const bare = testNode(id, "loop", { ...config, value: "x" });
  const more = drawLevel(drawing, {
    ...place,
    prefix: `${id}_`,
    parent: bare,
    depth: place.depth + 1,
    outside: here,
  });
  const value = all([ofName("last"), more.level.refs]);
  const run: Part["run"] = (world) => {
    let last = "go";
    for (let round = 0; ; round += 1) {
      const end = world.within(more.level, { round, last }, value.read);
      if (end === null) return null;
      last = end;
      const reached = round >= bound;
      if (reached || round + 1 >= maxRounds)
        return { port: "out", output: { last, rounds: round + 1, reached } };
    }
  };
  return {
    node: { ...bare, config: { ...config, value: value.text } },
    more,
    part: { id, ports: ["out"], from: [], run },
    refs: [
      ofNode(id, "last", ({ last }) => last),
      ofNode(id, "rounds", ({ rounds }) => rounds),
      ofNode(id, "reached", ({ reached }) => reached),
    ],
  };
}

function drawCall({ chance }: Drawing, called: Callable, draft: NodeDraft): NodeMade {
  const { id } = draft;
  const value = some(chance, draft);
  const inputs = [{ key: "text", mode: "template", value: value.text }];
  const run: Part["run"] = (world) => {
    const output = world.call(called.level, value.read(world));
    return output && { port: "out", output };
  };
  return {
    node: testNode(id, "workflow", { workflowId: called.id, versionId: "", inputs }),
    part: { id, ports: ["out"], from: [], run },
    refs: [ofNode(id, "result", ({ result }) => result)],
  };
}
