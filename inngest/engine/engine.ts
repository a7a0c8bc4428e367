import { AsyncLocalStorage } from "node:async_hooks";
import { setTimeout as delay } from "node:timers/promises";
import { v7 } from "uuid";
import { answerClient } from "./api";
import { discoverFunctions } from "./call";
import { type Claimed, claimJobs, freeLeases, heartbeat, type Job, nextDueMs, releaseJob } from "./claim";
import { controlsOf, type EngineControls } from "./control";
import { cronCorrection, runDueCrons, syncCrons } from "./cron";
import { type FunctionSpec, parseFunctions, saveFunctions } from "./functions";
import { type LaneStats, readLanes } from "./lanes";
import { DEFAULTS, type EngineOptions } from "./options";
import { type EngineProcess, type Life, readProcesses, startLife } from "./processes";
import { dueEvents, routeDue } from "./route";
import { SUSPECT_WAIT_MS, Suspects } from "./suspects";
import { type EngineStats, hourlyPurge, readStats } from "./upkeep";
import { listenToOthers, wakeOthers } from "./wake";
import { workOn } from "./work";

/** Never idle, it looks this often for schedules to start and for what dead processes held. */
const TEND_EVERY_MS = 1_000;
/** Without events the functions are read again this much more rarely: a new schedule can wait. */
const REFRESH_TIMES = 12;
const SHARE_EVERY_MS = 200;
const UNLIMITED = 2 ** 31 - 1;

/**
 * The embedded executor: the server side of the Inngest SDK's protocol, with PostgreSQL as its queue and state.
 * At-least-once, as the real server: a step may run again when its process died before the answer was stored.
 */
export class Engine {
  private readonly id = v7();
  private readonly options: Required<EngineOptions>;
  private functions: ReadonlyMap<string, FunctionSpec> = new Map();
  private readonly inFlight = new Map<string, { job: Job; done: Promise<void> }>();
  private state: "idle" | "running" | "stopping" = "idle";
  private starting: Promise<void> | null = null;
  private pumping: Promise<void> | null = null;
  private pumpAgain = false;
  private eventsMayBeDue = true;
  private claimedAt = new Date(0);
  private nextLane = "";
  private held: ReadonlySet<string> = new Set();
  private readAt = 0;
  private sharedAt = 0;
  private tendedAt = Number.NEGATIVE_INFINITY;
  private purging: Promise<void> | undefined;
  private readonly correctCrons = cronCorrection();
  private readonly forget = hourlyPurge();
  private readonly suspects = new Suspects();
  /** Runs work outside the request that sent an event: a function must not see its async context. */
  outside = <T>(work: () => T): T => work();
  private timer: NodeJS.Timeout | undefined;
  private pulse: NodeJS.Timeout | undefined;
  private life: Life | undefined;
  private unlisten: (() => Promise<void>) | undefined;

  constructor(options: EngineOptions) {
    this.options = { ...DEFAULTS, ...options };
    this.controls = controlsOf(this.options.db, () => this.wakeAll());
  }

  /** The client's `fetch`: takes its events and checkpoints, whether this process works on runs or not. */
  readonly fetch = async (input: string | URL | Request, init?: RequestInit): Promise<Response> => {
    const { db, leaseMs } = this.options;
    return answerClient({ db, leaseMs, onEvents: () => this.wakeAll() }, new Request(input, init));
  };

  /** Tells every process of events that were stored. @param afterMs when work on them may begin */
  tell(afterMs = 0): void {
    const { log } = this.options;
    const wake = () =>
      this.wakeAll().catch((err: unknown) => log.warn({ err }, "others find what was sent a moment later"));
    if (afterMs === 0) void wake();
    else setTimeout(wake, afterMs).unref();
  }

  /** What operators do, whether this process works on runs or not. */
  readonly controls: EngineControls;

  /** Starts working on runs: reads the functions, trying until the handler answers. Resolves once it works. */
  start(): Promise<void> {
    this.starting ??= this.begin();
    return this.starting;
  }

