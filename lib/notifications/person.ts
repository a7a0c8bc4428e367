import { and, eq } from "drizzle-orm";
import { notifications } from "@/db/schema/notifications";
import type { TenantScope } from "@/db/scope";
import { AppError } from "@/lib/errors";

/** The person whose notifications a scope may see: the one who acts, and nobody else of the workspace. */
export function personOf({ actor }: TenantScope): string {
  if (actor.kind === "user") return actor.userId;
  throw new AppError("forbidden", "Notifications belong to a person who is signed in.");
}

export function isOwn(scope: TenantScope) {
  return and(eq(notifications.tenantId, scope.tenantId), eq(notifications.userId, personOf(scope)));
}
