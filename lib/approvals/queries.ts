import "server-only";
import { and, count, desc, eq, inArray, lt, ne, or, sql } from "drizzle-orm";
import { asTenant, type Tx } from "@/db/access";
import { agents, executions, workflows } from "@/db/schema/ai";
import { users } from "@/db/schema/auth";
import { ledgerEntries } from "@/db/schema/billing";
import { approvals } from "@/db/schema/run-control";
import type { TenantScope } from "@/db/scope";
import { authorize, denial } from "@/lib/auth/authorize";
import { isId } from "@/lib/ids";
import { microsFromNumeric } from "@/lib/money";
import { type Page, toPage } from "@/lib/paging";
import { agentOf, workflowOf } from "@/lib/runs/run-columns";
import type { InputField } from "@/lib/workflows/kinds/input";
import type { ListApprovalsInput } from "./input";
import { type Approvers, mayAnswer, readApprovers, readFields } from "./rules";
import {
  answererOf,
  approvalIs,
  approvalNotFound,
  approversNow,
  asksCaller,
  executionOf,
  isAskedNow,
} from "./store";

export type ApprovalItem = {
  id: string;
  title: string;
  /** pending | approved | rejected | expired | cancelled */
  status: string;
  /** The workflow that asks. */
  runName: string;
  /** The run a person or machine started, whose trace shows the question. */
  executionId: string;
  createdAt: Date;
  expiresAt: Date | null;
  answeredAt: Date | null;
  answeredByName: string | null;
};

const answeredBy = and(eq(users.tenantId, approvals.tenantId), eq(users.id, approvals.answeredBy));

const COLUMNS = {
  id: approvals.id,
  title: approvals.title,
  status: approvals.status,
  runName: sql<string>`coalesce(${workflows.name}, ${agents.name}, 'Removed')`,
  executionId: sql<string>`coalesce(${executions.rootExecutionId}, ${executions.id})`,
  createdAt: approvals.createdAt,
  expiresAt: approvals.expiresAt,
  answeredAt: approvals.answeredAt,
  answeredByName: users.fullName,
};

/** Questions of runs to people, newest first. */
export async function listApprovals(
  scope: TenantScope,
  query: ListApprovalsInput,
): Promise<Page<ApprovalItem>> {
  authorize(scope, "approval.read");
  const isWaiting = eq(approvals.status, "pending");
  const shown = {
    mine: () => and(isWaiting, asksCaller(scope)),
    waiting: () => isWaiting,
    answered: () => ne(approvals.status, "pending"),
  } as const;
  const rows = await asTenant(scope, (tx) =>
    tx
      .select(COLUMNS)
      .from(approvals)
      .innerJoin(executions, executionOf)
      .leftJoin(workflows, workflowOf)
      .leftJoin(agents, agentOf)
      .leftJoin(users, answeredBy)
      .where(
        and(
          eq(approvals.tenantId, scope.tenantId),
          shown[query.show](),
          query.cursor ? lt(approvals.id, query.cursor) : undefined,
        ),
      )
      .orderBy(desc(approvals.id))
      .limit(query.limit + 1),
  );
  return toPage(rows, query.limit);
}

const MAX_COUNTED = 100;

/**
 * How many questions wait for this person, counted no further than 100. None in a suspended workspace, where nobody could
 * answer.
 */
export async function countApprovals(scope: TenantScope): Promise<number> {
  authorize(scope, "approval.read");
  return asTenant(scope, (tx) => countWaiting(tx, scope));
}

/** The same in an open transaction. */
export async function countWaiting(tx: Tx, scope: TenantScope): Promise<number> {
  const mine = and(
    eq(approvals.tenantId, scope.tenantId),
    eq(approvals.status, "pending"),
    isAskedNow(scope),
  );
  const waiting = tx
    .select({ id: approvals.id })
    .from(approvals)
    .where(mine)
    .limit(MAX_COUNTED)
    .as("waiting");
  const [row] = await tx.select({ total: count() }).from(waiting);
  return row?.total ?? 0;
}

