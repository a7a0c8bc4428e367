import "server-only";
import { and, gte, lt, type SQL, sql } from "drizzle-orm";
import { auditLog } from "@/db/schema/system";
import { firstIdAt } from "@/lib/ids";

/** Rows of the days from `from` to `to` (UTC, both included); an end that is left out is open. */
export function onDays({
  from,
  to,
}: {
  from?: string | undefined;
  to?: string | undefined;
}): SQL | undefined {
  return and(
    // No id is older than what it is about: what was written before is not looked through.
    from ? gte(auditLog.id, firstIdAt(new Date(from))) : undefined,
    from ? gte(auditLog.createdAt, sql`${from}::date at time zone 'UTC'`) : undefined,
    to ? lt(auditLog.createdAt, sql`(${to}::date + 1) at time zone 'UTC'`) : undefined,
  );
}
