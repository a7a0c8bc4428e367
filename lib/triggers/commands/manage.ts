import "server-only";
import { sql } from "drizzle-orm";
import { asTenant, type Tx } from "@/db/access";
import { workflowTriggers } from "@/db/schema/triggers";
import type { TenantScope } from "@/db/scope";
import { audit } from "@/lib/audit/record";
import { authorize } from "@/lib/auth/authorize";
import { AppError, type FieldErrors } from "@/lib/errors";
import { newId } from "@/lib/ids";
import { presentTime } from "@/lib/present-time";
import { checkRunInput } from "@/lib/runs/run-input";
import { hashToken } from "@/lib/secrets/tokens";
import { assertUnchanged } from "@/lib/seen";
import type { InputField } from "@/lib/workflows/kinds/input";
import { actingUserId, lockWorkflow } from "@/lib/workflows/store";
import { authorizeOpening, isOpen } from "../exposure";
import type {
  CreateTriggerInput,
  ScheduleConfig,
  SetTriggerActiveInput,
  TriggerIdInput,
  UpdateTriggerInput,
} from "../input";
import { recordedChange, recordedSettings } from "../recorded";
import { nextTick } from "../schedule";
import { newSecrets, sealSecrets } from "../secrets";
import { lockTrigger, publishedWorkflow, type Trigger, triggerIs } from "../store";

const MOST_TRIGGERS = 50;

/**
 * Makes something that starts a workflow's published version by itself.
 * @throws AppError `invalid` with the fields that are wrong; `precondition`, reason `not_published`; `limit_exceeded`; `not_found`;
 * `forbidden` for an open one (`isOpen`) without the permission to expose
 */
export async function createTrigger(scope: TenantScope, input: CreateTriggerInput): Promise<{ id: string }> {
  authorize(scope, "trigger.manage");
  if (isOpen(input.settings)) authorizeOpening(scope);
  return asTenant(scope, async (tx) => {
    // Nobody deletes it meanwhile, and of two that are made at once the later one sees the other.
    await lockWorkflow(tx, scope, input.workflowId);
    const workflow = await publishedWorkflow(tx, scope, input.workflowId);
    await assertRoom(tx, scope, workflow.id);
    const id = newId();
    const secrets = input.kind === "schedule" ? null : newSecrets(input.kind);
    await tx.insert(workflowTriggers).values({
      id,
      tenantId: scope.tenantId,
      workflowId: workflow.id,
      kind: input.kind,
      name: input.name,
      tokenHash: secrets ? hashToken(secrets.token) : null,
      sealedSecret: secrets ? sealSecrets(id, secrets) : null,
      config: input.kind === "schedule" ? checkedSchedule(input.settings, workflow.fields) : input.settings,
      nextAt: input.kind === "schedule" ? firstTick(input.settings, await presentTime(tx)) : null,
      createdBy: actingUserId(scope),
    });
    await audit(tx, scope, {
      action: "trigger.create",
      targetType: "workflow_trigger",
      targetId: id,
      after: {
        workflowId: workflow.id,
        kind: input.kind,
        name: input.name,
        ...recordedSettings(input.kind, input.settings),
      },
    });
    return { id };
  });
}

async function assertRoom(tx: Tx, scope: TenantScope, workflowId: string): Promise<void> {
  const total = await tx.$count(
    workflowTriggers,
    sql`${workflowTriggers.tenantId} = ${scope.tenantId} and ${workflowTriggers.workflowId} = ${workflowId}`,
  );
  if (total < MOST_TRIGGERS) return;
  throw new AppError("limit_exceeded", `A workflow has at most ${MOST_TRIGGERS} triggers. Delete one first.`);
}

/**
 * Changes a trigger. Its kind, address and secrets stay, and what is due of a schedule whose times stay too.
 * @throws AppError `invalid`; `not_found`; `forbidden` to open it; `conflict` when it changed since it was seen
 */
