import "server-only";
import { and, eq, sql } from "drizzle-orm";
import type { Tx } from "@/db/access";
import { users } from "@/db/schema/auth";
import { approvals } from "@/db/schema/run-control";
import { askingByName, isLeftAlone } from "./store";

type Leaver = { readonly userId: string; readonly tenantId: string | null };

/** A person with their workspace, for who takes their access from outside of it. */
export async function leaverOf(tx: Tx, userId: string): Promise<Leaver> {
  const [person] = await tx.select({ tenantId: users.tenantId }).from(users).where(eq(users.id, userId));
  return { userId, tenantId: person?.tenantId ?? null };
}

/**
 * Takes somebody's access, and has the next reminder tell the admins of questions that they were asked, and nobody else
 * who is here. Whoever asks them meanwhile waits from the start: such a transaction holds them as `take` will.
 */
export async function leavingToAdmins(
  tx: Tx,
  { userId, tenantId }: Leaver,
  take: () => Promise<void>,
): Promise<void> {
  if (!tenantId) return take();
  await askingByName(tx, { tenantId }).execute();
  await take();
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
}
