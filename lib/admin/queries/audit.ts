import "server-only";
import { and, desc, eq, lt, sql } from "drizzle-orm";
import { asPlatform, type Tx } from "@/db/access";
import { tenants, users } from "@/db/schema/auth";
import { auditLog } from "@/db/schema/system";
import type { PlatformScope } from "@/db/scope";
import { isActor } from "@/lib/audit/actor";
import { onDays } from "@/lib/audit/days";
import { authorize } from "@/lib/auth/authorize";
import { everyPage, PAGE_SIZE, type Page, toPage } from "@/lib/paging";
import type { ListAuditInput } from "../input";

export type AuditRow = {
  id: string;
  action: string;
  targetType: string;
  targetId: string | null;
  actorKind: string;
  actorId: string | null;
  actorEmail: string | null;
  impersonatorId: string | null;
  tenantId: string | null;
  tenantName: string | null;
  result: string;
  reason: string | null;
  before: unknown;
  after: unknown;
  ip: string | null;
  createdAt: Date;
};

const EXPORTED_AT_ONCE = 1_000;

/** The latest rows of the record in an open transaction. */
export function selectRows(tx: Tx, input: ListAuditInput, limit: number) {
  return tx
    .select({
      id: auditLog.id,
      action: auditLog.action,
      targetType: auditLog.targetType,
      targetId: auditLog.targetId,
      actorKind: auditLog.actorKind,
      actorId: auditLog.actorId,
      actorEmail: users.email,
      impersonatorId: auditLog.impersonatorId,
      tenantId: auditLog.tenantId,
      tenantName: tenants.name,
      result: auditLog.result,
      reason: auditLog.reason,
      before: auditLog.before,
      after: auditLog.after,
      ip: auditLog.ip,
      createdAt: auditLog.createdAt,
    })
    .from(auditLog)
    .leftJoin(tenants, eq(tenants.id, auditLog.tenantId))
    .leftJoin(users, isActor)
    .where(
      and(
        input.action ? sql`starts_with(${auditLog.action}, ${input.action})` : undefined,
        input.tenantId ? eq(auditLog.tenantId, input.tenantId) : undefined,
        input.actorId ? eq(auditLog.actorId, input.actorId) : undefined,
        input.result ? eq(auditLog.result, input.result) : undefined,
        onDays(input),
        input.cursor ? lt(auditLog.id, input.cursor) : undefined,
      ),
    )
    .orderBy(desc(auditLog.id))
    .limit(limit);
}

async function readPage(scope: PlatformScope, input: ListAuditInput, limit: number): Promise<Page<AuditRow>> {
  const rows = await asPlatform(scope, (tx) => selectRows(tx, input, limit + 1));
  return toPage(rows, limit);
}

/** The audit log of the whole platform, newest first. */
export async function listAllAudit(scope: PlatformScope, input: ListAuditInput): Promise<Page<AuditRow>> {
  authorize(scope, "platform_audit.read");
  return readPage(scope, input, PAGE_SIZE);
}

/** All of the same list, read page by page while it is taken. */
export async function* everyAuditOfAll(
  scope: PlatformScope,
  filter: ListAuditInput,
): AsyncGenerator<AuditRow[]> {
  authorize(scope, "platform_audit.read");
  yield* everyPage((cursor) => readPage(scope, { ...filter, cursor }, EXPORTED_AT_ONCE));
}
