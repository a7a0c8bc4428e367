import { and, inArray, type SQL, sql } from "drizzle-orm";
import { asSystem } from "@/db/access";
import { users } from "@/db/schema/auth";
import { auditLog } from "@/db/schema/system";
import { AppError } from "@/lib/errors";

/**
 * Whether the platform has switched a person's account off and not on again: the record says who did. What it has switched
 * off, it alone switches on. In a query of `users`.
 */
export const isStoppedByPlatform: SQL<boolean> = sql<boolean>`(not users.is_active and coalesce((
  select a.action = 'user.deactivate' from ${auditLog} a
  where a.tenant_id = users.tenant_id and a.target_type = 'user' and a.target_id = users.id::text
    and a.action in ('user.deactivate', 'user.activate')
  order by a.sequence desc limit 1), false))`;

/** Whom of these people the platform has stopped, for a team that may not read the platform's record. */
export async function stoppedAmong(userIds: readonly string[]): Promise<ReadonlySet<string>> {
  const stopped = await asSystem("stopped-by-platform", (tx) =>
    tx
      .select({ id: users.id })
      .from(users)
      .where(and(inArray(users.id, [...userIds]), isStoppedByPlatform)),
  );
  return new Set(stopped.map(({ id }) => id));
}

/** What whoever tries to switch it on is told. */
export function stoppedByPlatform(): AppError {
  const message = "The platform has switched this account off. Only its operator can switch it on again.";
  return new AppError("forbidden", message, { reason: "deactivated_by_platform" });
}
