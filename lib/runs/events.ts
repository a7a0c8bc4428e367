import "server-only";
import { and, asc, eq, gt, inArray, sql } from "drizzle-orm";
import { asTenant, type Tx } from "@/db/access";
import { executionSteps, executions } from "@/db/schema/ai";
import type { TenantScope } from "@/db/scope";
import { authorize } from "@/lib/auth/authorize";
import { authorizeStill } from "@/lib/auth/authorize-still";
import { isId } from "@/lib/ids";
import { NESTING_KINDS } from "./cost";
import { loadFigures, type RunFigures } from "./figures";
import { isFinished, type RunStatus } from "./input";
import { nextChange } from "./live";
import { retryingParts } from "./retrying";
import { completeSteps, countParts, STEP_COLUMNS, type StepRow } from "./step-rows";
import { executionIs, runNotFound, stepsOf } from "./store";
import { TellTale } from "./tell-tale";
import { isWorkedOn } from "./worked-on";

/** One message of a live view: how the run stands and the steps that changed. */
export type RunMessage = {
  readonly execution: RunFigures & {
    readonly id: string;
    readonly status: RunStatus;
    readonly startedAt: Date | null;
    readonly completedAt: Date | null;
    readonly errorMessage: string | null;
    readonly errorNodeId: string | null;
  };
  readonly steps: readonly StepRow[];
  /** Resume after it: steps that changed later have a higher one. */
  readonly revision: number;
};

/** Other processes' changes are seen this late at most; those of this process at once. */
export const LOOK_EVERY_MS = 1_000;
/** After the end, how long to wait for steps that are still being closed. */
export const LAST_STEPS_MS = 5_000;
/** Whether who looks still may is asked this often while there is nothing to tell. */
const ASK_AGAIN_MS = 20_000;
/** The most steps of one message. */
const MESSAGE_STEPS = 500;
/** The figures of a long run are as much work as the run is long: they take at most this share of the time. */
const FIGURES_SHARE = 0.05;

type Head = Omit<RunMessage["execution"], keyof RunFigures> & { rootExecutionId: string | null };
type Seen = { readonly head: Head; readonly steps: StepRow[]; readonly isWhole: boolean };

async function loadHead(tx: Tx, scope: TenantScope, executionId: string): Promise<Head> {
  const [head] = await tx
    .select({
      id: executions.id,
      status: sql<RunStatus>`${executions.status}`,
      startedAt: executions.startedAt,
      completedAt: executions.completedAt,
      errorMessage: executions.errorMessage,
      errorNodeId: executions.errorNodeId,
      rootExecutionId: executions.rootExecutionId,
    })
    .from(executions)
    .where(executionIs(scope, executionId))
    .limit(1);
  if (!head) throw runNotFound();
  return head;
}

/** The statement behind every look: by `execution_steps_revision_idx`, so that steps without news are not read. */
export function changedStepsQuery(tx: Tx, scope: TenantScope, executionId: string, after: number) {
  return tx
    .select(STEP_COLUMNS)
    .from(executionSteps)
    .where(and(stepsOf(scope, executionId), gt(executionSteps.revision, after)))
    .orderBy(asc(executionSteps.revision))
    .limit(MESSAGE_STEPS);
}

/** What changed since the last look, and steps whose parts did. */
async function look(scope: TenantScope, executionId: string, told: TellTale): Promise<Seen> {
  return asTenant(scope, async (tx) => {
    const head = await loadHead(tx, scope, executionId);
    const changed = await changedStepsQuery(tx, scope, executionId, told.from(performance.now()));
    const isWhole = changed.length < MESSAGE_STEPS;
    const news = told.take(changed, isWhole, performance.now());
    const retrying = await retryingParts(tx, scope, told.nestingIds);
    const moved = told.moved(await countParts(tx, scope, told.nestingIds), retrying);
    const known = new Set(news.map((step) => step.id));
    const nesting = await stepsById(
      tx,
      scope,
      moved.filter((id) => !known.has(id)),
    );
    return { head, steps: await completeSteps(tx, scope, executionId, [...news, ...nesting]), isWhole };
  });
}

async function stepsById(tx: Tx, scope: TenantScope, ids: readonly string[]) {
  if (ids.length === 0) return [];
  return tx
    .select(STEP_COLUMNS)
    .from(executionSteps)
    .where(and(eq(executionSteps.tenantId, scope.tenantId), inArray(executionSteps.id, [...ids])));
}

