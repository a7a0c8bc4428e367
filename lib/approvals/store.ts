import { and, eq, inArray, or, type SQL, sql } from "drizzle-orm";
import type { Tx } from "@/db/access";
import { advisoryLock } from "@/db/advisory-lock";
import { executions } from "@/db/schema/ai";
import { users } from "@/db/schema/auth";
import { approvals } from "@/db/schema/run-control";
import type { TenantScope } from "@/db/scope";
import type { Statement } from "@/db/statements";
import { denial } from "@/lib/auth/authorize";
import { AppError } from "@/lib/errors";
import { isId } from "@/lib/ids";
import type { Notice } from "@/lib/notifications/notify";
import { type Answerer, type Approvers, approversLeft } from "./rules";

export function approvalIs({ tenantId }: TenantScope, approvalId: string) {
  return and(eq(approvals.tenantId, tenantId), eq(approvals.id, approvalId));
}

export const executionOf = and(
  eq(executions.tenantId, approvals.tenantId),
  eq(executions.id, approvals.executionId),
);

export function approvalNotFound(): AppError {
  return new AppError("not_found", "This approval does not exist.");
}

/** Who answers with this scope. @throws AppError `forbidden` for a job, and for who only visits the workspace */
export function answererOf({ actor, role }: TenantScope): Answerer {
  const isVisitor = actor.kind === "user" && actor.impersonatorId !== undefined;
  if ("userId" in actor && !isVisitor) return { userId: actor.userId, role };
  throw new AppError("forbidden", "Only people of this workspace answer its approvals.");
}

/** Who of those who were asked may answer now: the admins, when of people asked by name nobody is here any more. */
export async function approversNow(
  tx: Tx,
  { tenantId }: TenantScope,
  approvers: Approvers,
): Promise<Approvers> {
  const named = "anyone" in approvers ? [] : approvers.userIds.filter(isId);
  if (named.length === 0) return approversLeft(approvers, new Set());
  const rows = await tx
    .select({ id: users.id })
    .from(users)
    .where(and(eq(users.tenantId, tenantId), eq(users.isActive, true), inArray(users.id, named)));
  return approversLeft(approvers, new Set(rows.map((row) => row.id)));
}

/**
 * The statement that keeps apart, until the transaction ends, who asks people by name and who looks for what somebody was
 * asked that has left: one of the two sees what the other did.
 */
export function askingByName(tx: Tx, { tenantId }: Pick<TenantScope, "tenantId">): Statement {
  return advisoryLock(tx, `asking:${tenantId}`);
}

/** Whom a question is told: everybody of the workspace, or those who may answer it now. */
export async function recipientsOf(tx: Tx, scope: TenantScope, asked: Approvers): Promise<Notice["to"]> {
  const approvers = await approversNow(tx, scope, asked);
  if ("anyone" in approvers) return { members: true };
  return { ...(approvers.admins ? { admins: true } : {}), userIds: approvers.userIds };
}

/** That of the people an approval names nobody is here any more. */
export const isLeftAlone = sql`not exists (
  select from ${users} where ${users.tenantId} = ${approvals.tenantId} and ${users.isActive}
    and ${approvals.approvers}->'userIds' @> to_jsonb(${users.id}::text))`;

/** The approvals somebody may answer: the same as `mayAnswer` says of one, by `approversNow`. */
function asks({ userId, role }: Answerer): SQL | undefined {
  const has = (part: unknown) => sql`${approvals.approvers} @> ${JSON.stringify(part)}::jsonb`;
  return or(
    has({ anyone: true }),
    has({ userIds: [userId] }),
    role === "user" ? undefined : or(has({ admins: true }), isLeftAlone),
  );
}

/** The approvals the caller was asked: none for a job, and for who only visits the workspace. */
export function asksCaller({ actor, role }: TenantScope): SQL<boolean> {
  const isVisitor = actor.kind === "user" && actor.impersonatorId !== undefined;
  if (!("userId" in actor) || isVisitor) return sql<boolean>`false`;
  return sql<boolean>`(${asks({ userId: actor.userId, role })})`;
}

/** Whether the caller may answer an approval, were it open. */
export function isAskedNow(scope: TenantScope): SQL<boolean> {
  return denial(scope, "approval.answer") ? sql<boolean>`false` : asksCaller(scope);
}
