import "server-only";
import { and, eq, lte, sql } from "drizzle-orm";
import { asTenant } from "@/db/access";
import { executions } from "@/db/schema/ai";
import type { TenantScope } from "@/db/scope";
import { AppError } from "@/lib/errors";
import { type BatchSelection, type BatchVerb, fitsVerb, MAX_BATCH_RUNS } from "./batch-input";
import type { RunFilter } from "./input";
import { indexedFilter, looksInside, orderOf } from "./list-filter";
import { everyRun } from "./queries";
import { type RunSummary, SUMMARY_COLUMNS } from "./run-columns";

/** What decides whether something can be done with a run. */
export type Candidate = Pick<RunSummary, "id" | "status" | "trigger">;

const AT_ONCE = 5_000;
/** Whoever asks waits for it. */
const LONGEST_LOOK_MS = 8_000;

/**
 * Runs that match, newest first, many at a time.
 * @param upTo leaves out those that were started after this one
 * @throws AppError `limit_exceeded`, reason `search_too_long`, when they have to be looked at one by one and are too many
 */
export async function* matchingRuns(
  scope: TenantScope,
  filter: RunFilter,
  upTo?: string,
): AsyncGenerator<readonly Candidate[]> {
  const startedAt = performance.now();
  const pages = looksInside(filter) ? everyRun(scope, filter) : candidates(scope, filter, upTo);
  for await (const page of pages) {
    yield upTo ? page.filter((run) => run.id <= upTo) : page;
    if (performance.now() - startedAt > LONGEST_LOOK_MS) throw tooLong();
  }
}

async function* candidates(scope: TenantScope, filter: RunFilter, upTo?: string) {
  const { id, status, trigger } = SUMMARY_COLUMNS;
  let cursor: string | undefined;
  do {
    const page: Candidate[] = await asTenant(scope, (tx) =>
      tx
        .select({ id, status, trigger })
        .from(executions)
        .where(and(indexedFilter(scope, { ...filter, cursor }), upTo ? lte(executions.id, upTo) : undefined))
        .orderBy(...orderOf(filter))
        .limit(AT_ONCE),
    );
    yield page;
    cursor = page.length === AT_ONCE ? page.at(-1)?.id : undefined;
  } while (cursor);
}

/**
 * The runs of a batch, as many as it takes: the newest that match and with which something can be done, or those that are
 * named, whether or not anything can be.
 * @throws AppError `not_found` when one of those that are named does not exist; `limit_exceeded` as `matchingRuns`
 */
export async function selectRuns(
  scope: TenantScope,
  verb: BatchVerb,
  selection: BatchSelection,
): Promise<string[]> {
  if ("executionIds" in selection) return namedRuns(scope, selection.executionIds);
  const { filter, upTo } = selection;
  const found: string[] = [];
  for await (const page of matchingRuns(scope, filter, upTo)) {
    for (const run of page) if (fitsVerb(verb, run)) found.push(run.id);
    if (found.length >= MAX_BATCH_RUNS) return found.slice(0, MAX_BATCH_RUNS);
  }
  return found;
}

async function namedRuns(scope: TenantScope, executionIds: readonly string[]): Promise<string[]> {
  const named = [...new Set(executionIds.map((id) => id.toLowerCase()))];
  const rows = await asTenant(scope, (tx) =>
    tx
      .select({ id: executions.id })
      .from(executions)
      .where(
        and(
          eq(executions.tenantId, scope.tenantId),
          sql`${executions.id} in (select jsonb_array_elements_text(${JSON.stringify(named)}::jsonb)::uuid)`,
        ),
      ),
  );
  const found = new Set(rows.map((row) => row.id));
  const missing = named.filter((id) => !found.has(id));
  if (missing.length === 0) return named;
  const others = missing.length - 1;
  const message = `There is no run ${missing[0]}${others > 0 ? `, nor are there ${others} others of those named` : ""}.`;
  throw new AppError("not_found", message);
}

function tooLong(): AppError {
  const message =
    "There are too many runs to look through at once. Narrow the list, for example to a few days, and choose again.";
  return new AppError("limit_exceeded", message, { reason: "search_too_long" });
}