  /** Takes nothing new, waits for the calls in flight, and gives back what has not ended in time. */
  async stop(timeoutMs = 25_000): Promise<void> {
    this.state = "stopping";
    clearTimeout(this.timer);
    await Promise.race([this.drained(), delay(timeoutMs, undefined, { ref: false })]);
    clearInterval(this.pulse);
    for (const job of this.jobsHere) await releaseJob(this.options.db.query, job, 0);
    await this.unlisten?.();
    await this.life?.end();
  }

  private get isStopping(): boolean {
    return this.state === "stopping";
  }

  private async drained(): Promise<void> {
    await this.pumping;
    await Promise.all([...[...this.inFlight.values()].map((call) => call.done), this.purging]);
  }

  /** Whether this process takes work. */
  get isRunning(): boolean {
    return this.state === "running";
  }

  /** Whether operators hold a function, or its work for one value of its key, as of this process's last look. */
  isHeld(functionId: string, key: string): boolean {
    return this.held.has(`function ${functionId}`) || this.held.has(`key ${functionId} ${key}`);
  }

  /** What the queue looks like. */
  stats(): Promise<EngineStats> {
    return readStats(this.options.db);
  }

  /** Who waits for what, the fullest first. */
  lanes(): Promise<LaneStats[]> {
    return readLanes(this.options.db);
  }

  /** The processes that work on the database. */
  processes(): Promise<EngineProcess[]> {
    return readProcesses(this.options.db);
  }

  /** Looks for work now; the next look is otherwise when something is due or at the backstop. */
  wake(eventsStored = false): void {
    if (eventsStored) this.eventsMayBeDue = true;
    if (this.state !== "running") return;
    this.pumpAgain = true;
    this.pumping ??= this.outside(() => this.pumpUntilQuiet()).finally(() => {
      this.pumping = null;
      if (this.pumpAgain) this.wake();
    });
  }

  private wakeAll(): Promise<void> {
    this.wake(true);
    return this.wakeOthers();
  }

  private async wakeOthers(): Promise<void> {
    if (!this.options.exclusive) await wakeOthers(this.options, this.id);
  }

  private async begin(): Promise<void> {
    const { db, exclusive, leaseMs } = this.options;
    this.outside = AsyncLocalStorage.snapshot();
    if (exclusive) await freeLeases(db.query, "all");
    while (!this.isStopping && !(await this.readFunctions())) await delay(500, undefined, { ref: false });
    if (this.isStopping) return;
    this.unlisten = await listenToOthers(this.options, this.id, () => this.wake(true));
    if (this.isStopping) return this.unlisten?.();
    this.state = "running";
    this.pulse = setInterval(() => void this.keepLeases(), leaseMs / 3);
    this.life = startLife(this.id, this.options);
    this.wake(true);
    this.options.log.info({ functions: this.functions.size }, "engine started");
  }

  /** False when the handler could not be reached; throws when a function asks for what is not supported. */
  private async readFunctions(): Promise<boolean> {
    const { db, handler, log } = this.options;
    this.readAt = Date.now();
    const configs = await discoverFunctions(handler).catch((error: unknown) => {
      log.warn({ err: error, url: handler.url }, "the handler does not answer yet");
      return null;
    });
    if (!configs) return false;
    this.functions = parseFunctions(configs);
    await saveFunctions(db, this.functions);
    await syncCrons(db, this.functions);
    return true;
  }

  private get jobsHere(): Job[] {
    return [...this.inFlight.values()].map((call) => call.job);
  }

  private async keepLeases(): Promise<void> {
    try {
      await heartbeat(this.options.db.tell, this.jobsHere, this.options.leaseMs);
    } catch (error) {
      this.options.log.error({ err: error }, "the leases of calls in flight could not be prolonged");
    }
  }

  private async pumpUntilQuiet(): Promise<void> {
    clearTimeout(this.timer);
    try {
      while (this.pumpAgain && this.state === "running") {
        this.pumpAgain = false;
        // With a queue that never runs dry the timer has no turn.
        if (performance.now() - this.tendedAt > TEND_EVERY_MS) await this.tend();
        await this.pump();
      }
      if (this.state === "running") await this.sleepUntilDue();
    } catch (error) {
      this.options.log.error({ err: error }, "the engine could not look for work");
      this.wakeIn(1_000);
    }
  }

