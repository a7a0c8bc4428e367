import { eq, sql } from "drizzle-orm";
import { users } from "@/db/schema/auth";
import { auditLog } from "@/db/schema/system";

const UUID = "^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$";

/** Joins the person who acted to a row of the record. By the id as it is kept: as text, no index finds it. */
export const isActor = eq(
  users.id,
  sql`case when ${auditLog.actorKind} = 'user' and ${auditLog.actorId} ~ ${UUID} then ${auditLog.actorId}::uuid end`,
);
