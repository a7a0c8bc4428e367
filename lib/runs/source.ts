import "server-only";
import { and, eq, sql } from "drizzle-orm";
import type { z } from "zod";
import type { Tx } from "@/db/access";
import { executionSteps, executions, workflowVersions } from "@/db/schema/ai";
import type { TenantScope } from "@/db/scope";
import { AppError } from "@/lib/errors";
import { isId } from "@/lib/ids";
import type { InputField } from "@/lib/workflows/kinds/input";
import { DRAFT_RUN_NOTE } from "@/lib/workflows/version";
import { isFinished } from "./input";
import type { SourceStep } from "./reuse";
import { executionIs, runNotFound, stepsOf } from "./store";

const COLUMNS = {
  id: executions.id,
  status: sql<string>`coalesce(${executions.status}, 'pending')`,
  trigger: executions.trigger,
  workflowId: executions.workflowId,
  workflowVersionId: executions.workflowVersionId,
  agentId: executions.agentId,
  agentVersionId: executions.agentVersionId,
  input: executions.inputData,
  rootExecutionId: executions.rootExecutionId,
  onlyNodes: executions.onlyNodes,
  usesPins: executions.usesPins,
  mode: executions.mode,
  pinnedVersions: executions.pinnedVersions,
  continues: executions.continues,
  /** When what it refers to was taken. */
  pinnedAt: sql<Date>`coalesce(${executions.pinnedAt}, ${executions.createdAt})`.mapWith(
    executions.createdAt,
  ),
  version: workflowVersions.version,
  /** Whether it ran a draft that was never published as such. */
  isDraftRun: sql<boolean>`coalesce(${workflowVersions.note} = ${DRAFT_RUN_NOTE}, false)`,
} as const;

/** A run that another one is to be made of. */
export type SourceRun = Awaited<ReturnType<typeof loadSource>>;

/** @throws AppError `not_found`; `precondition`, reasons `part_of_run`, `playground` */
export async function loadSource(tx: Tx, scope: TenantScope, executionId: string) {
  if (!isId(executionId)) throw runNotFound();
  const [row] = await tx
    .select(COLUMNS)
    .from(executions)
    .leftJoin(
      workflowVersions,
      and(
        eq(workflowVersions.tenantId, executions.tenantId),
        eq(workflowVersions.id, executions.workflowVersionId),
      ),
    )
    .where(executionIs(scope, executionId))
    .limit(1);
  if (!row) throw runNotFound();
  if (row.rootExecutionId) {
    throw new AppError("precondition", "This run is a part of another one. Resume or replay that one.", {
      reason: "part_of_run",
    });
  }
  if (row.trigger === "playground") {
    throw new AppError(
      "precondition",
      "An answer in the playground cannot be run again here. Ask again there.",
      {
        reason: "playground",
      },
    );
  }
  return row;
}

/**
 * What a run was given, to be given again. A field that was left empty is null in it, which would take the default.
 * Given the fields of a version: only one of these that may not be empty any more takes it, and what that version does
 * not ask for is left out.
 */
export function inputAgain(
  { input }: Pick<SourceRun, "input">,
  fields?: readonly InputField[],
): Record<string, z.core.util.JSONType> {
  const given = Object.entries((input ?? {}) as Record<string, z.core.util.JSONType>);
  const asked = new Map(fields?.map((field) => [field.key, field]));
  const kept = given.filter(
    ([key, value]) => !fields || (asked.has(key) && (value !== null || !asked.get(key)?.required)),
  );
  return Object.fromEntries(kept.map(([key, value]) => [key, value ?? ""]));
}

/** The fields of a run's input that were filled in and that a version does not ask for any more, by their names then. */
export function notAskedAgain(
  { input }: Pick<SourceRun, "input">,
  before: readonly InputField[],
  after: readonly InputField[],
): readonly string[] {
  const asked = new Set(after.map((field) => field.key));
  const labels = new Map(before.map((field) => [field.key, field.label]));
  return Object.entries(input ?? {}).flatMap(([key, value]) =>
    value === null || value === "" || asked.has(key) ? [] : [labels.get(key) ?? key],
  );
}

/** The version of its workflow that a run had, with the versions that it called. */
export function versionOfRun({ workflowVersionId, pinnedVersions }: SourceRun) {
  return { versionId: workflowVersionId ?? "", pinnedVersions };
}

/** @throws AppError `precondition`, reasons `still_running`, `nothing_failed` */
export function assertResumable({ status }: Pick<SourceRun, "status">): void {
  if (!isFinished(status)) {
    throw new AppError(
      "precondition",
      "This run is still going. Stop it first, or wait until it has ended.",
      {
        reason: "still_running",
      },
    );
  }
  if (status === "completed") {
    throw new AppError(
      "precondition",
      "This run completed, so there is nothing to resume. Replay it instead.",
      {
        reason: "nothing_failed",
      },
    );
  }
}

/** How the nodes of a run ended. */
export function sourceSteps(tx: Tx, scope: TenantScope, executionId: string): Promise<SourceStep[]> {
  return tx
    .select({ id: executionSteps.id, nodeId: executionSteps.nodeId, status: executionSteps.status })
    .from(executionSteps)
    .where(and(stepsOf(scope, executionId), eq(executionSteps.iteration, 0)));
}
