import { sql } from "drizzle-orm";
import type { Tx } from "@/db/access";
import { executionSteps } from "@/db/schema/ai";
import { stepAttempts } from "@/db/schema/run-control";
import type { TenantScope } from "@/db/scope";
import { databaseMoment } from "@/lib/clock";
import { newId } from "@/lib/ids";

/** An attempt that did not end its step, and the wait before the next one. */
export type EndedAttempt = {
  readonly stepId: string;
  readonly attempt: number;
  readonly outcome: "failed" | "lost";
  readonly errorCode?: string;
  readonly errorMessage?: string;
  readonly waitMs?: number;
};

/**
 * Keeps an attempt for the trace. The first began with its step, each other one after the wait of the one before. Noting
 * the same attempt twice keeps what was noted first.
 */
export async function noteAttempt(tx: Tx, scope: TenantScope, ended: EndedAttempt): Promise<void> {
  const { stepId } = ended;
  const before = sql`(select max(a.ended_at + coalesce(a.wait_ms, 0) * interval '1 millisecond') from ${stepAttempts} a where a.tenant_id = ${scope.tenantId} and a.step_id = ${stepId})`;
  const first = sql`(select s.started_at from ${executionSteps} s where s.tenant_id = ${scope.tenantId} and s.id = ${stepId})`;
  await tx
    .insert(stepAttempts)
    .values({
      id: newId(),
      tenantId: scope.tenantId,
      stepId,
      attempt: ended.attempt,
      outcome: ended.outcome,
      errorCode: ended.errorCode ?? null,
      errorMessage: ended.errorMessage ?? null,
      waitMs: ended.waitMs ?? null,
      startedAt: sql`coalesce(${before}, ${first})`,
      endedAt: databaseMoment(),
    })
    .onConflictDoNothing();
}
