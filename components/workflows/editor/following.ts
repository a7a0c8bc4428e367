import { writtenKey } from "@/lib/workflows/expression-names";
import type { Graph, GraphNode } from "@/lib/workflows/graph";
import { rowsOf, textOf } from "@/lib/workflows/kind";
import type { Reference } from "@/lib/workflows/template";
import { type Rewrite, rewriteTexts } from "./rewriting";

/** Nodes whose rows name values that others use, with what stands between the node and the key: `ask.answer.limit`. */
const KEYED: Readonly<Record<string, readonly string[]>> = { input: [], transform: [], approval: ["answer"] };

/** What can stand after a dot in a template; in an expression some words cannot. */
const PLAIN_KEY = /^[A-Za-z_][A-Za-z0-9_]*$/;

type Renamed = { readonly from: string; readonly to: string };

/** A graph in which texts follow a key, and what followed; `renamed` is null where no key that is used got another name. */
export type Followed = { readonly graph: Graph; readonly renamed: Renamed | null; readonly texts: number };

/** Lets the templates and expressions of a graph follow a key of a node that has just got another name. */
export function followKey(graph: Graph, before: GraphNode, after: GraphNode): Followed {
  const unchanged = { graph, renamed: null, texts: 0 };
  const inside = KEYED[after.kind];
  const renamed = inside && renamedKey(before, after);
  if (!renamed) return unchanged;
  const paths = [["nodes", after.id], [after.id], ...(after.kind === "input" ? [["input"]] : [])].map(
    (path) => [...path, ...inside, renamed.from],
  );
  let texts = 0;
  const rewrite: Rewrite = (text, references) => {
    const changed = references.reduce(
      (result, reference) => withKey(result, reference, paths, renamed.to),
      text,
    );
    if (changed !== text) texts += 1;
    return changed;
  };
  const nodes = graph.nodes.map((node) => {
    const config = rewriteTexts(node, rewrite);
    return config === node.config ? node : { ...node, config };
  });
  return texts === 0 ? unchanged : { graph: { ...graph, nodes }, renamed, texts };
}

/** The one key that is another than before, while all rows stay where they are. */
function renamedKey(before: GraphNode, after: GraphNode): Renamed | null {
  const old = rowsOf(before.config, "fields").map((row) => textOf(row, "key"));
  const next = rowsOf(after.config, "fields").map((row) => textOf(row, "key"));
  const changed = old.flatMap((from, at) => (from === next[at] ? [] : [{ from, to: next[at] ?? "" }]));
  const [renamed] = changed;
  if (old.length !== next.length || changed.length !== 1 || !renamed) return null;
  const { from, to } = renamed;
  // Two rows of one key are a mistake on the way to something else, and it cannot be said which one is meant.
  if (from === "" || next.includes(from) || old.includes(to)) return null;
  return PLAIN_KEY.test(to) && writtenKey(to) === `.${to}` ? renamed : null;
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