export type ApprovalDetail = ApprovalItem & {
  /** The step that asks, wherever in the run it is. */
  stepId: string;
  /** Markdown, written by people, models and what the run read. */
  message: string;
  fields: readonly InputField[];
  answer: unknown;
  comment: string | null;
  /** In micro-dollars as digits, in the tenant's own price, of the whole run: when it asked, and now. */
  costAtAskingMicros: string;
  costMicros: string;
  /** While it is open, who of them may answer now. */
  approvers: Approvers;
  /** The names of the people who were asked by name. */
  approverNames: readonly string[];
  /** Whether the caller may answer, were it still open. */
  isMine: boolean;
  /** Why the caller, who was asked, cannot answer all the same: the workspace is suspended. Null when that is not so. */
  refusal: string | null;
};

/** One question with everything a person needs to answer it. @throws AppError `not_found` */
export async function getApproval(scope: TenantScope, approvalId: string): Promise<ApprovalDetail> {
  authorize(scope, "approval.read");
  if (!isId(approvalId)) throw approvalNotFound();
  return asTenant(scope, async (tx) => {
    const [row] = await tx
      .select({
        ...COLUMNS,
        stepId: approvals.stepId,
        message: approvals.message,
        fields: approvals.fields,
        answer: approvals.answer,
        comment: approvals.comment,
        costAtAsking: approvals.costMicros,
        approvers: approvals.approvers,
      })
      .from(approvals)
      .innerJoin(executions, executionOf)
      .leftJoin(workflows, workflowOf)
      .leftJoin(agents, agentOf)
      .leftJoin(users, answeredBy)
      .where(approvalIs(scope, approvalId));
    if (!row) throw approvalNotFound();
    const { costAtAsking, fields, ...rest } = row;
    const asked = readApprovers(row.approvers);
    const approvers = row.status === "pending" ? await approversNow(tx, scope, asked) : asked;
    const isMine = isAsked(scope, approvers);
    return {
      ...rest,
      approvers,
      fields: readFields(fields),
      costAtAskingMicros: costAtAsking.toString(),
      costMicros: await treeCost(tx, scope, row.executionId),
      approverNames: await namesOf(tx, scope, approvers),
      isMine,
      refusal: isMine ? (denial(scope, "approval.answer")?.message ?? null) : null,
    };
  });
}

function isAsked(scope: TenantScope, approvers: Approvers): boolean {
  const { actor } = scope;
  if (actor.kind === "user" && actor.impersonatorId) return false;
  return mayAnswer(approvers, answererOf(scope));
}

/** What a run has cost with every run inside it. */
async function treeCost(tx: Tx, scope: TenantScope, rootId: string): Promise<string> {
  const parts = tx
    .select({ id: executions.id })
    .from(executions)
    .where(
      and(
        eq(executions.tenantId, scope.tenantId),
        or(eq(executions.id, rootId), eq(executions.rootExecutionId, rootId)),
      ),
    );
  const [row] = await tx
    .select({ cost: sql<string>`coalesce(sum(${ledgerEntries.tenantCost}), 0)::numeric(18,6)::text` })
    .from(ledgerEntries)
    .where(and(eq(ledgerEntries.tenantId, scope.tenantId), inArray(ledgerEntries.executionId, parts)));
  return microsFromNumeric(row?.cost ?? "0").toString();
}

async function namesOf(tx: Tx, scope: TenantScope, approvers: Approvers): Promise<string[]> {
  const ids = "userIds" in approvers ? approvers.userIds.filter(isId) : [];
  if (ids.length === 0) return [];
  const rows = await tx
    .select({ name: users.fullName })
    .from(users)
    .where(and(eq(users.tenantId, scope.tenantId), inArray(users.id, ids)))
    .orderBy(users.fullName);
  return rows.map((row) => row.name);
}