/** The steps with parts of their own that are under way when a view begins. */
function openNesting(scope: TenantScope, executionId: string) {
  return asTenant(scope, (tx) =>
    tx
      .select({ id: executionSteps.id })
      .from(executionSteps)
      .where(
        and(
          stepsOf(scope, executionId),
          inArray(executionSteps.status, ["running", "waiting"]),
          inArray(executionSteps.kind, [...NESTING_KINDS]),
        ),
      ),
  );
}

/** Whether calls of a run that was broken off, or of its parts, are on their way to their end: what they used is billed then. */
export async function isClosing(scope: TenantScope, executionId: string, status: string): Promise<boolean> {
  if (status !== "failed" && status !== "cancelled") return false;
  return asTenant(scope, (tx) => isWorkedOn(tx, scope, executionId));
}

/** Figures that are read again when something changed, but not more often than they are worth. */
function thriftyFigures(scope: TenantScope) {
  let known: RunFigures | null = null;
  let isStale = true;
  let nextAt = 0;
  return {
    /** @returns whether they are new */
    async refresh(head: Head, hasNews: boolean, isLast: boolean): Promise<boolean> {
      isStale ||= hasNews;
      if (!isStale || (known && !isLast && performance.now() < nextAt)) return false;
      const started = performance.now();
      known = await asTenant(scope, (tx) => loadFigures(tx, scope, head));
      nextAt = performance.now() + (performance.now() - started) / FIGURES_SHARE;
      isStale = false;
      return true;
    },
    get current(): RunFigures {
      return known ?? { counts: {}, leftOut: 0, costMicros: "0" };
    },
  };
}

/**
 * A run as it happens: first what changed since `after` (a revision; 0 for everything), then each change, until the run
 * has ended and its last steps are closed, or the signal aborts. `null` now and then while nothing happens. Nothing is
 * told any more to who may not look any more, and their view ends soon, also while there is nothing to tell.
 *
 * @throws AppError `not_found`; `unauthenticated` or `forbidden`, also later, as `authorizeStill`
 */
export async function* runEvents(
  scope: TenantScope,
  executionId: string,
  { after = 0, signal }: { after?: number; signal: AbortSignal },
): AsyncGenerator<RunMessage | null> {
  authorize(scope, "run.read");
  if (!isId(executionId)) throw runNotFound();
  const nesting = await openNesting(scope, executionId);
  const told = new TellTale(
    after,
    nesting.map((step) => step.id),
  );
  const figures = thriftyFigures(scope);
  let before: string | null = null;
  // Who was let in a moment ago is told at once.
  let askedAt = performance.now();
  let endedAt: number | null = null;
  let wasClosing = false;
  while (!signal.aborted) {
    // From before the look on: what changes while it is taken is not missed.
    const changed = nextChange(executionId, LOOK_EVERY_MS, signal);
    const { head, steps, isWhole } = await look(scope, executionId, told);
    const now = `${head.status} ${head.completedAt?.getTime() ?? ""} ${head.startedAt?.getTime() ?? ""}`;
    const hasNews = steps.length > 0 || now !== before;
    const isLast = isFinished(head.status) && isWhole;
    const closing = isLast && (await isClosing(scope, head.id, head.status));
    const hasFigures = await figures.refresh(head, hasNews || wasClosing, isLast);
    wasClosing = closing;
    const mustAsk = hasNews || hasFigures || performance.now() - askedAt > ASK_AGAIN_MS;
    if (before !== null && mustAsk) {
      await authorizeStill(scope, "run.read");
      askedAt = performance.now();
    }
    before = now;
    if (hasNews || hasFigures) {
      const { rootExecutionId: _, ...execution } = head;
      yield { execution: { ...execution, ...figures.current }, steps, revision: told.resumeAfter };
    } else yield null;
    if (!isWhole) continue;
    if (isFinished(head.status)) {
      endedAt ??= performance.now();
      const { running = 0, waiting = 0 } = figures.current.counts;
      const isClosed = running + waiting === 0 && !closing;
      if (isClosed || performance.now() - endedAt > LAST_STEPS_MS) return;
    }
    await changed;
  }
}
