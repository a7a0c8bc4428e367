import "server-only";
import { asWorker, type Tx } from "@/db/access";
import type { TenantScope } from "@/db/scope";
import { eachTogether, passed, sendLast, sendNow, together } from "@/db/statements";
import { NOW, type PriceLists, priceLists, priceStatements, pricesAt } from "@/lib/metering/rates";
import type { Graph, GraphNode } from "@/lib/workflows/graph";
import { nextSteps, type Outcome } from "@/lib/workflows/schedule";
import { endAssumed } from "./assumed-end";
import { assumeRun, type Moment, Outdated } from "./assumed-run";
import { computeReady } from "./compute-ready";
import { beginEarly, type Early } from "./early";
import type { MayEnd } from "./end-line";
import { openNode } from "./execute-node";
import { begin, closeIn, type Standing } from "./finish";
import { type FollowUps, mergeFollowUps, newFollowUps } from "./follow-up";
import { type Known, stateOf, unseen } from "./known";
import { resourcesOf } from "./needs";
import { findRunner } from "./nodes/registry";
import { findSuspender } from "./nodes/suspenders";
import { graphOf } from "./pins";
import type { Asking } from "./room-line";
import type { Ended, Pending } from "./run-effect";
import { settleStep } from "./settle-step";
import { isSurelyLeased, type Room, roomFor } from "./slots";
import {
  isOver,
  loadOutcomes,
  loadRun,
  outcomeStatement,
  type RunFacts,
  runOf,
  runStatement,
  toOutcomes,
} from "./store";
import { thisWorker } from "./worker";

export type TurnInput = {
  readonly executionId: string;
  /** What is known of the run; null to read it. */
  readonly known: Known | null;
  /** Effects that have ended since the turn before. */
  readonly ended: readonly Ended[];
  /** Effects that are still under way. */
  readonly underWay: number;
  /** Whether more effects may be begun. */
  readonly mayBegin: boolean;
  readonly nowMs: number;
  /** Somebody else is at the same nodes: each is begun on its own. */
  readonly isCareful?: boolean;
  /** What is known may be outdated: it is to be read before anything is done. */
  readonly isToRead?: boolean;
  /** Only what can begin is to be found out. */
  readonly isLook?: boolean;
  /** In the transaction that wrote the run and read what is known of it: the tenant's slots, as it has counted them. */
  readonly atStart?: { readonly free: number };
  /** Its place among those of this process that ask for the tenant's room; not needed where its slots are counted. */
  readonly asking?: Asking;
  /** Whether it may end the run; not needed where nobody else is at it. */
  readonly mayEnd?: MayEnd;
  /** Nothing is to be begun before the commit: it was before, and that came to nothing. */
  readonly isAgain?: boolean;
  /** Is given what it claims steps for, by their nodes, whatever becomes of it. */
  readonly claimed?: Map<string, Pending>;
  /** What earlier tries have claimed steps for, of which nobody knows whether they were committed. */
  readonly tried?: ReadonlyMap<string, Pending>;
};

export type Turn = {
  readonly known: Known;
  /** Effects to be run now. */
  readonly pending: readonly Pending[];
  /** Those of them that are under way already. */
  readonly early: ReadonlyMap<Pending, Early>;
  /** Something can start at once, as soon as the tenant has room for it, or may ask for room when others have. */
  readonly next: "now" | "room" | "line" | null;
  /** Steps that others may begin, as far as is known. */
  readonly spare: number;
  /** How the run stands, when nothing of it is left to this drive; null otherwise. */
  readonly standing: Standing | null;
  /** To be closed in a transaction of its own: a part of another run, or one of many of its tenant that end now. */
  readonly isToClose: boolean;
  readonly ups: FollowUps;
};

/** Nodes that one turn computes; the rest follow in the next. */
const MOST_COMPUTED = 100;

/**
 * Takes a run as far as one transaction can: stores what has ended, computes what only waited for it, claims the effects
 * that can begin, within what the tenant may have at once, and ends the run when nothing is left.
 *
 * What is known of the run is taken to be so still, and everything is sent without waiting for answers; they are looked
 * at before the commit. Then a turn between two effects is two round trips.
 *
 * @throws AppError `precondition`, reason `rate_missing`; TakenMeanwhile and Outdated; with nothing written
 */
