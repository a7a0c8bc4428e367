import "server-only";
import { and, eq, gt, isNull, lte, or, sql } from "drizzle-orm";
import { asSystem, asWorker } from "@/db/access";
import { agents, executions, workflows } from "@/db/schema/ai";
import { tenants } from "@/db/schema/auth";
import { approvals } from "@/db/schema/run-control";
import type { TenantScope } from "@/db/scope";
import { authorize } from "@/lib/auth/authorize";
import { jobScope } from "@/lib/auth/scope";
import { log } from "@/lib/log";
import { notify } from "@/lib/notifications/notify";
import { agentOf, workflowOf } from "@/lib/runs/run-columns";
import { readApprovers } from "./rules";
import { approvalIs, executionOf, recipientsOf } from "./store";

const BATCH = 200;

const isDue = and(
  eq(approvals.status, "pending"),
  isNull(approvals.remindedAt),
  lte(approvals.remindAt, sql`now()`),
  // One whose time is over waits only to be ended: nobody can answer it.
  or(isNull(approvals.expiresAt), gt(approvals.expiresAt, sql`now()`)),
  // Nor while the workspace is suspended: they are reminded once it is active.
  sql`not exists (select from ${tenants} where ${tenants.id} = ${approvals.tenantId} and ${tenants.status} <> 'active')`,
);

/** Tenants whose people have to be reminded of a question. */
export async function tenantsToRemind(): Promise<string[]> {
  const rows = await asSystem("sweep-approvals", (tx) =>
    tx.selectDistinct({ tenantId: approvals.tenantId }).from(approvals).where(isDue).limit(BATCH),
  );
  return rows.map((row) => row.tenantId);
}

/**
 * Reminds everybody who is to be. A workspace where that fails comes again, and holds up no other.
 * @returns how many questions there were
 */
export async function remindAll(): Promise<number> {
  let reminded = 0;
  for (const tenantId of await tenantsToRemind()) {
    try {
      reminded += await remindApprovers(await jobScope(tenantId, "remind-approvers"));
    } catch (error) {
      log.warn({ err: error, tenantId }, "approvers could not be reminded; it is tried again");
    }
  }
  return reminded;
}

/** Reminds those who were asked, once for each question. @returns how many questions there were */
export async function remindApprovers(scope: TenantScope): Promise<number> {
  authorize(scope, "approval.remind");
  return asWorker(scope, async (tx) => {
    const due = await tx
      .select({
        id: approvals.id,
        title: approvals.title,
        approvers: approvals.approvers,
        expiresAt: approvals.expiresAt,
        executionId: executions.id,
        runName: sql<string>`coalesce(${workflows.name}, ${agents.name}, 'A run')`,
      })
      .from(approvals)
      .innerJoin(executions, executionOf)
      .leftJoin(workflows, workflowOf)
      .leftJoin(agents, agentOf)
      .where(and(eq(approvals.tenantId, scope.tenantId), isDue))
      .limit(BATCH)
      .for("update", { of: approvals, skipLocked: true });
    for (const approval of due) {
      await tx.update(approvals).set({ remindedAt: sql`now()` }).where(approvalIs(scope, approval.id));
      const until = approval.expiresAt ? ` There is time until ${approval.expiresAt.toUTCString()}.` : "";
      await notify(tx, scope, {
        kind: "approval_asked",
        title: `Still waiting: ${approval.title}`,
        body: `“${approval.runName}” waits for an answer.${until}`,
        href: `/app/approvals/${approval.id}`,
        dedupeKey: `approval_reminded:${approval.id}`,
        to: await recipientsOf(tx, scope, readApprovers(approval.approvers)),
        ids: { approvalId: approval.id, executionId: approval.executionId },
      });
    }
    return due.length;
  });
}
