import "server-only";
import { type SQL, sql } from "drizzle-orm";
import { asTenant, type Tx } from "@/db/access";
import { agents, executions, workflows } from "@/db/schema/ai";
import { users } from "@/db/schema/auth";
import type { TenantScope } from "@/db/scope";
import { type Asking, askingRuns } from "@/lib/approvals/asking";
import { authorize } from "@/lib/auth/authorize";
import { microsFromNumeric } from "@/lib/money";
import { everyPage, type Page, toPage } from "@/lib/paging";
import { isFinished, type ListRunsInput, listRunsInput, type RunFilter } from "./input";
import { costFits, hasText, indexedFilter, looksInside, orderOf } from "./list-filter";
import { type Retrying, retryingRuns } from "./retrying";
import { agentOf, type RunSummary, SUMMARY_COLUMNS, starterOf, workflowOf } from "./run-columns";
import { type Waiting, waitingRuns } from "./waiting";

/** A run of a list, with why it may not go on just now: what of it is tried again, what it asks people, and what it waits for. */
export type RunLine = RunSummary & {
  readonly retrying: Retrying | null;
  readonly asking: Asking | null;
  readonly waiting: Waiting | null;
};

/**
 * A page of runs. When runs are looked at one by one, and so many were looked at that the rest is left for the next page,
 * `searchedTo` says how far back it went; the page may then be short, or empty.
 */
export type RunPage = Page<RunLine> & { readonly searchedTo: Date | null };

type Window = { readonly cursor?: string | undefined; readonly limit: number };

/** Runs looked at in one query, first and later, and in one page, when each has to be looked at. */
const LOOKED_AT_FIRST = 10;
const LOOKED_AT_ONCE = 500;
const MOST_LOOKED_AT = 5_000;
/** Large data and long runs take longer to look through: then a query looks at fewer, and a page ends earlier. */
const QUICK_LOOK_MS = 100;
const LONGEST_LOOK_MS = 1_000;

/** Runs, newest first, a page at a time, each with what it and its parts have cost. */
export async function listRuns(scope: TenantScope, input: ListRunsInput = {}): Promise<RunPage> {
  authorize(scope, "run.read");
  const { cursor, limit, ...filter } = listRunsInput.parse(input);
  return asTenant(scope, (tx) => findPage(tx, scope, filter, { cursor, limit }));
}

const EXPORT_PAGE = 500;

/** Every run that fits, newest first, a few hundred at a time, each read in a transaction of its own. */
export async function* everyRun(scope: TenantScope, filter: RunFilter): AsyncGenerator<RunLine[]> {
  authorize(scope, "run.read");
  yield* everyPage((cursor) =>
    asTenant(scope, (tx) => findPage(tx, scope, filter, { cursor, limit: EXPORT_PAGE })),
  );
}

async function findPage(tx: Tx, scope: TenantScope, filter: RunFilter, window: Window): Promise<RunPage> {
  if (looksInside(filter)) return lookThrough(tx, scope, filter, window);
  const page = toPage(
    await readRuns(tx, scope, filter, { ...window, limit: window.limit + 1 }),
    window.limit,
  );
  return { ...page, items: await withCosts(tx, scope, page.items), searchedTo: null };
}

type Row = Omit<RunSummary, "costMicros">;

function readRuns(tx: Tx, scope: TenantScope, filter: RunFilter, { cursor, limit }: Window) {
  return tx
    .select({ ...SUMMARY_COLUMNS, hasText: hasText(filter.q) })
    .from(executions)
    .leftJoin(workflows, workflowOf)
    .leftJoin(agents, agentOf)
    .leftJoin(users, starterOf)
    .where(indexedFilter(scope, { ...filter, cursor }))
    .orderBy(...orderOf(filter))
    .limit(limit);
}

