import { and, eq } from "drizzle-orm";
import type { Tx } from "@/db/access";
import { executions } from "@/db/schema/ai";
import type { TenantScope } from "@/db/scope";
import type { AuditEvent } from "@/lib/audit/record";
import type { AuditAction } from "@/lib/audit/words";
import { databaseTime } from "@/lib/clock";
import { AppError } from "@/lib/errors";
import { newId } from "@/lib/ids";
import type { Given } from "./given";
import type { RunMode, RunStatus, RunTrigger } from "./input";
import type { RunTarget } from "./target";

/** What started a run, when it is not simply the person or program of the scope. */
export type StartedBy = { readonly trigger?: RunTrigger; readonly triggerId?: string };

/** A run that is about to be written. */
export type Launch = {
  readonly target: RunTarget;
  readonly mode?: RunMode;
  /** The run that this one resumes, replays or takes outputs from. */
  readonly sourceExecutionId?: string;
  /** How many runs are known to resume the source: with more of them, this one is not written. */
  readonly resumesSeen?: number;
  /** The source's steps whose items, rounds or called run go on where they were, by node. */
  readonly continues?: Readonly<Record<string, string>>;
  /** The nodes that run; all when left out. */
  readonly onlyNodes?: readonly string[];
  readonly usesPins?: boolean;
  /** Steps that are there from the start: neither run nor billed. */
  readonly given?: Given;
};

export type RunStarted = {
  readonly executionId: string;
  readonly status: RunStatus;
  /** False when the idempotency key had started it before. */
  readonly isNew: boolean;
};

/** What was asked, and by what. */
export type RunRequest = {
  readonly hash: string;
  readonly idempotencyKey: string | undefined;
  readonly startedBy: StartedBy;
};

/** A request written with the same key as another writes no second run. */
export const RUN_KEY = {
  fields: ["tenantId", "idempotencyKey"],
  where: "idempotency_key is not null",
} as const;

const ACTIONS: Readonly<Record<RunMode, AuditAction>> = {
  start: "run.start",
  resume: "run.resume",
  replay: "run.replay",
  nodes: "run.start_nodes",
};

/** The row of a new run, and what the audit log tells of it. */
export function newRun(scope: TenantScope, launch: Launch, request: RunRequest) {
  const { actor } = scope;
  const { graph: _, input, ...pins } = launch.target;
  const trigger = request.startedBy.trigger ?? (actor.kind === "api_key" ? "api" : "console");
  const mode = launch.mode ?? "start";
  const sourceExecutionId = launch.sourceExecutionId ?? null;
  const { workflowId, agentId } = pins;
  const values = {
    ...pins,
    id: newId(),
    tenantId: scope.tenantId,
    inputData: input,
    trigger,
    triggerId: request.startedBy.triggerId ?? null,
    startedBy: "userId" in actor ? actor.userId : null,
    apiKeyId: actor.kind === "api_key" ? actor.keyId : null,
    idempotencyKey: request.idempotencyKey ?? null,
    requestHash: request.hash,
    requestId: scope.requestId ?? null,
    mode,
    sourceExecutionId,
    onlyNodes: launch.onlyNodes ? [...launch.onlyNodes] : null,
    usesPins: launch.usesPins ?? false,
    continues: launch.continues ?? null,
    createdAt: databaseTime(),
  };
  const event: AuditEvent = {
    action: ACTIONS[mode],
    targetType: "execution",
    targetId: values.id,
    after: { workflowId, agentId, trigger, ...(sourceExecutionId ? { sourceExecutionId } : {}) },
  };
  return { values, event };
}

type Keyed = Pick<RunRequest, "idempotencyKey" | "hash">;

/** The run that a key has started; null when there is none. @throws AppError `conflict`, reason `idempotency_key_reused` */
export async function findByKey(
  tx: Tx,
  scope: TenantScope,
  { idempotencyKey, hash }: Keyed,
): Promise<RunStarted | null> {
  if (!idempotencyKey) return null;
  const [row] = await tx
    .select({ id: executions.id, status: executions.status, requestHash: executions.requestHash })
    .from(executions)
    .where(and(eq(executions.tenantId, scope.tenantId), eq(executions.idempotencyKey, idempotencyKey)))
    .limit(1);
  if (!row) return null;
  if (row.requestHash !== hash) {
    throw new AppError("conflict", "This idempotency key was used for another request.", {
      reason: "idempotency_key_reused",
    });
  }
  return { executionId: row.id, status: row.status as RunStatus, isNew: false };
}

/** The run that another start with the same key has written meanwhile. @throws AppError `conflict` */
export async function knownByKey(tx: Tx, scope: TenantScope, request: Keyed): Promise<RunStarted> {
  const known = await findByKey(tx, scope, request);
  if (known) return known;
  throw new AppError("conflict", "This run is being started already.");
}
