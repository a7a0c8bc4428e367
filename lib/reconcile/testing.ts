import { database } from "@/db/pool";
import { RECONCILE_CHECKS } from "./checks";
import { type CheckResult, runCheck, startDailyRun } from "./run";

export const minutesOn = (minutes: number) => new Date(Date.now() + minutes * 60_000);

/** One check of today's run, a quarter of an hour from now. */
export async function ask(id: string, now = minutesOn(15)): Promise<CheckResult> {
  const check = RECONCILE_CHECKS.find((one) => one.id === id);
  if (!check) throw new Error(`there is no ${id}`);
  return runCheck(await startDailyRun(now), check, now);
}

/** As an owner of the database can. */
export async function asOwner(text: string, values: unknown[] = []): Promise<Record<string, unknown>[]> {
  return (await (await database()).pool.query(text, values)).rows;
}

export async function forgetRuns(): Promise<void> {
  await asOwner("delete from reconciliation_findings");
  await asOwner("delete from reconciliation_runs");
}
