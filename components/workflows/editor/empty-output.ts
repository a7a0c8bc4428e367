import type { GraphNode } from "@/lib/workflows/graph";
import { type OutputField, rowsOf, textOf } from "@/lib/workflows/kind";
import type { CalledBy } from "@/lib/workflows/references";
import { outputsOf } from "@/lib/workflows/variables";

const EMPTY: Readonly<Record<OutputField["type"], () => NonNullable<GraphNode["pin"]>[string]>> = {
  text: () => "",
  number: () => 0,
  boolean: () => false,
  list: () => [],
  object: () => ({}),
  any: () => null,
};

/** A starting point with every field the nodes after it may ask for, each of its own kind. */
export function emptyOutput(node: GraphNode, called: CalledBy): NonNullable<GraphNode["pin"]> {
  const fields = outputsOf(node, called).filter(({ key }) => key);
  const output = Object.fromEntries(fields.map(({ key, type }) => [key, EMPTY[type]()]));
  return node.kind === "approval" ? { ...output, answer: emptyAnswer(node) } : output;
}

/** What people fill in, before they have. */
function emptyAnswer({ config }: GraphNode): NonNullable<GraphNode["pin"]> {
  const rows = rowsOf(config, "fields").filter((row) => textOf(row, "key") !== "");
  return Object.fromEntries(
    rows.map((row) => {
      const type = row.type === "number" || row.type === "boolean" ? row.type : "text";
      return [textOf(row, "key"), EMPTY[type]()];
    }),
  );
}
