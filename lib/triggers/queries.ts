import "server-only";
import { and, desc, eq, getTableColumns, lt, sql } from "drizzle-orm";
import { asTenant, type Tx } from "@/db/access";
import { executions, workflows } from "@/db/schema/ai";
import { triggerDeliveries, workflowTriggers } from "@/db/schema/triggers";
import type { TenantScope } from "@/db/scope";
import { authorize, denial } from "@/lib/auth/authorize";
import { isMember } from "@/lib/auth/visitor";
import { currentTime } from "@/lib/clock";
import { isId } from "@/lib/ids";
import { mapPage, type Page, toPage } from "@/lib/paging";
import type { InputField } from "@/lib/workflows/kinds/input";
import { workflowNotFound } from "@/lib/workflows/store";
import { addressOf } from "./address";
import { misfits, misfitsOnceChanged } from "./fit";
import {
  type DeliveryStatus,
  type ListDeliveriesInput,
  listDeliveriesInput,
  type TriggersToFollowInput,
} from "./input";
import type { CallParts } from "./mapping";
import { DELIVERY_COLUMNS, isDelivery, newestCall, newestDelivery } from "./newest";
import { openSecrets, replacedSecrets } from "./secrets";
import {
  deliveriesOf,
  findPublishedFields,
  loadTrigger,
  readTrigger,
  type Trigger,
  type TriggerConfig,
} from "./store";

export type LastDelivery = {
  status: DeliveryStatus;
  reason: string | null;
  executionId: string | null;
  createdAt: Date;
};

type TriggerFacts = {
  id: string;
  name: string;
  isActive: boolean;
  disabledReason: string | null;
  nextAt: Date | null;
  lastStartedAt: Date | null;
  failuresInRow: number;
  updatedAt: Date;
};

/** What of it does not go with the input of the published version, a sentence each. */
type Fit = { misfits: readonly string[] };

export type TriggerSummary = TriggerFacts & TriggerConfig & Fit & { lastDelivery: LastDelivery | null };

/** The secrets of a trigger, for people who may manage it. */
export type TriggerAccess = { address: string; signing: string | null; previousUntil: string | null };

export type TriggerDetail = TriggerFacts &
  TriggerConfig &
  Fit & {
    workflow: { id: string; name: string; isActive: boolean };
    /** What a run is given: the input of the published version. */
    fields: readonly InputField[];
    /** Null for schedules, and for people who only may look. */
    access: TriggerAccess | null;
  };

export type TriggersOfWorkflow = {
  workflow: { id: string; name: string; isActive: boolean };
  /** Null while the workflow is not published: nothing can start it then. */
  fields: readonly InputField[] | null;
  triggers: TriggerSummary[];
};

export type Delivery = LastDelivery & { id: string; payload: unknown; runStatus: string | null };

function factsOf(trigger: Trigger): TriggerFacts & TriggerConfig {
  const { id, name, isActive, disabledReason, nextAt, lastStartedAt, failuresInRow, updatedAt, ...rest } =
    trigger;
  const facts = { id, name, isActive, disabledReason, nextAt, lastStartedAt, failuresInRow, updatedAt };
  // One case each: the kind and its config belong together.
  if (rest.kind === "webhook") return { ...facts, kind: rest.kind, config: rest.config };
  if (rest.kind === "schedule") return { ...facts, kind: rest.kind, config: rest.config };
  return { ...facts, kind: rest.kind, config: rest.config };
}

/** Everything that starts a workflow by itself, oldest first. @throws AppError `not_found` */
export async function listTriggers(scope: TenantScope, workflowId: string): Promise<TriggersOfWorkflow> {
  authorize(scope, "trigger.read");
  return asTenant(scope, async (tx) => {
    const workflow = await findWorkflow(tx, scope, workflowId);
    const fields = await findPublishedFields(tx, scope, workflowId);
    const rows = await triggersQuery(tx, scope, workflowId);
    const triggers = rows.map(({ trigger: row, last }) => {
      const trigger = readTrigger(row);
      return { ...factsOf(trigger), misfits: misfits(trigger, fields ?? []), lastDelivery: last };
    });
    return { workflow, fields, triggers };
  });
}

/** A trigger that has to follow a change of its workflow's input, and why, a sentence each. */
export type TriggerToFollow = { id: string; name: string; misfits: readonly string[] };

/**
 * The triggers that are on and would not go with these fields as the input of their workflow, oldest first.
 * @throws AppError `not_found`
 */
