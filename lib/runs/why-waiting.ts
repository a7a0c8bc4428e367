import "server-only";
import { and, eq, gt, isNotNull, or, sql } from "drizzle-orm";
import { asTenant, type Tx } from "@/db/access";
import { executionSteps, executions } from "@/db/schema/ai";
import type { TenantScope } from "@/db/scope";
import { isPaused } from "@/inngest/embedded";
import { authorize } from "@/lib/auth/authorize";
import { isId } from "@/lib/ids";
import { findPlace, type PlaceInLine } from "./admission";
import { DRIVER } from "./first-drive";
import { STEPS_AT_ONCE_PER_TENANT } from "./slots";
import { executionIs, isTenantSuspended } from "./store";

/** Why a run does nothing at this moment. */
export type WhyWaiting =
  /** As many of its tenant's runs go on as may. */
  | ({ readonly kind: "line" } & PlaceInLine)
  /** Its workspace is suspended, and it has not begun. */
  | { readonly kind: "suspended" }
  /** An operator holds the work on runs. */
  | { readonly kind: "held" }
  /** As many of its tenant's steps are worked on as may be at once. */
  | { readonly kind: "busy"; readonly steps: number };

/** Why a run waits for room; null when it does not. @throws AppError `not_found` is left to who reads the run */
export async function whyWaiting(scope: TenantScope, executionId: string): Promise<WhyWaiting | null> {
  authorize(scope, "run.read");
  if (!isId(executionId)) return null;
  const found = await asTenant(scope, (tx) => lookFor(tx, scope, executionId));
  if (found?.kind !== "busy") return found;
  if (await isPaused(DRIVER, scope.tenantId)) return { kind: "held" };
  return found.steps >= STEPS_AT_ONCE_PER_TENANT ? found : null;
}

async function lookFor(
  tx: Tx,
  scope: TenantScope,
  executionId: string,
): Promise<Exclude<WhyWaiting, { kind: "held" }> | null> {
  const [run] = await tx
    .select({
      status: executions.status,
      rootId: executions.rootExecutionId,
      admittedAt: executions.admittedAt,
      startedAt: executions.startedAt,
      isSuspended: isTenantSuspended(),
    })
    .from(executions)
    .where(executionIs(scope, executionId));
  if (run?.status !== "pending" && run?.status !== "running") return null;
  if (run.status === "pending" && !run.rootId && !run.admittedAt) {
    if (run.isSuspended && !run.startedAt) return { kind: "suspended" };
    return { kind: "line", ...(await findPlace(tx, scope, executionId)) };
  }
  const [{ all = 0, own = 0 } = {}] = await tx
    .select({
      all: sql<number>`(count(*) filter (where ${and(isNotNull(executionSteps.workerId), gt(executionSteps.leaseUntil, sql`now()`))}))::int`,
      // Also what waits for its next attempt: the trace says so itself.
      own: sql<number>`(count(*) filter (where ${or(eq(executions.id, executionId), eq(executions.rootExecutionId, executionId))}))::int`,
    })
    .from(executionSteps)
    .innerJoin(
      executions,
      and(eq(executions.tenantId, executionSteps.tenantId), eq(executions.id, executionSteps.executionId)),
    )
    .where(and(eq(executionSteps.tenantId, scope.tenantId), eq(executionSteps.status, "running")));
  return own > 0 ? null : { kind: "busy", steps: all };
}
