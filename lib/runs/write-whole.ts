import "server-only";
import { asWorker, type Tx } from "@/db/access";
import { insertRows } from "@/db/insert-rows";
import { executions } from "@/db/schema/ai";
import type { TenantScope } from "@/db/scope";
import { lastTogether, type Statement, together } from "@/db/statements";
import { auditRows } from "@/lib/audit/record";
import { databaseMoment, databaseTime } from "@/lib/clock";
import { NOW, priceLists, priceStatements } from "@/lib/metering/rates";
import { presentOf, presentStatement } from "@/lib/present-time";
import { countCompleted } from "@/lib/triggers/outcome";
import { assertStartRate, assertStartsOpen, effectiveLimits, grantedLimits } from "./admission";
import type { AssumedTarget } from "./assumed-target";
import type { Computed } from "./compute";
import { computedRows } from "./computed-rows";
import { knownByKey, type Launch, newRun, RUN_KEY, type RunRequest, type RunStarted } from "./new-run";
import { skippedRows } from "./steps";

/** A run that was worked out from beginning to end, about to be written. */
export type WholeStart = {
  readonly scope: TenantScope;
  readonly request: RunRequest;
  readonly launch: Launch;
  readonly whole: Computed;
  readonly assumed: AssumedTarget | undefined;
};

/** What is so for one of several starts keeps them from being written together. */
export class NotTogether extends Error {}

/**
 * Writes runs of one tenant with their steps, bills and ends: a few statements, whatever their number.
 * @returns what became of each; null where what was assumed is so no more
 * @throws NotTogether when one of several needs a look of its own, with nothing written
 */
export function writeWhole(starts: readonly WholeStart[]): Promise<(RunStarted | null)[]> {
  const [first] = starts;
  if (!first) return Promise.resolve([]);
  return asWorker(first.scope, async (tx) => {
    const assumptions = assumptionsOf(tx, starts);
    const [[granted], confirmed, prices, present] = await together(tx, [
      grantedLimits(tx, first.scope),
      all(tx, [...assumptions.values()]),
      all(tx, priceStatements(tx, first.scope, ["workflow_node"], NOW)),
      presentStatement(tx),
    ]);
    assertStartsOpen(granted);
    await assertStartRate(tx, first.scope, effectiveLimits(granted), { added: starts.length });
    const stale = new Set([...assumptions.keys()].filter((_, at) => confirmed[at]?.length === 0));
    const sound = starts.filter(({ assumed }) => !assumed || !stale.has(assumed.key));
    const written = await write(tx, sound, { lists: priceLists(prices), now: presentOf(present) });
    return starts.map((start) => written.get(start) ?? null);
  });
}

/** Several statements as one. */
function all<T>(tx: Tx, statements: readonly Statement<T>[]): Statement<T[]> {
  return { execute: () => together(tx, statements) as Promise<T[]> };
}

/** What tells whether the assumptions hold, each asked once. */
function assumptionsOf(tx: Tx, starts: readonly WholeStart[]): Map<string, Statement<unknown[]>> {
  return new Map(
    starts.flatMap(({ assumed }) => (assumed ? [[assumed.key, assumed.confirm(tx)] as const] : [])),
  );
}

type Pricing = { readonly lists: ReturnType<typeof priceLists>; readonly now: Date };

async function write(
  tx: Tx,
  starts: readonly WholeStart[],
  { lists, now }: Pricing,
): Promise<Map<WholeStart, RunStarted>> {
  const [first] = starts;
  if (!first) return new Map();
  const runs = starts.map((start) => ({ start, ...newRun(start.scope, start.launch, start.request) }));
  const rows = insertRows(
    tx,
    executions,
    runs.map(({ start, values }) => ({ ...values, ...ENDED(), resultData: start.whole.result })),
    { unlessKnownBy: RUN_KEY, returning: ["id"] },
  );
  const told = auditRows(
    tx,
    runs.map(({ start, event }) => ({ by: start.scope, event })),
  );
  const isKeyed = starts.some(({ request }) => request.idempotencyKey !== undefined);
  if (isKeyed && (await rows.execute()).rows.length < starts.length) {
    if (starts.length > 1) throw new NotTogether();
    return new Map([[first, await knownByKey(tx, first.scope, first.request)]]);
  }
  await countCompleted(tx, first.scope, schedulesOf(starts));
  await lastTogether(tx, [
    ...(isKeyed ? [] : [rows]),
    ...stepsOf(tx, first.scope, runs, { lists, now }),
    told,
  ]);
  return new Map(
    runs.map(({ start, values }) => [start, { executionId: values.id, status: "completed", isNew: true }]),
  );
}

function schedulesOf(starts: readonly WholeStart[]): string[] {
  return starts.flatMap(({ request: { startedBy } }) =>
    startedBy.trigger === "schedule" && startedBy.triggerId ? [startedBy.triggerId] : [],
  );
}

type NewRun = { readonly start: WholeStart } & Pick<ReturnType<typeof newRun>, "values">;

function stepsOf(tx: Tx, scope: TenantScope, runs: readonly NewRun[], { lists, now }: Pricing): Statement[] {
  const computed = runs.map(({ start: { whole }, values: { id, workflowId, startedBy } }) => ({
    run: { id, workflowId, startedBy, rootExecutionId: null, now },
    nodes: whole.steps.flatMap(({ node, end }) => (end ? [{ node, end }] : [])),
  }));
  const skipped = runs.flatMap(({ start: { whole }, values }) =>
    whole.steps.flatMap(({ node, end }) => (end ? [] : [{ executionId: values.id, node }])),
  );
  const { rows, bill } = computedRows(tx, scope, computed, lists);
  return [rows, ...(skipped.length > 0 ? [skippedRows(tx, scope, skipped)] : []), ...(bill ? [bill] : [])];
}

/** The columns of a run that has ended as it was written. */
const ENDED = () => ({
  status: "completed",
  startedAt: databaseTime(),
  admittedAt: databaseTime(),
  dispatchedAt: databaseTime(),
  completedAt: databaseMoment(),
});
