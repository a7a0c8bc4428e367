import { and, eq, lte, ne, or, sql } from "drizzle-orm";
import type { Tx } from "@/db/access";
import { executionSteps } from "@/db/schema/ai";
import type { TenantScope } from "@/db/scope";
import { inPassing } from "@/db/statements";
import { databaseTime } from "@/lib/clock";
import { newId } from "@/lib/ids";
import type { GraphNode } from "@/lib/workflows/graph";
import { Outdated } from "./assumed-run";
import type { StepStatus } from "./input";
import { LEASE_MS, leaseEnd } from "./steps";
import { nextRevision, stepsOf } from "./store";
import type { Worker } from "./worker";

export type StepPlace = {
  readonly executionId: string;
  readonly node: GraphNode;
  readonly iteration: number;
};

/** A step that this worker has, or why it has not. */
export type Claim =
  | { readonly kind: "claimed"; readonly stepId: string; readonly attempt: number }
  | { readonly kind: "settled"; readonly status: StepStatus; readonly branch: string | null }
  /** A worker has it, or it waits for its next attempt. */
  | { readonly kind: "busy"; readonly afterMs: number };

function stepIs(scope: TenantScope, { executionId, node, iteration }: StepPlace) {
  return and(
    stepsOf(scope, executionId),
    eq(executionSteps.nodeId, node.id),
    eq(executionSteps.iteration, iteration),
  );
}

/**
 * Takes a step: the first to come inserts it, a later attempt takes it over once its lease is over, or at once when the
 * worker that had it cannot be alive. Every claim is a new attempt, which fences off what older ones still write.
 */
export async function claimStep(
  tx: Tx,
  scope: TenantScope,
  place: StepPlace,
  worker: Worker,
): Promise<Claim> {
  const [row] = await claimRow(tx, scope, place, worker, newId());
  return row ? { kind: "claimed", ...row } : findClaimed(tx, scope, place);
}

/**
 * The same for a step that nobody has begun, as far as is known: its answer is looked at before the commit only.
 * @throws Outdated, at the latest before the commit
 */
export async function claimNew(tx: Tx, scope: TenantScope, place: StepPlace, worker: Worker): Promise<Claim> {
  const stepId = newId();
  await inPassing(tx, claimRow(tx, scope, place, worker, stepId), ([row]) => {
    if (row?.stepId !== stepId) throw new Outdated();
  });
  return { kind: "claimed", stepId, attempt: 1 };
}

function claimRow(tx: Tx, scope: TenantScope, place: StepPlace, worker: Worker, id: string) {
  const { executionId, node, iteration } = place;
  const claim = { status: "running", workerId: worker.id, leaseUntil: leaseEnd(LEASE_MS) } as const;
  const isOrphan = worker.isAlone ? ne(executionSteps.workerId, worker.id) : sql`false`;
  return tx
    .insert(executionSteps)
    .values({
      ...claim,
      id,
      tenantId: scope.tenantId,
      executionId,
      nodeId: node.id,
      iteration,
      kind: node.kind,
      name: node.name,
      attempt: 1,
      startedAt: databaseTime(),
    })
    .onConflictDoUpdate({
      target: [
        executionSteps.tenantId,
        executionSteps.executionId,
        executionSteps.nodeId,
        executionSteps.iteration,
      ],
      set: { ...claim, attempt: sql`${executionSteps.attempt} + 1`, revision: nextRevision },
      setWhere: and(
        eq(executionSteps.status, "running"),
        or(lte(executionSteps.leaseUntil, sql`now()`), isOrphan),
      ),
    })
    .returning({ stepId: executionSteps.id, attempt: executionSteps.attempt });
}

async function findClaimed(tx: Tx, scope: TenantScope, place: StepPlace): Promise<Claim> {
  const [row] = await tx
    .select({
      status: executionSteps.status,
      branch: executionSteps.branch,
      afterMs:
        sql<number>`greatest(0, extract(epoch from ${executionSteps.leaseUntil} - now()) * 1000)`.mapWith(
          Number,
        ),
    })
    .from(executionSteps)
    .where(stepIs(scope, place))
    .limit(1);
  if (!row || row.status === "running") {
    return { kind: "busy", afterMs: Math.ceil(row?.afterMs ?? 0) };
  }
  return { kind: "settled", status: row.status as StepStatus, branch: row.branch };
}
