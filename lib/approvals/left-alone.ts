import "server-only";
import { and, eq, sql } from "drizzle-orm";
import { asWorker } from "@/db/access";
import { approvals } from "@/db/schema/run-control";
import { jobScope } from "@/lib/auth/scope";
import { askingByName, isLeftAlone } from "./store";

/**
 * Has the next reminder tell the admins of questions that somebody was asked who has just lost access, and nobody else
 * who is here. Safe twice, and for somebody who was asked nothing.
 */
export async function fallToAdmins(tenantId: string, userId: string): Promise<void> {
  await asWorker(await jobScope(tenantId, "approval-left"), async (tx) => {
    await askingByName(tx, { tenantId }).execute();
    await tx
      .update(approvals)
      .set({ remindAt: sql`now()`, remindedAt: null })
      .where(
        and(
          eq(approvals.tenantId, tenantId),
          eq(approvals.status, "pending"),
          sql`${approvals.approvers} @> ${JSON.stringify({ admins: false, userIds: [userId] })}::jsonb`,
          isLeftAlone,
        ),
      );
  });
}
