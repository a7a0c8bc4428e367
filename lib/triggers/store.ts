import "server-only";
import { and, eq } from "drizzle-orm";
import type { z } from "zod";
import type { Tx } from "@/db/access";
import { workflows, workflowVersions } from "@/db/schema/ai";
import { triggerDeliveries, workflowTriggers } from "@/db/schema/triggers";
import type { TenantScope } from "@/db/scope";
import { AppError } from "@/lib/errors";
import { isId, newId } from "@/lib/ids";
import { presentTime } from "@/lib/present-time";
import type { InputField } from "@/lib/workflows/kinds/input";
import { runInputFields } from "@/lib/workflows/run-input";
import { readGraph, workflowNotFound } from "@/lib/workflows/store";
import {
  type DeliveryStatus,
  type FormConfig,
  formConfig,
  type ScheduleConfig,
  scheduleConfig,
  type WebhookConfig,
  webhookConfig,
} from "./input";

export function triggerIs(scope: TenantScope, triggerId: string) {
  return and(eq(workflowTriggers.tenantId, scope.tenantId), eq(workflowTriggers.id, triggerId));
}

export function deliveriesOf(scope: TenantScope, triggerId: string) {
  return and(eq(triggerDeliveries.tenantId, scope.tenantId), eq(triggerDeliveries.triggerId, triggerId));
}

export function triggerNotFound(): AppError {
  return new AppError("not_found", "This trigger does not exist.");
}

export type TriggerConfig =
  | { readonly kind: "webhook"; readonly config: WebhookConfig }
  | { readonly kind: "schedule"; readonly config: ScheduleConfig }
  | { readonly kind: "form"; readonly config: FormConfig };

type Row = typeof workflowTriggers.$inferSelect;
export type Trigger = Omit<Row, "kind" | "config"> & TriggerConfig;

/** A stored trigger with what is particular to its kind. It was checked when it was written. */
export function readTrigger({ kind, config, ...row }: Row): Trigger {
  switch (kind) {
    case "webhook":
      return { ...row, kind, config: read(webhookConfig, config) };
    case "schedule":
      return { ...row, kind, config: read(scheduleConfig, config) };
    case "form":
      return { ...row, kind, config: read(formConfig, config) };
    default:
      throw new AppError("internal", "The trigger is of an unknown kind.");
  }
}

function read<S extends z.ZodType>(schema: S, stored: unknown): z.output<S> {
  const parsed = schema.safeParse(stored);
  if (parsed.success) return parsed.data;
  throw new AppError("internal", "The trigger cannot be read.", { cause: parsed.error });
}

/** @throws AppError `not_found` */
export async function loadTrigger(tx: Tx, scope: TenantScope, triggerId: string): Promise<Trigger> {
  if (!isId(triggerId)) throw triggerNotFound();
  const [row] = await tx.select().from(workflowTriggers).where(triggerIs(scope, triggerId)).limit(1);
  if (!row) throw triggerNotFound();
  return readTrigger(row);
}

/** The same, and the present by the database's clock, by which it is due: this process's may be off. */
export async function loadTriggerNow(
  tx: Tx,
  scope: TenantScope,
  triggerId: string,
): Promise<{ trigger: Trigger; now: Date }> {
  return { trigger: await loadTrigger(tx, scope, triggerId), now: await presentTime(tx) };
}

/** The same, held for the rest of the transaction. */
export async function lockTrigger(tx: Tx, scope: TenantScope, triggerId: string): Promise<Trigger> {
  const trigger = await findAndLockTrigger(tx, scope, triggerId);
  if (!trigger) throw triggerNotFound();
  return trigger;
}

/** The same; null when it was deleted. */
export async function findAndLockTrigger(
  tx: Tx,
  scope: TenantScope,
  triggerId: string,
): Promise<Trigger | null> {
  const [row] = await tx.select().from(workflowTriggers).where(triggerIs(scope, triggerId)).for("update");
  return row ? readTrigger(row) : null;
}

export type StartedWorkflow = { id: string; name: string; isActive: boolean; fields: readonly InputField[] };

/**
 * The workflow a trigger starts, with the fields its published version asks for.
 * @throws AppError `not_found`; `precondition`, reason `not_published`
 */
export async function publishedWorkflow(
  tx: Tx,
  scope: TenantScope,
  workflowId: string,
): Promise<StartedWorkflow> {
  if (!isId(workflowId)) throw workflowNotFound();
  const [row] = await tx
    .select({
      id: workflows.id,
      name: workflows.name,
      isActive: workflows.isActive,
      graph: workflowVersions.dagStructure,
    })
    .from(workflows)
    .leftJoin(
      workflowVersions,
      and(
        eq(workflowVersions.tenantId, workflows.tenantId),
        eq(workflowVersions.id, workflows.publishedVersionId),
      ),
    )
    .where(and(eq(workflows.tenantId, scope.tenantId), eq(workflows.id, workflowId)))
    .limit(1);
  if (!row) throw workflowNotFound();
  if (!row.graph) {
    throw new AppError(
      "precondition",
      `Publish ${row.name} first: what starts by itself runs the published version.`,
      {
        reason: "not_published",
      },
    );
  }
  return {
    id: row.id,
    name: row.name,
    isActive: row.isActive ?? true,
    fields: runInputFields(readGraph(row.graph)),
  };
}

/** The input fields of the published version; null while there is none. */
export async function findPublishedFields(
  tx: Tx,
  scope: TenantScope,
  workflowId: string,
): Promise<readonly InputField[] | null> {
  try {
    return (await publishedWorkflow(tx, scope, workflowId)).fields;
  } catch (error) {
    if (error instanceof AppError && error.reason === "not_published") return null;
    throw error;
  }
}

export type NewDelivery = {
  deliveryKey: string;
  status: DeliveryStatus;
  reason?: string;
  payload?: unknown;
  executionId?: string;
};

/**
 * Writes what came of a call, tick or sent form. False when the same one is written already, and when the trigger was
 * deleted meanwhile, with its log.
 */
export async function insertDelivery(
  tx: Tx,
  scope: TenantScope,
  triggerId: string,
  delivery: NewDelivery,
): Promise<boolean> {
  const there = tx
    .select({ id: workflowTriggers.id })
    .from(workflowTriggers)
    .where(triggerIs(scope, triggerId));
  if ((await there.for("key share")).length === 0) return false;
  const rows = await tx
    .insert(triggerDeliveries)
    .values({
      id: newId(),
      tenantId: scope.tenantId,
      triggerId,
      deliveryKey: delivery.deliveryKey,
      status: delivery.status,
      reason: delivery.reason ?? null,
      payload: delivery.payload ?? null,
      executionId: delivery.executionId ?? null,
    })
    .onConflictDoNothing()
    .returning({ id: triggerDeliveries.id });
  return rows.length > 0;
}