export async function listTriggersToFollow(
  scope: TenantScope,
  { workflowId, fields }: TriggersToFollowInput,
): Promise<TriggerToFollow[]> {
  authorize(scope, "trigger.read");
  return asTenant(scope, async (tx) => {
    await findWorkflow(tx, scope, workflowId);
    const before = await findPublishedFields(tx, scope, workflowId);
    const rows = await triggersQuery(tx, scope, workflowId);
    return rows
      .map(({ trigger }) => readTrigger(trigger))
      .filter(({ isActive }) => isActive)
      .map((trigger) => ({
        id: trigger.id,
        name: trigger.name,
        misfits: misfitsOnceChanged(trigger, before ?? [], fields),
      }))
      .filter((trigger) => trigger.misfits.length > 0);
  });
}

/** The triggers of a workflow, each with its newest delivery. */
export function triggersQuery(tx: Tx, scope: TenantScope, workflowId: string) {
  const last = newestDelivery(tx);
  const { status, reason, executionId, createdAt } = last;
  return tx
    .select({
      trigger: getTableColumns(workflowTriggers),
      // Drizzle tells by the first column that there is none: one that is never null.
      last: { createdAt, status, reason, executionId },
    })
    .from(workflowTriggers)
    .leftJoinLateral(last, sql`true`)
    .where(and(eq(workflowTriggers.tenantId, scope.tenantId), eq(workflowTriggers.workflowId, workflowId)))
    .orderBy(workflowTriggers.id);
}

async function findWorkflow(tx: Tx, scope: TenantScope, workflowId: string) {
  if (!isId(workflowId)) throw workflowNotFound();
  const [row] = await tx
    .select({ id: workflows.id, name: workflows.name, isActive: workflows.isActive })
    .from(workflows)
    .where(and(eq(workflows.tenantId, scope.tenantId), eq(workflows.id, workflowId)))
    .limit(1);
  if (!row) throw workflowNotFound();
  return { ...row, isActive: row.isActive ?? true };
}

/** One trigger of a workflow, with its address for people who may manage it. @throws AppError `not_found` */
export async function getTrigger(scope: TenantScope, triggerId: string): Promise<TriggerDetail> {
  authorize(scope, "trigger.read");
  return asTenant(scope, async (tx) => {
    const trigger = await loadTrigger(tx, scope, triggerId);
    const fields = (await findPublishedFields(tx, scope, trigger.workflowId)) ?? [];
    return {
      ...factsOf(trigger),
      misfits: misfits(trigger, fields),
      workflow: await findWorkflow(tx, scope, trigger.workflowId),
      fields,
      access: accessOf(scope, trigger),
    };
  });
}

function accessOf(scope: TenantScope, trigger: Trigger): TriggerAccess | null {
  if (denial(scope, "trigger.manage") || !isMember(scope)) return null;
  if (!trigger.sealedSecret || trigger.kind === "schedule") return null;
  const secrets = openSecrets(trigger.id, trigger.sealedSecret);
  return {
    address: addressOf(trigger.kind, secrets.token),
    signing: secrets.signing,
    previousUntil: replacedSecrets(secrets, currentTime()).at(-1)?.until ?? null,
  };
}

/** What came of each call, tick or sent form, newest first. @throws AppError `not_found` */
export async function listDeliveries(
  scope: TenantScope,
  triggerId: string,
  input: ListDeliveriesInput = {},
): Promise<Page<Delivery>> {
  authorize(scope, "trigger.read");
  const { status, cursor, limit } = listDeliveriesInput.parse(input);
  return asTenant(scope, async (tx) => {
    await loadTrigger(tx, scope, triggerId);
    const rows = await tx
      .select({
        ...DELIVERY_COLUMNS,
        id: triggerDeliveries.id,
        payload: triggerDeliveries.payload,
        runStatus: executions.status,
      })
      .from(triggerDeliveries)
      .leftJoin(
        executions,
        and(
          eq(executions.tenantId, triggerDeliveries.tenantId),
          eq(executions.id, triggerDeliveries.executionId),
        ),
      )
      .where(
        and(
          deliveriesOf(scope, triggerId),
          isDelivery,
          status ? eq(triggerDeliveries.status, status) : undefined,
          cursor ? lt(triggerDeliveries.id, cursor) : undefined,
        ),
      )
      .orderBy(desc(triggerDeliveries.id))
      .limit(limit + 1);
    return mapPage(toPage(rows, limit), (row) => row);
  });
}

/** The newest call to build the mapping from: a sample, or else one of the latest calls that was kept whole. */
export async function findSample(scope: TenantScope, triggerId: string): Promise<CallParts | null> {
  authorize(scope, "trigger.read");
  return asTenant(scope, async (tx) => {
    const [sample] = await newestCall(tx, scope, triggerId, "samples");
    const [call] = sample ? [sample] : await newestCall(tx, scope, triggerId, "all");
    return (call?.payload as CallParts | undefined) ?? null;
  });
}