export async function takeTurn(tx: Tx, scope: TenantScope, input: TurnInput): Promise<Turn> {
  const { known, isAssumed, ...read } = await readRun(tx, scope, input);
  if (isAssumed) sendNow(tx);
  const begunRun = await begin(tx, scope, read.run);
  // What was under way when somebody else ended the run is still settled.
  if (!begunRun && !input.known) return nothingToDo(read.run, known);
  const run = begunRun ?? read.run;
  const graph = await graphOf(tx, scope, run);
  const state = stateOf(known);
  const ends = await eachTogether(tx, input.ended, ({ held, effect, account }) =>
    settleStep(tx, scope, held, effect, account, { run, made: state.made, isAssumedOurs: isAssumed }),
  );
  const room = roomOf(tx, scope, input, isAssumed);
  for (const [index, { held }] of input.ended.entries()) {
    const end = ends[index];
    if (end) state.note(held.node.id, end, input.nowMs);
  }
  const ups = newFollowUps();
  const scene = { run, graph, state, lists: known.lists, isAssumed, room, ups };
  const begun = isOver(run) ? NOTHING_BEGUN : await beginReady(tx, scope, scene, input);
  const isIdle = begun.pending.length + input.underWay === 0 && begun.next === null;
  const isToClose = isIdle && (run.parentStepId !== null || input.mayEnd?.() === false);
  const seen = { run, graph, outcomes: state.outcomes, made: state.made };
  const mayClose = isIdle && !isToClose;
  const assumedEnd = mayClose && isAssumed ? await endAssumed(tx, scope, seen, ups) : null;
  const standing = assumedEnd ?? (mayClose ? await closeIn(tx, scope, run.id, ups) : null);
  await sendLast(tx);
  const early = new Map(begun.sure.map((pending) => [pending, beginEarly(tx, scope, pending)]));
  await passed(tx);
  if (!(await room.isEnoughFor(begun.pending.length))) throw new Outdated();
  const spare = await room.leftBy(begun.pending.length);
  const { now, deadlineAt, readAtMs } = read.readAt();
  const { outcomes, waits, made, models } = state;
  const asLeft = { ...run, now, deadlineAt: deadlineAt ?? run.deadlineAt };
  const after = { ...known, run: asLeft, readAtMs, outcomes, waits, made, models };
  const { pending, next } = begun;
  return { known: after, pending, early, next, spare, standing, isToClose, ups };
}

const NOTHING_READ: ReturnType<typeof outcomeStatement> = { execute: async () => [] };

type Read = {
  readonly run: RunFacts;
  readonly known: Known;
  /** Whether the run is as it was the turn before, until an answer says otherwise. */
  readonly isAssumed: boolean;
  readonly readAt: () => Moment;
};

/** Everything a turn needs to know: the run, where its nodes stand, and prices of now. */
async function readRun(tx: Tx, scope: TenantScope, input: TurnInput): Promise<Read> {
  const { executionId, known, isCareful, isToRead, atStart } = input;
  if (known && atStart) {
    const { run, readAtMs } = known;
    return { run, known, isAssumed: true, readAt: () => ({ ...run, readAtMs }) };
  }
  if (known && !isCareful && !isToRead)
    return { ...(await assumeRun(tx, scope, known)), known, isAssumed: true };
  const read = known?.resources ?? resourcesOf([]);
  const [rows, steps, ...prices] = await together(tx, [
    runStatement(tx, scope, executionId),
    known ? NOTHING_READ : outcomeStatement(tx, scope, executionId),
    ...priceStatements(tx, scope, read, NOW),
  ]);
  const run = runOf(rows);
  const readAtMs = performance.now();
  const resources = known?.resources ?? resourcesOf((await graphOf(tx, scope, run)).nodes);
  const lists = resources.every((resource) => read.includes(resource))
    ? priceLists(prices)
    : await pricesAt(tx, scope, resources, run.now);
  const last = { run, resources, lists, readAtMs };
  const seen = known ?? unseen(toOutcomes(steps));
  const readAt = () => ({ ...run, readAtMs });
  return { run, known: { ...seen, ...last }, isAssumed: false, readAt };
}

/** Room for what a turn begins: what ends with it leaves its own, for as long as nobody can have taken it over. */
function roomOf(tx: Tx, scope: TenantScope, input: TurnInput, isAssumed: boolean): Room {
  const { ended, atStart, asking, nowMs, tried } = input;
  const left = isAssumed ? ended.filter(({ held }) => isSurelyLeased(held.sinceMs, nowMs)).length : 0;
  const ending = [...ended, ...(tried?.values() ?? [])].map(({ held }) => held.stepId);
  return roomFor(tx, scope, { ending, left, isAssumed, free: atStart?.free ?? null, asking });
}

function nothingToDo(run: RunFacts, known: Known): Turn {
  const standing = { status: run.status as Standing["status"], hasWork: false };
  return {
    known,
    pending: [],
    early: new Map(),
    next: null,
    spare: 0,
    standing,
    isToClose: false,
    ups: newFollowUps(),
  };
}

