import { type Graph, type GraphNode, parseGraph } from "./graph";
import type { Thing } from "./uses";

/** Something that a node uses and that is not in this workspace; its name is not always known. */
export type Missing = { readonly thing: Thing; readonly name: string | null; readonly node: GraphNode };

const ONE: Readonly<Record<Thing, string>> = {
  agents: "agent",
  workflows: "workflow",
  documents: "document",
  credentials: "credential",
  people: "person",
};

const HEADING = "Not in this workspace. Choose what to use instead, then delete this note:";
const MOST_LINES = 12;
const WIDTH = 320;
const GAP = 40;

/** The graph with a note to the left of it that says what is missing; as it was where there is no room for one. */
export function withMissingNote(graph: Graph, missing: readonly Missing[]): Graph {
  if (missing.length === 0) return graph;
  const lines = [...new Set(missing.map(lineOf))];
  const more = lines.length > MOST_LINES ? [`and ${lines.length - MOST_LINES} more`] : [];
  const shown = [...lines.slice(0, MOST_LINES), ...more];
  const places = graph.nodes.filter(({ parent }) => parent === undefined).map(({ position }) => position);
  const note: GraphNode = {
    id: freeId(graph),
    kind: "note",
    name: "From the file",
    position: {
      x: Math.min(...places.map(({ x }) => x)) - WIDTH - GAP,
      y: Math.min(...places.map(({ y }) => y)),
    },
    // Room for a heading of two lines, and for names that take two.
    size: { width: WIDTH, height: 96 + 48 * shown.length },
    config: { text: [HEADING, ...shown].join("\n"), color: "pink" },
  };
  const noted = parseGraph({ ...graph, nodes: [...graph.nodes, note] });
  return noted.ok ? noted.graph : graph;
}

function lineOf({ thing, name, node }: Missing): string {
  return `${node.name}: ${ONE[thing]}${name === null ? "" : ` “${name}”`}`;
}

function freeId({ nodes }: Graph): string {
  const taken = new Set(nodes.map(({ id }) => id));
  for (let number = 1; ; number += 1) if (!taken.has(`from_file_${number}`)) return `from_file_${number}`;
}
