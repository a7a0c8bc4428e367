import { setTimeout as sleep } from "node:timers/promises";
import { database } from "@/db/pool";
import { startProvider } from "@/e2e/provider/server";
import { jobScope } from "@/lib/auth/scope";
import { makeTenant, type TestTenant } from "@/lib/testing/scopes";
import { startRun } from "../../commands/start";
import { findStrays, mendRun } from "../../sweep";
import { publishGraph } from "../../testing";
import { type Chance, chanceOf } from "./chance";
import { drawnGraph } from "./graphs";
import { type Broken, brokenInvariants } from "./invariants";
import { seedFaultModel } from "./scene";
import { MISCHIEFS, type Mischief, openSlot, type Slot } from "./slot";

export type CampaignOptions = {
  readonly seed: number;
  /** How many runs are started. */
  readonly runs: number;
  /** Faults go on until so many processes were killed, or until the time is up. */
  readonly kills: number;
  readonly mostMs: number;
  readonly workers: number;
  readonly leaseMs: number;
  /** Hears of every operation, as it begins and ends. */
  readonly note?: (operation: Operation) => void;
};

/** In the manner of Jepsen: `info` is an operation of which nobody knows whether it happened. */
export type Operation = {
  readonly atMs: number;
  readonly kind: "invoke" | "ok" | "info" | "fault";
  readonly what: string;
  readonly detail?: string;
};

export type CampaignReport = {
  readonly seed: number;
  readonly runs: number;
  readonly ended: Readonly<Record<string, number>>;
  readonly steps: number;
  readonly faults: Readonly<Record<string, number>>;
  /** Starts whose answer was lost and that were asked for again. */
  readonly unknownStarts: number;
  /** Attempts at steps beyond the first. */
  readonly reExecutions: number;
  readonly requests: number;
  readonly repeatedRequests: number;
  readonly uncertainCalls: number;
  /** From the end of the faults until the last run ended. */
  readonly recoveryMs: number;
  readonly broken: readonly Broken[];
};

const GRAPHS = 8;
const TENANTS = 3;
const RECOVERY_MS = 120_000;
const SWEEP_MS = 5_000;

/**
 * Starts runs of drawn graphs on worker processes that are killed, suspended and cut off at random, then lets go, waits
 * until every run has ended, and looks whether anything is wrong. On the database of this process, which must be a server.
 */
export async function runCampaign(options: CampaignOptions): Promise<CampaignReport> {
  const began = performance.now();
  const note = (kind: Operation["kind"], what: string, detail?: string) =>
    options.note?.({
      atMs: Math.round(performance.now() - began),
      kind,
      what,
      ...(detail ? { detail } : {}),
    });
  const chance = chanceOf(options.seed);
  const provider = await startProvider();
  const modelKey = await seedFaultModel(provider);
  const tenants = await Promise.all(Array.from({ length: TENANTS }, () => makeTenant()));
  const targets = await publishDrawn(chance, tenants, {
    modelKey,
    origin: provider.origin,
    scenario: `random ${options.seed}`,
  });
  const databaseUrl = (await database()).connectionString ?? "";
  const slots = await Promise.all(
    Array.from({ length: options.workers }, () => openSlot(databaseUrl, provider.host, options.leaseMs)),
  );
  try {
    const stop = new AbortController();
    const harm = newHarm(options);
    const faults = doHarm(slots, chanceOf(options.seed + 1), harm, stop.signal, note);
    const started = await startAll(slots, targets, { ...options, share: () => harm.share() }, note);
    const counts = await faults;
    stop.abort();
    await Promise.all(slots.map((slot) => slot.heal()));
    const recoveryMs = await recovered(note);
    const broken = await brokenInvariants({ acknowledged: started.ids, requests: provider.requests });
    return {
      seed: options.seed,
      runs: options.runs,
      faults: counts,
      unknownStarts: started.unknown,
      recoveryMs,
      requests: provider.requests.length,
      repeatedRequests: provider.requests.filter(({ turn, isFollowUp }) => turn > 1 && !isFollowUp).length,
      ...(await figures()),
      broken,
    };
  } finally {
    await Promise.all(slots.map((slot) => slot.close()));
    await provider.close();
  }
}

type Target = { readonly tenant: TestTenant; readonly workflowId: string };
type Note = (kind: Operation["kind"], what: string, detail?: string) => void;

async function publishDrawn(
  chance: Chance,
  tenants: readonly TestTenant[],
  makers: Parameters<typeof drawnGraph>[1],
): Promise<Target[]> {
  const targets: Target[] = [];
  for (let index = 0; index < GRAPHS; index += 1) {
    const tenant = tenants[index % tenants.length] as TestTenant;
    const graph = drawnGraph(chance, makers, chance.whole(2, 5));
    targets.push({ tenant, workflowId: await publishGraph(tenant.admin, `Drawn ${index}`, graph) });
  }
  return targets;
}

