import "server-only";
import { eq, isNull, sql } from "drizzle-orm";
import { asSystem } from "@/db/access";
import { reconciliationRuns } from "@/db/schema/reconciliation";
import { newId } from "@/lib/ids";
import { log } from "@/lib/log";
import { findStripe } from "@/lib/stripe/client";
import type { Found, ReconcileCheck } from "./check";
import { RECONCILE_CHECKS } from "./checks";
import { noteFindings } from "./findings";

export type CheckResult = {
  found: number;
  fixed: number;
  /** Why it was left out. */
  skipped?: string;
  /** How it failed. */
  error?: string;
};

/** The run of a day, made when it is not there: asked twice it is the same. @returns its id */
export async function startDailyRun(now: Date): Promise<string> {
  const key = `daily:${now.toISOString().slice(0, 10)}`;
  return asSystem("reconcile", async (tx) => {
    await tx
      .insert(reconciliationRuns)
      .values({ id: newId(), trigger: "daily", key, startedAt: now })
      .onConflictDoNothing();
    const [run] = await tx
      .select({ id: reconciliationRuns.id })
      .from(reconciliationRuns)
      .where(eq(reconciliationRuns.key, key));
    if (!run) throw new Error("the run of today is gone");
    return run.id;
  });
}

/** What a check finds; null when there is no Stripe to ask. */
async function findBy(check: ReconcileCheck, now: Date): Promise<Found[] | null> {
  if ("find" in check) return check.find(now);
  const handle = await findStripe();
  return handle && check.findAtStripe(handle.stripe, now);
}

/** Puts right what has one right answer. @returns the keys of what was */
async function fixAll(checkId: string, found: readonly Found[]): Promise<Set<string>> {
  const fixed = new Set<string>();
  for (const { key, fix } of found) {
    try {
      if (await fix?.()) fixed.add(key);
    } catch (error) {
      log.warn({ err: error, checkId, key }, "a finding could not be put right");
    }
  }
  return fixed;
}

async function look(runId: string, check: ReconcileCheck, now: Date): Promise<CheckResult> {
  const found = await findBy(check, now);
  if (!found) return { found: 0, fixed: 0, skipped: "Stripe is not set up" };
  const fixed = await fixAll(check.id, found);
  await asSystem("reconcile", (tx) => noteFindings(tx, { runId, checkId: check.id, now }, found, fixed));
  return { found: found.length, fixed: fixed.size };
}

/** Runs one check and notes what it found. One that fails says so in the run, and holds up no other. Safe to do twice. */
export async function runCheck(runId: string, check: ReconcileCheck, now: Date): Promise<CheckResult> {
  let result: CheckResult;
  try {
    result = await look(runId, check, now);
  } catch (error) {
    log.error({ err: error, check: check.id }, "a check of the reconciliation failed");
    const message = error instanceof Error ? error.message : String(error);
    result = { found: 0, fixed: 0, error: message.slice(0, 500) };
  }
  await asSystem("reconcile", (tx) =>
    tx
      .update(reconciliationRuns)
      .set({
        results: sql`${reconciliationRuns.results} || ${JSON.stringify({ [check.id]: result })}::jsonb`,
      })
      .where(eq(reconciliationRuns.id, runId)),
  );
  return result;
}

/** All checks have been run. */
export async function finishRun(runId: string, now: Date): Promise<void> {
  await asSystem("reconcile", (tx) =>
    tx
      .update(reconciliationRuns)
      .set({ finishedAt: now })
      .where(sql`${eq(reconciliationRuns.id, runId)} and ${isNull(reconciliationRuns.finishedAt)}`),
  );
}

/** All of it, one check after the other. */
export async function runReconciliation(runId: string, now: Date): Promise<Record<string, CheckResult>> {
  const results: Record<string, CheckResult> = {};
  for (const check of RECONCILE_CHECKS) results[check.id] = await runCheck(runId, check, now);
  await finishRun(runId, now);
  return results;
}
