import { and, eq, or, type SQL, sql } from "drizzle-orm";
import { executions } from "@/db/schema/ai";
import { approvals } from "@/db/schema/run-control";
import type { TenantScope } from "@/db/scope";
import { AppError } from "@/lib/errors";
import type { Answerer } from "./rules";

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

/** The approvals somebody was asked: the same as `mayAnswer` says of one. */
export function asks({ userId, role }: Answerer): SQL | undefined {
  const has = (part: unknown) => sql`${approvals.approvers} @> ${JSON.stringify(part)}::jsonb`;
  return or(
    has({ anyone: true }),
    has({ userIds: [userId] }),
    role === "user" ? undefined : has({ admins: true }),
  );
}