type Scene = {
  readonly run: RunFacts;
  readonly graph: Graph;
  readonly state: ReturnType<typeof stateOf>;
  /** Prices of now. */
  readonly lists: PriceLists;
  /** Whether a node that is not known to have begun has not. */
  readonly isAssumed: boolean;
  readonly room: Room;
  readonly ups: FollowUps;
};

type BegunNodes = Pick<Turn, "pending" | "next"> & {
  /** Effects of those that may begin before the commit. */
  readonly sure: readonly Pending[];
};

const NOTHING_BEGUN: BegunNodes = { pending: [], sure: [], next: null };

/** After a failure nothing new begins. What only computes or waits goes before what needs room. */
async function beginReady(
  tx: Tx,
  scope: TenantScope,
  scene: Scene,
  { mayBegin, nowMs, isCareful, isLook, isAgain, claimed, tried }: TurnInput,
): Promise<BegunNodes> {
  const { run, graph, state, lists, isAssumed, room, ups } = scene;
  if (isLook) {
    const canBegin = !hasFailed(state.outcomes) && readyNodes(graph, state, nowMs).length > 0;
    return { ...NOTHING_BEGUN, next: canBegin ? "now" : null };
  }
  const pending: Pending[] = [];
  const sure: Pending[] = [];
  const open = async (node: GraphNode) => {
    const place = { run, graph, node, iteration: 0, lists };
    const isAssumedNew = isAssumed && hasEffect(node) && !state.waits.has(node.id);
    const known = { made: state.made, models: state.models, tried: tried?.get(node.id) };
    const opening = { worker: thisWorker(), isAssumedNew, ...known };
    const opened = await openNode(tx, scope, place, opening);
    if ("pending" in opened) {
      pending.push(opened.pending);
      claimed?.set(node.id, opened.pending);
      const isSure = opening.isAssumedNew && !isAgain && room.isSureFor(pending.length);
      if (isSure && opened.pending.ahead !== "nowhere") sure.push(opened.pending);
      state.outcomes.set(node.id, { status: "running" });
      return;
    }
    state.note(node.id, opened.answer, nowMs);
    if (opened.ups) mergeFollowUps(ups, opened.ups);
  };
  let computed = 0;
  while (!hasFailed(state.outcomes)) {
    if (!isCareful)
      computed += await computeReady(tx, scope, { run, graph, lists, ...state }, MOST_COMPUTED - computed);
    const ready = readyNodes(graph, state, nowMs);
    const quick = ready.filter((node) => !hasEffect(node));
    if (quick.length > 0 && computed >= MOST_COMPUTED) return { pending, sure, next: "now" };
    for (const node of quick) if (!hasFailed(state.outcomes)) await open(node);
    computed += quick.length;
    if (quick.length > 0) continue;
    if (ready.length === 0) break;
    if (!mayBegin) return { pending, sure, next: "now" };
    const begun = pending.map(({ held }) => held.stepId);
    const left = await room.likelyFor(ready.length, begun);
    if (left <= 0) return { pending, sure, next: room.isToAskLater() ? "line" : "room" };
    await eachTogether(tx, ready.slice(0, left), open);
  }
  return { pending, sure, next: null };
}

/** The nodes of a run that can begin now, as the database knows it. @throws AppError `not_found` */
export function readyNodesOf(scope: TenantScope, executionId: string): Promise<readonly string[]> {
  return asWorker(scope, async (tx) => {
    const run = await loadRun(tx, scope, executionId);
    if (isOver(run)) return [];
    return nextSteps(await graphOf(tx, scope, run), await loadOutcomes(tx, scope, executionId)).ready;
  });
}

function hasEffect(node: GraphNode): boolean {
  return !findSuspender(node.kind) && findRunner(node.kind)?.isPure === false;
}

function hasFailed(outcomes: ReadonlyMap<string, Outcome>): boolean {
  return [...outcomes.values()].some((outcome) => outcome.status === "failed");
}

/** The nodes that can begin now; notes those that are skipped. */
function readyNodes(graph: Graph, { outcomes, waits }: Scene["state"], nowMs: number): readonly GraphNode[] {
  const { ready, skipped } = nextSteps(graph, outcomes);
  for (const nodeId of skipped) outcomes.set(nodeId, { status: "skipped" });
  const now = new Set(ready.filter((nodeId) => (waits.get(nodeId) ?? 0) <= nowMs));
  return graph.nodes.filter((node) => now.has(node.id));
}
