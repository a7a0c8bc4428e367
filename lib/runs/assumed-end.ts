import "server-only";
import type { Tx } from "@/db/access";
import type { TenantScope } from "@/db/scope";
import { inPassing } from "@/db/statements";
import type { Graph } from "@/lib/workflows/graph";
import { nextSteps, type Outcome } from "@/lib/workflows/schedule";
import { endPlain, isPlainEnd } from "./end-run";
import type { Standing } from "./finish";
import type { FollowUps } from "./follow-up";
import type { MadeStep } from "./node-values";
import { skippedRows } from "./steps";
import { isOver, type RunFacts } from "./store";

/** A run as the one that drives it knows it. */
type Scene = {
  readonly run: RunFacts;
  readonly graph: Graph;
  readonly outcomes: ReadonlyMap<string, Outcome>;
  readonly made: ReadonlyMap<string, MadeStep>;
};

/**
 * Completes a run by what is known of it, without reading it again: its nodes are done, and one of them gave its output in
 * this drive. Null where that has to be looked at; then nothing was sent.
 * @throws Outdated, at the latest before the commit, when it was cancelled or has ended meanwhile
 */
export async function endAssumed(
  tx: Tx,
  scope: TenantScope,
  { run, graph, outcomes, made }: Scene,
  ups: FollowUps,
): Promise<Standing | null> {
  const isWhole = run.workflowVersionId !== null && run.bodyNodeId === null && run.onlyNodes === null;
  if (!isWhole || isOver(run)) return null;
  if ([...outcomes.values()].some(({ status }) => status === "failed")) return null;
  const { ready, skipped, done } = nextSteps(graph, outcomes);
  if (!done || ready.length > 0) return null;
  const isGiven = ({ id, kind }: Graph["nodes"][number]) =>
    kind === "output" && outcomes.get(id)?.status === "completed";
  const [only, ...others] = graph.nodes.filter(isGiven);
  const step = only && others.length === 0 ? made.get(only.id) : undefined;
  if (!step) return null;
  const end = { status: "completed", result: Object.assign({}, step.output) } as const;
  if (!isPlainEnd(run, end)) return null;
  const dead = graph.nodes.filter(({ id }) => skipped.includes(id));
  const rows = dead.map((node) => ({ executionId: run.id, node }));
  if (rows.length > 0) await inPassing(tx, skippedRows(tx, scope, rows));
  await endPlain(tx, scope, run, end, ups);
  return { status: "completed", hasWork: false };
}