export async function updateTrigger(scope: TenantScope, input: UpdateTriggerInput): Promise<{ id: string }> {
  authorize(scope, "trigger.manage");
  return asTenant(scope, async (tx) => {
    const before = await lockTrigger(tx, scope, input.triggerId);
    if (before.kind !== input.kind) throw new AppError("conflict", "A trigger keeps its kind.");
    assertUnchanged("trigger", before.updatedAt, input.updatedAt);
    if (isOpen(input.settings) && !isOpen(before.config)) authorizeOpening(scope);
    const workflow = await publishedWorkflow(tx, scope, before.workflowId);
    const isSchedule = input.kind === "schedule";
    const config = isSchedule ? checkedSchedule(input.settings, workflow.fields) : input.settings;
    await tx
      .update(workflowTriggers)
      .set({
        name: input.name,
        config: { ...before.config, ...config },
        nextAt:
          isSchedule && before.isActive
            ? tickAfterChange(before, input.settings, await presentTime(tx))
            : null,
        updatedAt: sql`now()`,
      })
      .where(triggerIs(scope, before.id));
    await audit(tx, scope, {
      action: "trigger.update",
      targetType: "workflow_trigger",
      targetId: before.id,
      ...recordedChange(
        { name: before.name, ...recordedSettings(before.kind, before.config) },
        { name: input.name, ...recordedSettings(input.kind, input.settings) },
      ),
    });
    return { id: before.id };
  });
}

/**
 * Turns a trigger on or off. On, a schedule begins anew: what passed meanwhile is not made up for.
 * @throws AppError `not_found`; `forbidden` to turn an open one on
 */
export async function setTriggerActive(
  scope: TenantScope,
  { triggerId, isActive }: SetTriggerActiveInput,
): Promise<{ id: string; isActive: boolean }> {
  authorize(scope, "trigger.manage");
  return asTenant(scope, async (tx) => {
    const before = await lockTrigger(tx, scope, triggerId);
    if (before.isActive !== isActive) {
      if (isActive && isOpen(before.config)) authorizeOpening(scope);
      const now = await presentTime(tx);
      const nextAt = isActive && before.kind === "schedule" ? firstTick(before.config, now) : null;
      await tx
        .update(workflowTriggers)
        .set({ isActive, nextAt, disabledReason: null, failuresInRow: 0, updatedAt: sql`now()` })
        .where(triggerIs(scope, triggerId));
      await audit(tx, scope, {
        action: isActive ? "trigger.activate" : "trigger.deactivate",
        targetType: "workflow_trigger",
        targetId: triggerId,
        before: { isActive: before.isActive },
        after: { isActive },
      });
    }
    return { id: triggerId, isActive };
  });
}

/** Deletes a trigger with its log. Runs it started stay. @throws AppError `not_found` */
export async function deleteTrigger(
  scope: TenantScope,
  { triggerId }: TriggerIdInput,
): Promise<{ id: string }> {
  authorize(scope, "trigger.manage");
  return asTenant(scope, async (tx) => {
    const before = await lockTrigger(tx, scope, triggerId);
    await tx.delete(workflowTriggers).where(triggerIs(scope, triggerId));
    await audit(tx, scope, {
      action: "trigger.delete",
      targetType: "workflow_trigger",
      targetId: triggerId,
      before: auditable(before),
    });
    return { id: triggerId };
  });
}

function auditable({ kind, name, workflowId, isActive, config }: Trigger): Record<string, unknown> {
  return { kind, name, workflowId, isActive, ...recordedSettings(kind, config) };
}

/** A tick that is due stays due as long as the times are the same. */
function tickAfterChange(before: Trigger, settings: ScheduleConfig, now: Date): Date | null {
  const isSame =
    before.kind === "schedule" &&
    before.config.cron === settings.cron &&
    before.config.timeZone === settings.timeZone;
  return isSame ? before.nextAt : firstTick(settings, now);
}

function firstTick({ cron, timeZone }: ScheduleConfig, now: Date): Date | null {
  return nextTick(cron, timeZone, now);
}

/** A schedule whose fixed input fits the workflow now. */
function checkedSchedule(settings: ScheduleConfig, fields: readonly InputField[]): ScheduleConfig {
  const checked = checkRunInput(fields, settings.input);
  if (checked.ok) return settings;
  throw new AppError("invalid", "The input does not fit the workflow.", {
    reason: "bad_input",
    fields: underSettings(checked.fields),
  });
}

function underSettings(fields: FieldErrors): FieldErrors {
  return Object.fromEntries(Object.entries(fields).map(([name, said]) => [`settings.${name}`, said]));
}