/** Looks at runs from the newest on until a page is full, none is left, or enough was looked at for one page. */
async function lookThrough(
  tx: Tx,
  scope: TenantScope,
  filter: RunFilter,
  { cursor, limit }: Window,
): Promise<RunPage> {
  const startedAt = performance.now();
  const found: RunLine[] = [];
  let last: { id: string; createdAt: Date } | undefined;
  let looked = 0;
  let atOnce = LOOKED_AT_FIRST;
  let isEnd = false;
  while (!isEnd && found.length <= limit) {
    const beganAt = performance.now();
    const rows = await readRuns(tx, scope, filter, { cursor: last?.id ?? cursor, limit: atOnce });
    const tookMs = performance.now() - beganAt;
    const fitting = await withCosts(
      tx,
      scope,
      rows.filter((row) => row.hasText),
    );
    found.push(...fitting.filter((run) => costFits(filter, BigInt(run.costMicros))));
    last = rows.at(-1) ?? last;
    looked += rows.length;
    isEnd = rows.length < atOnce;
    atOnce = tookMs < QUICK_LOOK_MS ? Math.min(LOOKED_AT_ONCE, atOnce * 2) : Math.ceil(atOnce / 2);
    if (looked >= MOST_LOOKED_AT || performance.now() - startedAt > LONGEST_LOOK_MS) break;
  }
  const page = toPage(found, limit);
  if (page.nextCursor || isEnd) return { ...page, searchedTo: null };
  return { ...page, nextCursor: last?.id ?? null, searchedTo: last?.createdAt ?? null };
}

async function withCosts(
  tx: Tx,
  scope: TenantScope,
  rows: readonly (Row & { hasText?: boolean })[],
): Promise<RunLine[]> {
  const idsOf = (those: typeof rows) => those.map(({ id }) => id);
  const open = idsOf(rows.filter(({ status }) => !isFinished(status)));
  const retrying = await retryingRuns(tx, scope, open);
  const asking = await askingRuns(tx, scope, open);
  const waiting = await waitingRuns(tx, scope, idsOf(rows.filter(({ status }) => status === "waiting")));
  const costs = await treeCosts(tx, scope, idsOf(rows));
  return rows.map(({ hasText: _, ...row }) => ({
    ...row,
    costMicros: costs.get(row.id) ?? "0",
    retrying: retrying.get(row.id) ?? null,
    asking: asking.get(row.id) ?? null,
    waiting: waiting.get(row.id) ?? null,
  }));
}

/** What runs have cost with all that ran inside of them, in micros, from the ledger; one that used nothing is left out. */
export async function treeCosts(
  tx: Tx,
  scope: TenantScope,
  ids: readonly string[],
): Promise<Map<string, string>> {
  if (ids.length === 0) return new Map();
  const { rows } = await tx.execute<{ root_id: string; cost: string }>(treeSums(scope, ids));
  return new Map(rows.map((row) => [row.root_id, microsFromNumeric(row.cost).toString()]));
}

/**
 * Rows of `root_id, cost`. Run by run and part by part: where a few runs have thousands of parts, the planner takes every
 * run to have as many, and would read the whole ledger for a page of the list.
 */
export function treeSums({ tenantId }: TenantScope, ids: readonly string[]): SQL {
  const roots = sql.join(
    ids.map((id) => sql`(${id}::uuid)`),
    sql`, `,
  );
  return sql`
    with roots(id) as (values ${roots}),
    parts as (
      select id, id as root_id from roots
      union all
      select e.id, r.id from roots r
      cross join lateral (
        select e.id from executions e where e.tenant_id = ${tenantId} and e.root_execution_id = r.id offset 0
      ) e
    )
    select p.root_id, sum(l.cost)::numeric(18,6)::text as cost
    from parts p
    cross join lateral (
      select sum(l.tenant_cost) as cost from ledger_entries l where l.tenant_id = ${tenantId} and l.execution_id = p.id
    ) l
    where l.cost is not null
    group by p.root_id`;
}