/** What has been done to the workers so far. */
type Harm = {
  readonly counts: Record<string, number>;
  /** How much of it is done, from 0 to 1; all of it once the time is up. */
  share(): number;
};

function newHarm({ kills, mostMs }: CampaignOptions): Harm {
  const counts: Record<string, number> = Object.fromEntries(MISCHIEFS.map((mischief) => [mischief, 0]));
  const end = performance.now() + mostMs;
  return { counts, share: () => (performance.now() >= end ? 1 : Math.min(1, (counts.kill ?? 0) / kills)) };
}

/** Disturbs one worker after the other until enough were killed, the time is up, or it is told to stop. */
async function doHarm(
  slots: readonly Slot[],
  chance: Chance,
  harm: Harm,
  signal: AbortSignal,
  note: Note,
): Promise<Record<string, number>> {
  const { counts } = harm;
  const lane = async (slot: Slot, index: number) => {
    while (!signal.aborted && harm.share() < 1) {
      await sleep(chance.whole(100, 1_500));
      const mischief = chance.oneOf<Mischief>(["kill", "kill", "kill", "pause", "cut", "freeze"]);
      counts[mischief] = (counts[mischief] ?? 0) + 1;
      note("fault", mischief, `worker ${index}`);
      await slot.harm(mischief, chance);
    }
  };
  // One worker is left in peace, so that something always goes on.
  await Promise.all(slots.slice(0, Math.max(1, slots.length - 1)).map(lane));
  return counts;
}

/**
 * Starts runs as the faults go on, so that there is work at each; every other one in a worker that may die of it. What is
 * not answered is asked for again.
 */
async function startAll(
  slots: readonly Slot[],
  targets: readonly Target[],
  { runs, seed, kills, share }: CampaignOptions & Pick<Harm, "share">,
  note: Note,
): Promise<{ ids: string[]; unknown: number }> {
  const ids: string[] = [];
  let unknown = 0;
  let next = 0;
  const lane = async () => {
    for (let run = next++; run < runs; run = next++) {
      const { tenant, workflowId } = targets[run % targets.length] as Target;
      const text = `s${seed}r${run}`;
      const slot = slots[run % slots.length];
      // As many as go with the next kill, and no more: a run that ends in peace shows nothing.
      while (run / runs >= share() + 1 / kills) await sleep(20);
      note("invoke", text);
      if (run % 2 === 0 && slot) {
        const request = { tenantId: tenant.tenantId, workflowId, text, idempotencyKey: text };
        const answer = await slot.worker.start(request).catch((error: unknown) => ({ error: String(error) }));
        if ("executionId" in answer && answer.executionId) {
          ids.push(answer.executionId);
          note("ok", text, answer.executionId);
          continue;
        }
        unknown += 1;
        note("info", text, answer.error);
      }
      const request = { workflowId, useDraft: false, input: { text }, idempotencyKey: text };
      const { executionId } = await startRun(tenant.admin, request);
      ids.push(executionId);
      note("ok", text, executionId);
    }
  };
  await Promise.all(Array.from({ length: 4 }, lane));
  return { ids, unknown };
}

/** Waits until every run has ended, two minutes at most, sweeping as the schedule does. @returns how long it took */
async function recovered(note: Note): Promise<number> {
  const began = performance.now();
  const { pool } = await database();
  let sweptAt = 0;
  for (;;) {
    const { rows } = await pool.query(
      "select 1 from executions where status in ('pending', 'running', 'waiting') limit 1",
    );
    const tookMs = Math.round(performance.now() - began);
    if (rows.length === 0 || tookMs > RECOVERY_MS) return tookMs;
    if (performance.now() - sweptAt > SWEEP_MS) {
      sweptAt = performance.now();
      for (const { tenantId, executionId } of await findStrays()) {
        note("invoke", "mend", executionId);
        await mendRun(await jobScope(tenantId, "sweep-runs"), executionId);
      }
    }
    await sleep(100);
  }
}

async function figures() {
  const { pool } = await database();
  const one = async (query: string) => (await pool.query(query)).rows;
  const statuses = await one("select status, count(*)::int as n from executions group by status");
  const [steps] = await one(
    "select count(*)::int as steps, coalesce(sum(greatest(attempt - 1, 0)), 0)::int as again from execution_steps",
  );
  const [calls] = await one("select count(*)::int as n from model_calls where status = 'uncertain'");
  return {
    ended: Object.fromEntries(statuses.map(({ status, n }) => [status, n])),
    steps: steps.steps,
    reExecutions: steps.again,
    uncertainCalls: calls.n,
  };
}