  private async pump(): Promise<void> {
    const { db, leaseMs, maxCalls } = this.options;
    if (this.eventsMayBeDue) await this.routeEvents();
    const limits = Object.fromEntries(
      [...this.functions.values()].map((spec) => [spec.id, spec.concurrency?.limit || UNLIMITED]),
    );
    // Round the lanes once, from where the last look ended.
    for (let looks = this.nextLane === "" ? 1 : 2; looks > 0 && this.isRunning; ) {
      const slots = maxCalls - this.inFlight.size;
      if (slots <= 0) return this.shareWork();
      const found = await claimJobs(db, { slots, leaseMs, limits, fromLane: this.nextLane });
      this.claimedAt = found.at;
      this.nextLane = found.nextLane;
      this.held = found.held;
      for (const claimed of found.claimed) this.hold(claimed);
      if (found.nextLane === "") looks -= 1;
    }
  }

  private hold(claimed: Claimed): void {
    const { job } = claimed;
    const key = `${job.id}.${job.token}`;
    const done = this.work(claimed).finally(() => {
      this.inFlight.delete(key);
      this.wake();
    });
    this.inFlight.set(key, { job, done });
  }

  /** With every slot taken, other processes may have free ones. */
  private async shareWork(): Promise<void> {
    if (Date.now() - this.sharedAt < SHARE_EVERY_MS) return;
    this.sharedAt = Date.now();
    await this.wakeOthers();
  }

  private async routeEvents(): Promise<void> {
    const { db, log, refreshMs } = this.options;
    this.eventsMayBeDue = false;
    const isOld = Date.now() - this.readAt > refreshMs;
    if (isOld && (await dueEvents(db)).length > 0) await this.readFunctions();
    if (!(await routeDue(db, this.functions, log))) return;
    this.eventsMayBeDue = true;
    this.pumpAgain = true;
  }

  /** After a quiet pump: waits for the next due time. */
  private async sleepUntilDue(): Promise<void> {
    const { db, backstopMs, maxCalls } = this.options;
    const full = this.inFlight.size >= maxCalls;
    const due = full ? null : await nextDueMs(db.query, this.claimedAt, [...this.functions.keys()]);
    this.wakeIn(Math.max(20, Math.min(due ?? backstopMs, backstopMs)));
  }

  private wakeIn(ms: number): void {
    clearTimeout(this.timer);
    if (this.state !== "running") return;
    this.timer = setTimeout(() => void this.tend().then(() => this.wake(true)), ms);
  }

  /** Frees what dead processes held, and starts schedules. */
  private async tend(): Promise<void> {
    const { db, log, refreshMs } = this.options;
    this.tendedAt = performance.now();
    this.purging = this.forget(this.options, () => this.state === "running");
    try {
      await this.keepLeases();
      await freeLeases(db.query, this.jobsHere);
      if (Date.now() - this.readAt > REFRESH_TIMES * refreshMs) await this.readFunctions();
      await runDueCrons(db, this.functions);
      await this.correctCrons(db, this.functions);
    } catch (error) {
      log.error({ err: error }, "the engine could not start its schedules or free what dead processes held");
    }
  }

  private async work(claimed: Claimed): Promise<void> {
    const { job } = claimed;
    const { id: jobId, functionId } = job;
    try {
      if (!this.isRunning) return await releaseJob(this.options.db.query, job, 0);
      if (!this.suspects.begin(job)) return await releaseJob(this.options.db.query, job, SUSPECT_WAIT_MS);
      const settled = await workOn({ ...this.options, functions: this.functions }, claimed);
      if (settled.storedEvents) this.eventsMayBeDue = true;
    } catch (error) {
      this.options.log.error({ err: error, jobId, functionId }, "a job failed in the engine");
      await releaseJob(this.options.db.query, job, 1_000).catch(() => undefined);
    } finally {
      this.suspects.end(job);
    }
  }
}
