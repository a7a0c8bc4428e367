import type { NodePolicy } from "@/lib/workflows/graph";
import { testNode } from "@/lib/workflows/graph-testing";
import type { Chance } from "../faults/testing/chance";
import { transformNode } from "../testing";
import {
  all,
  type Drawing,
  inner,
  type NodeDraft,
  type NodeMade,
  ofNode,
  type Place,
  type Ref,
} from "./drawing";
import type { Names, Part } from "./expected";

export function some(chance: Chance, { id, here }: NodeDraft): Ref {
  const [first, ...rest] = here;
  const picked = first ? [chance.oneOf([first, ...rest]), chance.oneOf([first, ...rest])] : [];
  const { text, read } = all(picked);
  return { text: `${id}:${text}`, read: (world) => `${id}:${read(world)}` };
}

export function drawTransform(chance: Chance, draft: NodeDraft): NodeMade {
  const { id } = draft;
  const value = some(chance, draft);
  const run: Part["run"] = (world) => ({ port: "out", output: { v: value.read(world) } });
  return {
    node: transformNode(id, { v: value.text }),
    part: { id, ports: ["out"], from: [], run },
    refs: [ofNode(id, "v", ({ v }) => v)],
  };
}

/** An expression that is true or false, and what it should be. */
function drawTest(
  chance: Chance,
  { parent }: Place,
): { text: string; holds: (names: Names, input: string) => boolean } {
  const bound = chance.whole(0, 2);
  if (parent?.kind === "map")
    return { text: `index >= ${bound}.0`, holds: ({ index }) => Number(index) >= bound };
  if (parent) return { text: `round >= ${bound}.0`, holds: ({ round }) => Number(round) >= bound };
  const size = chance.whole(0, 12);
  return { text: `input.text.size() > ${size}`, holds: (_, input) => input.length > size };
}

export function drawCondition(chance: Chance, place: Place, { id }: NodeDraft): NodeMade {
  const rules = [drawTest(chance, place), drawTest(chance, place)];
  const match = chance.oneOf(["all", "any"]);
  const run: Part["run"] = ({ names, input }) => {
    const held = rules.map(({ holds }) => holds(names, input));
    const result = match === "all" ? held.every(Boolean) : held.some(Boolean);
    return { port: String(result), output: { result } };
  };
  return {
    node: testNode(id, "condition", { match, rules: rules.map(({ text }) => ({ expression: text })) }),
    part: { id, ports: ["true", "false"], from: [], run },
    refs: [ofNode(id, "result", ({ result }) => result)],
  };
}

export function drawSwitch(chance: Chance, place: Place, { id }: NodeDraft): NodeMade {
  const tests = [drawTest(chance, place), drawTest(chance, place)];
  const cases = tests.map(({ text }, index) => ({ key: `c${index}`, label: `C${index}`, expression: text }));
  const run: Part["run"] = ({ names, input }) => {
    const found = tests.findIndex(({ holds }) => holds(names, input));
    const key = found < 0 ? "else" : `c${found}`;
    return { port: key, output: { case: key } };
  };
  return {
    node: testNode(id, "switch", { cases }),
    part: { id, ports: ["c0", "c1", "else"], from: [], run },
    refs: [ofNode(id, "case", (output) => output.case)],
  };
}

export function drawMerge(chance: Chance, { id, from }: NodeDraft): NodeMade {
  const mode = chance.oneOf(["all", "first"]);
  const sources = [...new Set(from.map(({ source }) => source))];
  const run: Part["run"] = ({ outputs }, live) => {
    const [first] = live;
    const of = (source: string) => outputs.get(source) ?? null;
    if (mode === "first") return { port: "out", output: { nodeId: first, value: first ? of(first) : null } };
    return {
      port: "out",
      output: { values: Object.fromEntries(live.map((source) => [source, of(source)])) },
    };
  };
  const refs =
    mode === "first"
      ? [
          ofNode(id, "nodeId", ({ nodeId }) => nodeId),
          ofNode(id, "value.v", ({ value }) => inner(value, "v")),
        ]
      : sources.map((source) =>
          ofNode(id, `values.${source}.v`, ({ values }) => inner(inner(values, source), "v")),
        );
  return { node: testNode(id, "merge", { mode }), part: { id, ports: ["out"], from: [], run }, refs };
}

const ELSEWHERE = { body: { v: "instead" }, status: 0, headers: {} };

export function drawHttp({ chance, host }: Drawing, place: Place, draft: NodeDraft): NodeMade {
  const { id } = draft;
  const value = some(chance, draft);
  const draw = chance.next();
  const isNever = draw < 0.2 || (place.isForgiving && draw < 0.4);
  const onError: NodePolicy["onError"] =
    !isNever || (place.isForgiving && chance.next() < 0.5) ? "fail" : chance.oneOf(["default", "branch"]);
  const isFlaky = !isNever && place.mayBreak && draw < 0.6;
  const way = isNever ? "never" : isFlaky ? "flaky" : "ok";
  const policy = { onError, ...(onError === "default" ? { defaultOutput: ELSEWHERE } : {}) };
  const node = testNode(id, "http", {
    method: chance.oneOf(["GET", "GET", "POST"]),
    url: `http://${host}/${way}/${id}?v=${value.text.replaceAll(" }}", " | url_encode }}")}`,
    headers: [],
    body: "",
    allowedStatus: [],
    timeoutMs: 20_000,
  });
  const run: Part["run"] = (world) => {
    if (!isNever && !(isFlaky && world.isBroken(id)))
      return { port: "out", output: { body: { v: value.read(world) } } };
    if (onError === "default") return { port: "out", output: ELSEWHERE, fees: 0 };
    return onError === "branch" ? { port: "error", output: {}, fees: 0 } : null;
  };
  return {
    node: { ...node, policy },
    part: { id, ports: onError === "branch" ? ["out", "error"] : ["out"], from: [], run },
    refs: [ofNode(id, "body.v", ({ body }) => inner(body, "v"))],
  };
}
