import "server-only";
import { and, inArray, sql } from "drizzle-orm";
import { asTenant, type Tx } from "@/db/access";
import { madeOnce } from "@/db/made-once";
import { executionSteps, executions } from "@/db/schema/ai";
import type { TenantScope } from "@/db/scope";
import { lastTogether } from "@/db/statements";
import { authorize } from "@/lib/auth/authorize";
import { authorizeStill } from "@/lib/auth/authorize-still";
import { isId } from "@/lib/ids";
import { isClosing, LAST_STEPS_MS, LOOK_EVERY_MS } from "./events";
import { isFinished } from "./input";
import { nextChange } from "./live";
import { type GivenRun, isGivenRun, isStepOfGivenRun, runNotFound } from "./store";

/**
 * Waits until a run has ended and its last steps are closed, or the signal aborts. Nothing but that is read.
 * @throws AppError `not_found`; `unauthenticated` or `forbidden` once whoever waited may not look any more
 */
export async function untilEnded(
  scope: TenantScope,
  executionId: string,
  signal: AbortSignal,
): Promise<void> {
  authorize(scope, "run.read");
  if (!isId(executionId)) throw runNotFound();
  const left = new AbortController();
  const over = AbortSignal.any([signal, left.signal]);
  let endedAt: number | null = null;
  try {
    for (let looks = 0; !signal.aborted; looks += 1) {
      // From before the look on: what changes while it is taken is not missed.
      const changed = nextChange(executionId, LOOK_EVERY_MS, over);
      const { status, hasOpenSteps } = await look(scope, executionId);
      if (isFinished(status)) endedAt ??= performance.now();
      const isLate = endedAt !== null && performance.now() - endedAt > LAST_STEPS_MS;
      const isClosed = endedAt !== null && !hasOpenSteps && !(await isClosing(scope, executionId, status));
      if (isClosed || isLate) return looks > 0 ? await authorizeStill(scope, "run.read") : undefined;
      await changed;
    }
  } finally {
    left.abort();
  }
  await authorizeStill(scope, "run.read");
}

async function look(scope: TenantScope, executionId: string) {
  const { tenantId } = scope;
  const [[seen]] = await asTenant(scope, (tx) => lastTogether(tx, [standing(tx, { tenantId, executionId })]));
  if (!seen) throw runNotFound();
  return seen;
}

const standing = madeOnce<GivenRun, { status: string; hasOpenSteps: boolean }[]>((tx) =>
  tx
    .select({
      status: sql<string>`coalesce(${executions.status}, 'pending')`,
      hasOpenSteps: sql<boolean>`exists ${openSteps(tx)}`,
    })
    .from(executions)
    .where(isGivenRun),
);

function openSteps(tx: Tx) {
  return tx
    .select({ one: sql`1` })
    .from(executionSteps)
    .where(and(isStepOfGivenRun, inArray(executionSteps.status, ["running", "waiting"])));
}
