import "server-only";
import { setImmediate as afterwards } from "node:timers/promises";
import { asWorker } from "@/db/access";
import type { TenantScope } from "@/db/scope";
import { authorize } from "@/lib/auth/authorize";
import { log } from "@/lib/log";
import { Outdated } from "./assumed-run";
import { TakenMeanwhile } from "./compute-ready";
import { type Early, endOf } from "./early";
import { mayBeEnding } from "./end-line";
import { executeNode, isRefused } from "./execute-node";
import { closeDrive, type Standing } from "./finish";
import { followUp } from "./follow-up";
import type { Known } from "./known";
import { announceChange, trackCall } from "./live";
import { announceRoom, askingForRoom, isRoomToAsk, onRoom } from "./room-line";
import { type Ended, type Pending, runEffect } from "./run-effect";
import { settleStep } from "./settle-step";
import { mayStoreAgain, storeEnded, untilCommitted } from "./store-again";
import { readyNodesOf, type Turn, type TurnInput, takeTurn } from "./turn";
import { standingFaults } from "./worker";

/** What a drive leaves: when the run is to be driven on, or null when whatever it waits for does that. */
export type DriveEnd = { readonly againMs: number | null };

export type DriveOptions = {
  /** No effect is begun after this time, so that others get their turn; those under way are waited for. */
  readonly budgetMs: number;
  /** What is known of the run already. */
  readonly known?: Known | null;
  /** The first turn, where the transaction that wrote the run has taken it: its effects are to be run. */
  readonly first?: Turn;
  /** What that turn has claimed steps for, where nobody knows whether it was committed. */
  readonly tried?: ReadonlyMap<string, Pending>;
};

/** How long one call works on one run before it goes back in line. */
export const DRIVE_MS = 2_000;
const LEAST_WAIT_MS = 1_000;
/** How soon a look is taken whether another process has made room; later ones are rarer. */
const FIRST_LOOK_MS = 50;
const RAREST_LOOK_MS = 2_000;
/** How long the first of several ends waits for the next: what comes together is stored together. */
const TOGETHER_MS = 3;

/**
 * Drives a run from where Postgres says it stands: dataflow, in which each node begins as soon as everything it needs is
 * settled, whatever else is under way. Driving it twice at once, or again after a crash, executes no node twice.
 *
 * @throws AppError that is retryable when the database is away; with nothing half written
 */
export async function driveRun(
  scope: TenantScope,
  executionId: string,
  options: DriveOptions,
): Promise<DriveEnd> {
  authorize(scope, "run.work");
  const over = new AbortController();
  const untrack = trackCall(executionId, over);
  const drive = new Drive(scope, executionId, options, over.signal);
  try {
    const end = await drive.toEnd();
    // Those who watch the run see how it stands before the engine goes on.
    await afterwards();
    return end;
  } catch (error) {
    await drive.abandon();
    throw error;
  } finally {
    untrack();
  }
}

class Drive {
  private known: Known | null;
  private first: Turn | null;
  private tried: NonNullable<DriveOptions["tried"]>;
  private readonly ended: Ended[] = [];
  private readonly underWay = new Set<Promise<void>>();
  private readonly begunAt = performance.now();
  private lookMs = FIRST_LOOK_MS;
  private isCalled = Promise.withResolvers<void>();
  private failure: { readonly error: unknown } | null = null;

  constructor(
    private readonly scope: TenantScope,
    private readonly executionId: string,
    private readonly options: DriveOptions,
    /** Aborts when the run is cancelled: also between the claim of a step and its effect. */
    private readonly over: AbortSignal,
  ) {
    this.known = options.known ?? null;
    this.first = options.first ?? null;
    this.tried = options.tried ?? new Map();
  }

  async toEnd(): Promise<DriveEnd> {
    if (this.tried.size > 0) await untilCommitted();
    for (;;) {
      if (this.failure) throw this.failure.error;
      const mayBegin = this.hasTime;
      const turn = this.takenAtStart() ?? (await this.turn(mayBegin));
      if (turn.pending.length > 0) this.lookMs = FIRST_LOOK_MS;
      for (const pending of turn.pending) this.begin(pending, turn.early.get(pending));
      if (turn.next === "now" && mayBegin) continue;
      const mayWait = this.underWay.size + this.ended.length > 0 || (isForRoom(turn) && this.hasTime);
      if (mayWait) await this.untilNext(turn);
      else if (turn.next !== null) return { againMs: 0 };
      else {
        const standing = turn.isToClose ? await closeDrive(this.scope, this.executionId) : turn.standing;
        if (!standing?.hasWork) return { againMs: this.againAfter(standing) };
        if (!this.hasTime) return { againMs: 0 };
        // What it waited for was settled meanwhile, by somebody else.
        this.known = null;
      }
    }
  }

  /** Waits for what is under way, and stores what came of it where that is still possible. */
  async abandon(): Promise<void> {
    await Promise.allSettled(this.underWay);
    for (const { held, effect, account, watched } of this.ended.splice(0)) {
      await asWorker(this.scope, (tx) => settleStep(tx, this.scope, held, effect, account)).catch(
        (error: unknown) => log.warn({ err: error, stepId: held.stepId }, "a step's end could not be stored"),
      );
      watched.stop();
    }
  }

