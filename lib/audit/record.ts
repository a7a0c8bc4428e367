import type { Tx } from "@/db/access";
import { insertRows } from "@/db/insert-rows";
import { auditLog } from "@/db/schema/system";
import type { Actor, Scope } from "@/db/scope";
import type { Statement } from "@/db/statements";
import type { AuditAction } from "./words";

export type AuditEvent = {
  /** `noun.verb`, e.g. `agent.update`. */
  action: AuditAction;
  targetType: string;
  targetId?: string | null;
  /** The changed fields before and after: never a secret, a password or a document's text. */
  before?: Record<string, unknown> | null;
  after?: Record<string, unknown> | null;
  reason?: string;
  /** For platform and partner scopes: the tenant it is about. */
  tenantId?: string | null;
  partnerId?: string | null;
};

/** Who acted when there is no scope yet: sign-in, links from mail, sweeps. */
export type AuditActor = { actor: Actor; requestId?: string; ip?: string; userAgent?: string };

function actorColumns(actor: Actor) {
  switch (actor.kind) {
    case "user":
      return { actorKind: actor.kind, actorId: actor.userId, impersonatorId: actor.impersonatorId ?? null };
    case "api_key":
      return { actorKind: actor.kind, actorId: actor.keyId, impersonatorId: null };
    case "job":
    case "system":
      return { actorKind: actor.kind, actorId: actor.name, impersonatorId: null };
  }
}

function ownerOf(by: Scope | AuditActor, event: AuditEvent) {
  if ("kind" in by && by.kind === "tenant") return { tenantId: by.tenantId, partnerId: null };
  if ("kind" in by && by.kind === "partner")
    return { tenantId: event.tenantId ?? null, partnerId: by.partnerId };
  return { tenantId: event.tenantId ?? null, partnerId: event.partnerId ?? null };
}

/** The audit row of a change, to be written in its transaction together with it. */
export function auditRow(
  tx: Tx,
  by: Scope | AuditActor,
  event: AuditEvent,
  result: "done" | "denied" = "done",
): Statement {
  return auditRows(tx, [{ by, event, result }]);
}

type Told = { by: Scope | AuditActor; event: AuditEvent; result?: "done" | "denied" };

/** The audit rows of several changes, by one statement. */
export function auditRows(tx: Tx, told: readonly Told[]): Statement {
  return insertRows(
    tx,
    auditLog,
    told.map(({ by, event, result = "done" }) => ({
      ...ownerOf(by, event),
      ...actorColumns(by.actor),
      action: event.action,
      targetType: event.targetType,
      targetId: event.targetId ?? null,
      before: event.before ?? null,
      after: event.after ?? null,
      reason: event.reason ?? null,
      result,
      ip: by.ip ?? null,
      userAgent: by.userAgent ?? null,
      requestId: by.requestId ?? null,
    })),
  );
}

/** Writes one audit row in the transaction of the change it tells about: both happen or neither. */
export async function audit(
  tx: Tx,
  by: Scope | AuditActor,
  event: AuditEvent,
  result: "done" | "denied" = "done",
): Promise<void> {
  await auditRow(tx, by, event, result).execute();
}
