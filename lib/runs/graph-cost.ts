import type { Micros } from "@/lib/money";
import { edgesBy, type Graph, type GraphNode, levelOf, topologicalOrder } from "@/lib/workflows/graph";
import { ERROR_PORT } from "@/lib/workflows/kind";
import { findKind, portsOfNode } from "@/lib/workflows/nodes";

/** What something costs at least, most likely, and at most, in micro-dollars. */
export type CostRange = { readonly low: Micros; readonly likely: Micros; readonly high: Micros };

export const NOTHING: CostRange = { low: 0n, likely: 0n, high: 0n };

export function plus(a: CostRange, b: CostRange): CostRange {
  return { low: a.low + b.low, likely: a.likely + b.likely, high: a.high + b.high };
}

/** How often something is run: at least, most likely, at most. */
export type Times = { readonly low: number; readonly likely: number; readonly high: number };

/**
 * What something costs that is run several times, each time on its own: that all of them are at their most is not likely,
 * so that what one may cost more than usual counts with the root of how many there are.
 */
function times({ low, likely, high }: CostRange, count: Times): CostRange {
  const more = high > likely ? high - likely : 0n;
  return {
    low: low * BigInt(count.low),
    likely: likely * BigInt(count.likely),
    high: likely * BigInt(count.high) + more * BigInt(Math.ceil(Math.sqrt(count.high))),
  };
}

const WHOLE = 1_000_000;

/** How likely each node of a level is reached, in millionths: ways that exclude each other share what leads to them. */
function chances(level: Graph): ReadonlyMap<string, number> {
  const incoming = edgesBy(level, "target");
  const nodes = new Map(level.nodes.map((node) => [node.id, node]));
  const found = new Map<string, number>();
  for (const id of topologicalOrder(level).order) {
    const edges = incoming.get(id) ?? [];
    const reach = edges.map(({ source, sourcePort }) => {
      const from = nodes.get(source);
      if (sourcePort === ERROR_PORT.id) return 0;
      const ways = from ? portsOfNode(from).filter((port) => port.id !== ERROR_PORT.id).length : 1;
      return Math.floor((found.get(source) ?? 0) / Math.max(1, ways));
    });
    const sum = reach.reduce((all, one) => all + one, 0);
    // What is lost by splitting in three and joining again is not a doubt.
    found.set(id, edges.length === 0 || sum > WHOLE - level.nodes.length * 10 ? WHOLE : sum);
  }
  return found;
}

/** Where a node does not say how many items its list usually has. */
const USUAL_ITEMS = 10;
/** A list may well have a third of what is usual, or three times as many. */
const SPREAD = 3;

const atLeastOne = (value: unknown) => (typeof value === "number" && value >= 1 ? Math.floor(value) : 1);

/** How many items the lists of maps had in a run that is like the one to come, by node. */
export type ListLengths = ReadonlyMap<string, number>;

const NO_LENGTHS: ListLengths = new Map();

/** How many items the list of a map is taken to have. */
function itemsOf({ id, config: { usualItems, maxItems } }: GraphNode, lengths: ListLengths): Times {
  const seen = lengths.get(id);
  if (seen !== undefined) return { low: seen, likely: seen, high: seen };
  const most = atLeastOne(maxItems);
  const likely = Math.min(most, usualItems === undefined ? USUAL_ITEMS : atLeastOne(usualItems));
  return {
    low: Math.max(1, Math.floor(likely / SPREAD)),
    likely,
    high: Math.min(most, likely * SPREAD),
  };
}

/** How often the body of a container is run; once for a node that is none. */
function repeats(node: GraphNode, lengths: ListLengths): Times {
  const { kind, config } = node;
  if (kind === "map") return itemsOf(node, lengths);
  const rounds = kind === "loop" ? atLeastOne(config.maxRounds) : 1;
  return { low: 1, likely: Math.min(3, rounds), high: rounds };
}

/** A list that an estimate takes to be of a length that nobody knows yet. */
export type AssumedList = {
  /** The name of the node that goes through it. */
  readonly node: string;
  readonly items: Times;
  /** Whether the node says how many are usual. */
  readonly isDeclared: boolean;
  /** Whether it had as many in the run that is to be run again. */
  readonly isSeen: boolean;
  /** What one item more costs most likely. */
  readonly perItem: Micros;
};

/** The lists that `graphCost` takes to be of some length. @param costOf as there, and `lengths` too */
export function assumedLists(
  graph: Graph,
  costOf: (node: GraphNode) => CostRange,
  lengths: ListLengths = NO_LENGTHS,
): AssumedList[] {
  return graph.nodes
    .filter(({ kind }) => kind === "map")
    .map((node) => ({
      node: node.name,
      items: itemsOf(node, lengths),
      isDeclared: node.config.usualItems !== undefined,
      isSeen: lengths.has(node.id),
      perItem: graphCost(graph, costOf, lengths, node.id).likely,
    }));
}

/**
 * What a graph costs, from what each of its nodes does: at least what every run passes, most likely each node by how
 * likely it is reached, at most everything. A body counts as often as it is likely to be run: of a list as many items as
 * the node says are usual, or ten, a third of them at least and three times as many at most; of a loop one round at
 * least, three, and as many as it may take. Attempts after a failure are not counted.
 * @param costOf what a node does by itself, without the nodes inside of it
 * @param lengths of lists whose length is known
 */
export function graphCost(
  graph: Graph,
  costOf: (node: GraphNode) => CostRange,
  lengths: ListLengths = NO_LENGTHS,
  parent: string | null = null,
): CostRange {
  const level = levelOf(graph, parent);
  const chance = chances(level);
  let sum = NOTHING;
  for (const node of level.nodes) {
    if (findKind(node.kind)?.isAnnotation) continue;
    const inside = findKind(node.kind)?.isContainer
      ? times(graphCost(graph, costOf, lengths, node.id), repeats(node, lengths))
      : NOTHING;
    const { low, likely, high } = plus(costOf(node), inside);
    const reached = chance.get(node.id) ?? WHOLE;
    sum = plus(sum, {
      low: reached === WHOLE ? low : 0n,
      likely: (likely * BigInt(reached)) / BigInt(WHOLE),
      high,
    });
  }
  return sum;
}

/** Of the costs of runs that are over: a tenth cost less than `low`, half of them less than `likely`, a tenth more than `high`. */
export function rangeOfRuns(costs: readonly Micros[]): CostRange {
  const sorted = [...costs].sort((a, b) => (a < b ? -1 : a > b ? 1 : 0));
  const at = (percent: number) => sorted[Math.max(0, Math.ceil((sorted.length * percent) / 100) - 1)] ?? 0n;
  return { low: at(10), likely: at(50), high: at(90) };
}

/** What was seen, as wide as a guess makes likely too. */
export function widened(seen: CostRange, guess: CostRange): CostRange {
  let { low, high } = seen;
  if (guess.low < low) low = guess.low;
  if (guess.likely > high) high = guess.likely;
  return { low, likely: seen.likely, high };
}
