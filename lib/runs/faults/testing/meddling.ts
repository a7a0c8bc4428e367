import { setTimeout as sleep } from "node:timers/promises";
import { and, eq, isNotNull, isNull, sql } from "drizzle-orm";
import { asWorker } from "@/db/access";
import { database } from "@/db/pool";
import { executionSteps, executions } from "@/db/schema/ai";
import { answerApproval } from "@/lib/approvals/commands";
import { answerApprovalInput } from "@/lib/approvals/input";
import { AppError } from "@/lib/errors";
import type { TestTenant } from "@/lib/testing/scopes";
import { cancelRun } from "../../commands/cancel";
import { replayRun } from "../../commands/replay";
import { resumeRun } from "../../commands/resume";
import { startRun } from "../../commands/start";
import { wakeStep } from "../../suspended";
import { findDueSteps, findStrays, mendRun, wakeDueStep } from "../../sweep";
import type { Chance } from "./chance";

const LIVE = "status in ('pending', 'running', 'waiting')";

async function idsOf(query: string): Promise<string[]> {
  return (await (await database()).pool.query<{ id: string }>(query)).rows.map(({ id }) => id);
}

/** One of as many as there are; none of none. */
function drawn<T>(chance: Chance, items: readonly T[]): T | undefined {
  return items[chance.whole(0, items.length - 1)];
}

/** Refusals are an answer: somebody else was faster. */
async function refusedAtMost(work: Promise<unknown>): Promise<void> {
  await work.catch((error: unknown) => {
    if (!(error instanceof AppError) || error.code === "internal" || error.code === "upstream") throw error;
  });
}

/** What the sweeps of a minute do for runs. */
export async function sweepOnce({ job }: TestTenant): Promise<void> {
  for (const { executionId } of await findStrays()) await mendRun(job, executionId);
  for (const { tenantId: _, ...wake } of await findDueSteps()) await wakeDueStep(job, wake);
}

/** Answers every question that is open with a yes. */
export async function answerAll({ admin }: TestTenant): Promise<void> {
  for (const approvalId of await idsOf("select id from approvals where status = 'pending'")) {
    const yes = answerApprovalInput.parse({ approvalId, decision: "approved", answer: {} });
    await refusedAtMost(answerApproval(admin, yes));
  }
}

type Act = (id: string) => Promise<unknown>;

/** What people, programs and times do to runs, with where each finds something to do it to, and how often. */
function actsOn(tenant: TestTenant, workflowIds: readonly string[], chance: Chance) {
  const { admin, job } = tenant;
  let started = 0;
  const input = () => ({ text: `run ${started++}` });
  const answer = (approvalId: string) => {
    const decision = chance.oneOf(["approved", "approved", "rejected"]);
    return answerApproval(admin, answerApprovalInput.parse({ approvalId, decision, answer: {} }));
  };
  const roots = "select id from executions where root_execution_id is null";
  const parts = "select id from executions where root_execution_id is not null";
  const start: Act = () =>
    startRun(admin, { workflowId: drawn(chance, workflowIds) ?? "", useDraft: false, input: input() });
  const ripe: Act = async (id) => {
    const isWaiting = and(
      eq(executionSteps.id, id),
      eq(executionSteps.status, "waiting"),
      isNull(executionSteps.waitReason),
    );
    await asWorker(job, (tx) => tx.update(executionSteps).set({ wakeAt: sql`now()` }).where(isWaiting));
    await Promise.all([wakeStep(job, id), wakeStep(job, id)]);
  };
  const late: Act = async (id) => {
    const isTimed = and(eq(executions.id, id), isNotNull(executions.deadlineAt));
    await asWorker(job, (tx) => tx.update(executions).set({ deadlineAt: sql`now()` }).where(isTimed));
    await mendRun(job, id);
  };
  const acts: readonly (readonly [times: number, of: string, act: Act])[] = [
    [8, "select '' as id", start],
    [5, `${roots} and ${LIVE}`, (executionId) => cancelRun(admin, { executionId })],
    [3, `${parts} and ${LIVE}`, (executionId) => cancelRun(admin, { executionId })],
    [
      3,
      `${roots} and status in ('failed', 'cancelled')`,
      (executionId) => resumeRun(admin, { executionId, on: "same" }),
    ],
    [1, roots, (executionId) => replayRun(admin, { executionId, on: "same", input: input() })],
    [10, "select id from approvals where status = 'pending'", (id) => Promise.all([answer(id), answer(id)])],
    [4, "select id from execution_steps where status = 'waiting'", ripe],
    [1, "select id from executions where status = 'running'", late],
    [1, "select '' as id", () => sweepOnce(tenant)],
  ];
  return acts.flatMap(([times, of, act]) => Array.from({ length: times }, () => ({ of, act })));
}

/** Does so many things to the runs of a tenant, several at once. @throws what is no refusal */
export async function meddle(
  tenant: TestTenant,
  workflowIds: readonly string[],
  { chance, acts }: { readonly chance: Chance; readonly acts: number },
): Promise<void> {
  const all = actsOn(tenant, workflowIds, chance);
  let left = acts;
  const lane = async () => {
    while (left-- > 0) {
      const chosen = drawn(chance, all);
      const id = chosen && drawn(chance, await idsOf(chosen.of));
      if (chosen && id !== undefined) await refusedAtMost(chosen.act(id));
      await sleep(chance.whole(0, 60));
    }
  };
  await Promise.all(Array.from({ length: 8 }, lane));
}

const SLOW = ["executions", "execution_steps", "approvals", "ledger_entries"];

/** Lets every third write to what runs are take a while, before and after it, so that others come in between. */
export async function dawdling(work: () => Promise<void>): Promise<void> {
  const { pool } = await database();
  await pool.query(`create or replace function public.dawdle() returns trigger language plpgsql as $$
    begin if random() < 0.35 then perform pg_sleep(random() * 0.06); end if; return new; end $$`);
  const each = (statement: (table: string, when: string) => string) =>
    SLOW.flatMap((table) => ["before", "after"].map((when) => statement(table, when))).join(";");
  await pool.query(
    each(
      (table, when) =>
        `create trigger dawdle_${when} ${when} insert or update on ${table} for each row execute function public.dawdle()`,
    ),
  );
  await work();
  await pool.query(each((table, when) => `drop trigger dawdle_${when} on ${table}`));
}
