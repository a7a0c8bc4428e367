import { and, eq, lte, ne, or, sql } from "drizzle-orm";
import type { Tx } from "@/db/access";
import { asJson, madeOnce } from "@/db/made-once";
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
  /** A worker has it, or it waits for its next attempt; `holds` says which attempt has it. */
  | { readonly kind: "busy"; readonly afterMs: number; readonly holds: Attempt | null };

type Attempt = { readonly stepId: string; readonly attempt: number };

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
  const [row] = await claimRow(tx, scope, place, worker, newId()).execute();
  return row ? { kind: "claimed", ...row } : findClaimed(tx, scope, place);
}

/** A step that is claimed once it is known what it works on, or that it cannot be begun. */
export type LateClaim = { readonly stepId: string; readonly send: (input?: unknown) => Promise<void> };

/**
 * The same for a step that nobody has begun, as far as is known, in one write with what it works on; its answer is looked
 * at before the commit only.
 * @throws Outdated from `send`, at the latest before the commit
 */
export function claimNew(tx: Tx, scope: TenantScope, place: StepPlace, worker: Worker): LateClaim {
  const stepId = newId();
  const send = (input?: unknown) =>
    inPassing(tx, claimRow(tx, scope, place, worker, stepId, input), ([row]) => {
      if (row?.stepId !== stepId) throw new Outdated();
    });
  return { stepId, send };
}

function claimRow(
  tx: Tx,
  { tenantId }: TenantScope,
  { executionId, node: { id: nodeId, kind, name }, iteration }: StepPlace,
  { id: workerId, isAlone }: Worker,
  id: string,
  input?: unknown,
) {
  const step = { id, tenantId, executionId, nodeId, iteration, kind, name, input: asJson(input) };
  return writeClaim(tx, { ...step, workerId, isAlone });
}

const WORKER = sql.placeholder("workerId");

type ClaimValues = {
  readonly [K in "id" | "tenantId" | "executionId" | "nodeId" | "kind" | "name" | "workerId"]: string;
} & {
  readonly iteration: number;
  readonly input: string | null;
  readonly isAlone: boolean;
};

const writeClaim = madeOnce<ClaimValues, { stepId: string; attempt: number }[]>((tx) => {
  const claim = {
    status: "running",
    workerId: sql<string>`${WORKER}`,
    leaseUntil: leaseEnd(LEASE_MS),
  } as const;
  return tx
    .insert(executionSteps)
    .values({
      ...claim,
      id: sql.placeholder("id"),
      tenantId: sql.placeholder("tenantId"),
      executionId: sql.placeholder("executionId"),
      nodeId: sql.placeholder("nodeId"),
      iteration: sql.placeholder("iteration"),
      kind: sql.placeholder("kind"),
      name: sql.placeholder("name"),
      input: sql`${sql.placeholder("input")}::jsonb`,
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
        or(
          lte(executionSteps.leaseUntil, sql`now()`),
          and(sql`${sql.placeholder("isAlone")}::boolean`, ne(executionSteps.workerId, WORKER)),
        ),
      ),
    })
    .returning({ stepId: executionSteps.id, attempt: executionSteps.attempt });
});

async function findClaimed(tx: Tx, scope: TenantScope, place: StepPlace): Promise<Claim> {
  const [row] = await tx
    .select({
      stepId: executionSteps.id,
      attempt: executionSteps.attempt,
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
    return { kind: "busy", afterMs: Math.ceil(row?.afterMs ?? 0), holds: row ?? null };
  }
  return { kind: "settled", status: row.status as StepStatus, branch: row.branch };
}
