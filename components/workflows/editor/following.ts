import { writtenKey } from "@/lib/workflows/expression-names";
import type { Graph, GraphNode } from "@/lib/workflows/graph";
import { isRecord, rowsOf, textOf } from "@/lib/workflows/kind";
import type { Reference } from "@/lib/workflows/template";
import { withCompared } from "./compared";
import type { JsonObject } from "./json-text";
import { type Rewrite, rewriteTexts } from "./rewriting";

/**
 * Nodes whose rows have keys that others use: as names of values, with what stands between the node and the key, as in
 * `ask.answer.limit`; or as the value of an output, as in `pick.category == "complaint"`.
 */
const KEYED: Readonly<Record<string, Keyed>> = {
  input: { rows: "fields", inside: [] },
  transform: { rows: "fields", inside: [] },
  approval: { rows: "fields", inside: ["answer"] },
  llm: { rows: "outputFields", inside: [] },
  classify: { rows: "categories", said: "category" },
  switch: { rows: "cases", said: "case" },
};

type Keyed = { readonly rows: string } & ({ readonly inside: readonly string[] } | { readonly said: string });

/** What can stand after a dot in a template; in an expression some words cannot. */
const PLAIN_KEY = /^[A-Za-z_][A-Za-z0-9_]*$/;

type Renamed = { readonly from: string; readonly to: string };

/** A graph in which others follow a key, and what did; `renamed` is null where no key that is used got another name. */
export type Followed = {
  readonly graph: Graph;
  readonly renamed: Renamed | null;
  readonly texts: number;
  /** Which outputs that are written in the node itself. */
  readonly outputs: readonly string[];
};

/**
 * Lets the templates and expressions of a graph follow a key of a node that has just got another name, and what the node
 * is to give in tests and when it fails.
 */
export function followKey(graph: Graph, before: GraphNode, after: GraphNode): Followed {
  const unchanged = { graph, renamed: null, texts: 0, outputs: [] };
  const keyed = KEYED[after.kind];
  const renamed = keyed && renamedKey(keyed.rows, before, after);
  if (!renamed) return unchanged;
  const used = "said" in keyed ? [keyed.said] : [...keyed.inside, renamed.from];
  const paths = [["nodes", after.id], [after.id], ...(after.kind === "input" ? [["input"]] : [])].map(
    (path) => [...path, ...used],
  );
  let texts = 0;
  const rewrite: Rewrite = (text, references) => {
    const changed = references.reduce(
      (result, reference) =>
        "said" in keyed
          ? withValue(result, reference, paths, renamed)
          : withKey(result, reference, paths, renamed.to),
      text,
    );
    if (changed !== text) texts += 1;
    return changed;
  };
  const { node: own, outputs } = withOutputs(after, (output) =>
    "said" in keyed ? withSaid(output, keyed.said, renamed) : withEntry(output, keyed.inside, renamed),
  );
  const nodes = graph.nodes.map((each) => {
    const node = each.id === own.id ? own : each;
    const config = rewriteTexts(node, rewrite);
    return config === node.config ? node : { ...node, config };
  });
  return texts + outputs.length === 0 ? unchanged : { graph: { ...graph, nodes }, renamed, texts, outputs };
}

/** The node with the key in its pinned and its default output, and which of them had it. */
function withOutputs(
  node: GraphNode,
  changed: (output: JsonObject) => JsonObject | null,
): { node: GraphNode; outputs: readonly string[] } {
  const { policy } = node;
  const pin = node.pin && changed(node.pin);
  const defaultOutput = policy?.defaultOutput && changed(policy.defaultOutput);
  return {
    node: {
      ...node,
      ...(pin ? { pin } : {}),
      ...(defaultOutput ? { policy: { ...policy, defaultOutput } } : {}),
    },
    outputs: [...(pin ? ["pinned output"] : []), ...(defaultOutput ? ["default output"] : [])],
  };
}

/** An object in which a field has another name, in its place; null where it has no such field, or has the other one too. */
function withEntry(
  object: JsonObject,
  [step, ...steps]: readonly string[],
  { from, to }: Renamed,
): JsonObject | null {
  if (step !== undefined) {
    const inner = Object.hasOwn(object, step) ? object[step] : null;
    const changed = isRecord(inner) ? withEntry(inner as JsonObject, steps, { from, to }) : null;
    return changed && { ...object, [step]: changed };
  }
  if (!Object.hasOwn(object, from) || Object.hasOwn(object, to)) return null;
  return Object.fromEntries(Object.entries(object).map(([key, value]) => [key === from ? to : key, value]));
}

/** An object that has the new key as a value where it had the old one; null where it had not. */
function withSaid(object: JsonObject, said: string, { from, to }: Renamed): JsonObject | null {
  return object[said] === from ? { ...object, [said]: to } : null;
}

/** The one key that is another than before, while all rows stay where they are. */
function renamedKey(rows: string, before: GraphNode, after: GraphNode): Renamed | null {
  const old = rowsOf(before.config, rows).map((row) => textOf(row, "key"));
  const next = rowsOf(after.config, rows).map((row) => textOf(row, "key"));
  const changed = old.flatMap((from, at) => (from === next[at] ? [] : [{ from, to: next[at] ?? "" }]));
  const [renamed] = changed;
  if (old.length !== next.length || changed.length !== 1 || !renamed) return null;
  const { from, to } = renamed;
  // Two rows of one key are a mistake on the way to something else, and it cannot be said which one is meant.
  if (from === "" || next.includes(from) || old.includes(to)) return null;
  return PLAIN_KEY.test(to) && writtenKey(to) === `.${to}` ? renamed : null;
}

/** What a value is compared with is no part of its name, so that only the whole name counts. */
function withValue(
  text: string,
  { path, start }: Reference,
  paths: readonly (readonly string[])[],
  { from, to }: Renamed,
): string {
  const isIt = paths.some(
    (names) => names.length === path.length && names.every((name, at) => path[at] === name),
  );
  return isIt ? withCompared(text, start, from, to) : text;
}

function withKey(
  text: string,
  { path, start }: Reference,
  paths: readonly (readonly string[])[],
  key: string,
): string {
  const used = paths.find((names) => names.every((name, at) => path[at] === name));
  if (!used) return text;
  let at = start;
  let name = "";
  for (const step of used) {
    at = text.indexOf(step, at + name.length);
    if (at === -1) return text;
    name = step;
  }
  return text.slice(0, at) + key + text.slice(at + name.length);
}
