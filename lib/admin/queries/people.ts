import "server-only";
import { and, desc, eq, ilike, lt, or, sql } from "drizzle-orm";
import { asPlatform } from "@/db/access";
import { tenants, users } from "@/db/schema/auth";
import type { PlatformScope } from "@/db/scope";
import { authorize } from "@/lib/auth/authorize";
import { containing } from "@/lib/like";
import { PAGE_SIZE, type Page, toPage } from "@/lib/paging";
import type { ListUsersInput } from "../input";

export type UserRow = {
  id: string;
  email: string;
  fullName: string;
  role: string;
  isActive: boolean;
  isVerified: boolean;
  tenantId: string;
  tenantName: string;
  createdAt: Date;
};

/** Everybody, newest first, found by name, e-mail or workspace. */
export async function listUsers(scope: PlatformScope, input: ListUsersInput): Promise<Page<UserRow>> {
  authorize(scope, "user.read");
  const text = input.q ? containing(input.q) : null;
  const rows = await asPlatform(scope, (tx) =>
    tx
      .select({
        id: users.id,
        email: users.email,
        fullName: users.fullName,
        role: sql<string>`coalesce(${users.role}, 'user')`,
        isActive: sql<boolean>`coalesce(${users.isActive}, false)`,
        isVerified: sql<boolean>`coalesce(${users.isVerified}, false)`,
        tenantId: tenants.id,
        tenantName: tenants.name,
        createdAt: users.createdAt,
      })
      .from(users)
      .innerJoin(tenants, eq(tenants.id, users.tenantId))
      .where(
        and(
          text
            ? or(ilike(users.email, text), ilike(users.fullName, text), ilike(tenants.name, text))
            : undefined,
          input.role ? eq(users.role, input.role) : undefined,
          input.state === "active" ? eq(users.isActive, true) : undefined,
          input.state === "inactive" ? eq(users.isActive, false) : undefined,
          input.state === "unverified" ? eq(users.isVerified, false) : undefined,
          input.tenantId ? eq(users.tenantId, input.tenantId) : undefined,
          input.cursor ? lt(users.id, input.cursor) : undefined,
        ),
      )
      .orderBy(desc(users.id))
      .limit(PAGE_SIZE + 1),
  );
  return toPage(rows, PAGE_SIZE);
}
