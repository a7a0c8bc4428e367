import "server-only";
import { and, lte } from "drizzle-orm";
import { asTenant } from "@/db/access";
import { executions } from "@/db/schema/ai";
import type { TenantScope } from "@/db/scope";
import { AppError } from "@/lib/errors";
import type { BatchVerb } from "./batch-input";
import { fitsVerb, MAX_BATCH_RUNS } from "./batch-input";
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

/** The newest runs that match and with which something can be done, as many as one batch takes. */
export async function fittingRuns(
  scope: TenantScope,
  verb: BatchVerb,
  filter: RunFilter,
  upTo: string,
): Promise<string[]> {
  const found: string[] = [];
  for await (const page of matchingRuns(scope, filter, upTo)) {
    for (const run of page) if (fitsVerb(verb, run)) found.push(run.id);
    if (found.length >= MAX_BATCH_RUNS) return found.slice(0, MAX_BATCH_RUNS);
  }
  return found;
}

function tooLong(): AppError {
  const message =
    "There are too many runs to look through at once. Narrow the list, for example to a few days, and choose again.";
  return new AppError("limit_exceeded", message, { reason: "search_too_long" });
}