  private get hasTime(): boolean {
    return performance.now() - this.begunAt < this.options.budgetMs;
  }

  private takenAtStart(): Turn | null {
    const turn = this.first;
    this.first = null;
    if (turn) this.known = turn.known;
    return turn;
  }

  private async turn(mayBegin: boolean): Promise<Turn> {
    const batch = this.ended.splice(0);
    const input: TurnInput = {
      executionId: this.executionId,
      known: this.known,
      ended: batch,
      underWay: this.underWay.size,
      mayBegin,
      nowMs: performance.now(),
      tried: this.tried,
    };
    const turn = await this.take(input).catch((error: unknown) => {
      this.ended.unshift(...batch);
      throw error;
    });
    for (const { watched } of batch) watched.stop();
    this.known = turn.known;
    this.tried = new Map();
    // What can begin now begins before those who watch look at it.
    setImmediate(() => announceChange(this.executionId));
    announceRoom(this.scope.tenantId, turn.spare);
    await followUp(this.scope, turn.ups);
    for (const { held } of batch) await standingFaults()?.at("after_commit", held.node.id);
    return turn;
  }

  private async take(input: TurnInput): Promise<Turn> {
    const tried = new Map(input.tried);
    for (let tries = 0; ; tries += 1) {
      const claimed = new Map<string, Pending>();
      try {
        const ways = { ...input, isAgain: input.isAgain || tries > 0, claimed, tried };
        return await askingForRoom(this.scope.tenantId, (asking) =>
          mayBeEnding(this.scope, (mayEnd) =>
            asWorker(this.scope, (tx) => takeTurn(tx, this.scope, { ...ways, asking, mayEnd })),
          ),
        );
      } catch (error) {
        if (isRefused(error)) return this.oneByOne(input);
        const again = { ...input, tried, isAgain: true };
        if (error instanceof TakenMeanwhile) return this.take({ ...again, isCareful: true });
        if (error instanceof Outdated) return this.take({ ...again, isToRead: true });
        for (const [nodeId, pending] of claimed) tried.set(nodeId, pending);
        // Without anything to store, or claims that may be there, the engine tries again, and nothing is lost meanwhile.
        const isWorthIt = input.ended.length + tried.size > 0;
        if (!isWorthIt || !(await mayStoreAgain(error, tries, input.ended))) throw error;
      }
    }
  }

  /** A price went away, or there is no money: what has ended is stored, and each node that is ready is begun on its own, so that one fails or waits. */
  private async oneByOne(input: TurnInput): Promise<Turn> {
    for (const ended of input.ended) {
      await storeEnded(this.scope, ended);
      ended.watched.stop();
    }
    const looked = { ...input, known: null, ended: [], mayBegin: false };
    for (const nodeId of await readyNodesOf(this.scope, this.executionId)) {
      if (!this.hasTime) break;
      await executeNode(this.scope, { executionId: this.executionId, nodeId });
    }
    // Without time for any of them, what is ready would be refused together again, and for ever.
    return this.take({ ...looked, isLook: !this.hasTime });
  }

  private begin(pending: Turn["pending"][number], early: Early | undefined): void {
    const begin = () => runEffect(this.scope, pending, { faults: standingFaults(), over: this.over });
    const run = endOf(early, this.over, begin).then((ended) => {
      this.ended.push(ended);
      this.underWay.delete(run);
      this.isCalled.resolve();
    });
    run.catch((error: unknown) => {
      this.failure ??= { error };
      this.underWay.delete(run);
      this.isCalled.resolve();
    });
    this.underWay.add(run);
  }

  /** Until an effect has ended, a node's time for its next attempt has come, or there may be room. */
  private async untilNext(turn: Turn): Promise<void> {
    if (this.ended.length > 0) return;
    if (turn.next === "line" && isRoomToAsk(this.scope.tenantId)) return;
    const waits = [...turn.known.waits.values()].map((atMs) => Math.max(1, atMs - performance.now()));
    if (isForRoom(turn)) {
      waits.push(this.lookMs);
      this.lookMs = Math.min(2 * this.lookMs, RAREST_LOOK_MS);
    }
    const call = this.isCalled.resolve;
    const leave = isForRoom(turn) ? onRoom(this.scope.tenantId, call) : undefined;
    const timer = waits.length > 0 ? setTimeout(call, Math.min(...waits)) : undefined;
    await this.isCalled.promise;
    clearTimeout(timer);
    leave?.();
    this.isCalled = Promise.withResolvers();
    if (this.ended.length > 0 && this.underWay.size > 0) await this.untilTogether();
  }

  private async untilTogether(): Promise<void> {
    const isOver = Promise.withResolvers<void>();
    const timer = setTimeout(isOver.resolve, TOGETHER_MS);
    await Promise.race([Promise.allSettled(this.underWay), isOver.promise]);
    clearTimeout(timer);
  }

  private againAfter(standing: Standing | null): number | null {
    const waits = [...(this.known?.waits.values() ?? [])];
    if (standing?.status !== "running" || waits.length === 0) return null;
    return Math.max(LEAST_WAIT_MS, Math.ceil(Math.min(...waits) - performance.now()));
  }
}

/** Whether what can begin next has to wait for the tenant's room. */
function isForRoom({ next }: Turn): boolean {
  return next === "room" || next === "line";
}
