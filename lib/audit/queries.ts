import "server-only";
import { and, desc, eq, inArray, like, lt, type SQL } from "drizzle-orm";
import { asTenant, type Tx } from "@/db/access";
import { apiKeys, users } from "@/db/schema/auth";
import { auditLog } from "@/db/schema/system";
import type { TenantScope } from "@/db/scope";
import { authorize } from "@/lib/auth/authorize";
import { isId } from "@/lib/ids";
import { everyPage, PAGE_SIZE, type Page, toPage } from "@/lib/paging";
import { onDays } from "./days";
import type { AuditFilter, AuditListInput } from "./input";

export type AuditRow = {
  id: string;
  at: Date;
  action: string;
  /** Who it was, by name. */
  actor: string;
  /** Somebody of the platform or the partner did it while looking into the workspace. */
  isVisit: boolean;
  targetType: string;
  targetId: string | null;
  before: unknown;
  after: unknown;
  reason: string | null;
  isDenied: boolean;
  ip: string | null;
  requestId: string | null;
};

const EXPORTED_AT_ONCE = 1_000;

const columns = {
  id: auditLog.id,
  at: auditLog.createdAt,
  action: auditLog.action,
  actorKind: auditLog.actorKind,
  actorId: auditLog.actorId,
  impersonatorId: auditLog.impersonatorId,
  targetType: auditLog.targetType,
  targetId: auditLog.targetId,
  before: auditLog.before,
  after: auditLog.after,
  reason: auditLog.reason,
  result: auditLog.result,
  ip: auditLog.ip,
  requestId: auditLog.requestId,
};

function conditions(scope: TenantScope, filter: AuditFilter): (SQL | undefined)[] {
  return [
    eq(auditLog.tenantId, scope.tenantId),
    // The names of subjects hold "_", which LIKE would read as any character.
    filter.subject ? like(auditLog.action, `${filter.subject.replaceAll("_", "\\_")}.%`) : undefined,
    filter.actor ? eq(auditLog.actorId, filter.actor) : undefined,
    filter.result ? eq(auditLog.result, filter.result) : undefined,
    onDays(filter),
  ];
}

type RawRow = Awaited<ReturnType<typeof selectRows>>[number];

function selectRows(tx: Tx, where: (SQL | undefined)[], limit: number) {
  return tx
    .select(columns)
    .from(auditLog)
    .where(and(...where))
    .orderBy(desc(auditLog.id))
    .limit(limit);
}

/** Names of the workspace's own people and keys; whoever is not among them is named by kind. */
async function namesOf(tx: Tx, rows: readonly RawRow[]): Promise<Map<string, string>> {
  const ids = [...new Set(rows.flatMap((row) => (isId(row.actorId) ? [row.actorId] : [])))];
  if (ids.length === 0) return new Map();
  const people = await tx
    .select({ id: users.id, name: users.fullName })
    .from(users)
    .where(inArray(users.id, ids));
  const keys = await tx
    .select({ id: apiKeys.id, name: apiKeys.name })
    .from(apiKeys)
    .where(inArray(apiKeys.id, ids));
  return new Map([
    ...people.map((row) => [row.id, row.name] as const),
    ...keys.map((row) => [row.id, `API key ${row.name}`] as const),
  ]);
}

const KINDS: Readonly<Record<string, string>> = {
  user: "Platform or partner",
  api_key: "An API key",
  job: "HireBuddha",
  system: "HireBuddha",
};

function toRow(row: RawRow, names: Map<string, string>): AuditRow {
  const { actorKind, actorId, impersonatorId, result, ...rest } = row;
  const isVisit = impersonatorId !== null;
  const name = actorId ? names.get(actorId) : undefined;
  return {
    ...rest,
    actor: isVisit ? "Support of the platform" : (name ?? KINDS[actorKind] ?? actorKind),
    isVisit,
    isDenied: result === "denied",
  };
}

function readPage(scope: TenantScope, input: AuditListInput, limit: number): Promise<Page<AuditRow>> {
  const { cursor, ...filter } = input;
  return asTenant(scope, async (tx) => {
    const where = [...conditions(scope, filter), cursor ? lt(auditLog.id, cursor) : undefined];
    const page = toPage(await selectRows(tx, where, limit + 1), limit);
    const names = await namesOf(tx, page.items);
    return { items: page.items.map((row) => toRow(row, names)), nextCursor: page.nextCursor };
  });
}

/** A page of what happened in the workspace, newest first. */
export async function listAudit(scope: TenantScope, input: AuditListInput): Promise<Page<AuditRow>> {
  authorize(scope, "audit.read");
  return readPage(scope, input, PAGE_SIZE);
}

/** All of the same list, read page by page while it is taken. */
export async function* everyAudit(scope: TenantScope, filter: AuditFilter): AsyncGenerator<AuditRow[]> {
  authorize(scope, "audit.read");
  yield* everyPage((cursor) => readPage(scope, { ...filter, cursor }, EXPORTED_AT_ONCE));
}
