import type { Graph } from "@/lib/workflows/graph";
import { nextSteps, type Outcome } from "@/lib/workflows/schedule";
import type { StepReference } from "./settle-step";

/** A step that has ended. */
export type Settled = Exclude<StepReference, { status: "retry" }>;

/** What the engine runs and remembers as one step: a node with an effect, or nodes that only compute. */
export type FlowStep = {
  readonly id: string;
  readonly nodeIds: readonly string[];
  /** Something else is under way beside it. */
  readonly isParallel: boolean;
};

export type SettledNodes = readonly (readonly [nodeId: string, settled: Settled])[];

type Flow = {
  /** Whether a node only computes. */
  readonly isPure: (nodeId: string) => boolean;
  /** Runs a step, once: repeated in a later call of the function, it answers what it answered then. */
  readonly run: (step: FlowStep, outcomes: ReadonlyMap<string, Outcome>) => Promise<SettledNodes>;
  /** Engine steps this function run may take. */
  readonly most: number;
};

function outcomeOf(settled: Settled): Outcome {
  if (settled.status === "completed") return settled;
  if (settled.status === "waiting") return { status: "running" };
  return { status: settled.status === "skipped" ? "skipped" : "failed" };
}

function hasFailed(outcomes: ReadonlyMap<string, Outcome>): boolean {
  return [...outcomes.values()].some((outcome) => outcome.status === "failed");
}

/** The nodes that can start now; notes those that are skipped. */
function readyNodes(graph: Graph, outcomes: Map<string, Outcome>): readonly string[] {
  const { ready, skipped } = nextSteps(graph, outcomes);
  for (const nodeId of skipped) outcomes.set(nodeId, { status: "skipped" });
  return ready;
}

/**
 * Dataflow: each node starts as soon as everything it needs is settled, whatever else is still running. Nodes that only
 * compute go together, so that the engine is not asked for each. What waits is left to whatever it waits for. After a
 * failure nothing new starts.
 * @returns whether nodes are left for the next segment
 */
export async function flow(
  graph: Graph,
  outcomes: Map<string, Outcome>,
  { isPure, run, most }: Flow,
): Promise<boolean> {
  let taken = 0;
  let running = 0;
  let isCut = false;
  const stepsOf = (ready: readonly string[]): (readonly string[])[] => {
    const pure = ready.filter(isPure);
    return [...(pure.length > 0 ? [pure] : []), ...ready.filter((id) => !isPure(id)).map((id) => [id])];
  };
  const advance = async (): Promise<void> => {
    // Whatever else is ready is for the next segment.
    if (isCut || hasFailed(outcomes)) return;
    const steps = stepsOf(readyNodes(graph, outcomes));
    const now = steps.slice(0, most - taken);
    isCut ||= now.length < steps.length;
    taken += now.length;
    running += now.length;
    const isParallel = running > 1;
    for (const nodeId of now.flat()) outcomes.set(nodeId, { status: "running" });
    const before = new Map(outcomes);
    await Promise.all(
      now.map(async (nodeIds) => {
        const settled = await run({ id: `node:${nodeIds[0]}`, nodeIds, isParallel }, before);
        for (const [nodeId, reference] of settled) outcomes.set(nodeId, outcomeOf(reference));
        running -= 1;
        await advance();
      }),
    );
  };
  await advance();
  return isCut;
}

/** Nodes one step may compute; the rest follow in the next. */
const MOST_COMPUTED = 100;

/** How a run stands once these nodes have ended. */
export function withSettled(
  outcomes: ReadonlyMap<string, Outcome>,
  settled: SettledNodes,
): Map<string, Outcome> {
  const known = new Map(outcomes);
  for (const [nodeId, reference] of settled) known.set(nodeId, outcomeOf(reference));
  return known;
}

/** Whether nothing is left of a run once a step has settled these nodes: it has failed, or all others are settled. */
export function isDoneAfter(
  graph: Graph,
  outcomes: ReadonlyMap<string, Outcome>,
  settled: SettledNodes,
): boolean {
  const known = withSettled(outcomes, settled);
  if ([...known.values()].some((outcome) => outcome.status === "running")) return false;
  return hasFailed(known) || nextSteps(graph, known).ready.length === 0;
}

type Settling = { isPure: (nodeId: string) => boolean; settle: (nodeId: string) => Promise<Settled> };

/**
 * Runs a node with an effect, and then computes what only waited for it, so that the engine is not asked for that.
 * @param outcomes how the run stood when the step was planned, what runs beside it as running
 */
export async function settleEffect(
  graph: Graph,
  outcomes: ReadonlyMap<string, Outcome>,
  nodeId: string,
  { isPure, settle }: Settling,
): Promise<SettledNodes> {
  const own: SettledNodes = [[nodeId, await settle(nodeId)]];
  const known = withSettled(outcomes, own);
  const ready = hasFailed(known) ? [] : readyNodes(graph, known).filter(isPure);
  return [...own, ...(await settlePure(graph, known, ready, { isPure, settle }))];
}

/**
 * Computes nodes and then those that become ready by them, as long as they only compute too.
 * @param outcomes how the run stood when the step was planned, what runs beside it as running
 */
export async function settlePure(
  graph: Graph,
  outcomes: ReadonlyMap<string, Outcome>,
  nodeIds: readonly string[],
  { isPure, settle }: Settling,
): Promise<SettledNodes> {
  const known = new Map(outcomes);
  const settled: [string, Settled][] = [];
  let queue: readonly string[] = nodeIds;
  while (queue.length > 0 && !hasFailed(known)) {
    for (const nodeId of queue) {
      const reference = await settle(nodeId);
      known.set(nodeId, outcomeOf(reference));
      settled.push([nodeId, reference]);
    }
    if (settled.length >= MOST_COMPUTED) break;
    queue = readyNodes(graph, known).filter(isPure);
  }
  return settled;
}
