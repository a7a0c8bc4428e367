import "server-only";
import { and, asc, eq } from "drizzle-orm";
import { asTenant } from "@/db/access";
import { users } from "@/db/schema/auth";
import { credentials } from "@/db/schema/credentials";
import type { TenantScope } from "@/db/scope";
import { authorize } from "@/lib/auth/authorize";
import { AppError } from "@/lib/errors";
import { workflowsHolding } from "@/lib/workflows/holding";

export type CredentialItem = {
  readonly id: string;
  readonly name: string;
  readonly headerName: string;
  readonly hosts: readonly string[];
  /** What tells one value from another, without saying it. */
  readonly lastFour: string;
  /** Null when it was nobody of this workspace. */
  readonly createdByName: string | null;
  readonly updatedAt: Date;
};

/** The credentials of the workspace, by name, without their values. */
export async function listCredentials(scope: TenantScope): Promise<CredentialItem[]> {
  authorize(scope, "credential.read");
  return asTenant(scope, (tx) =>
    tx
      .select({
        id: credentials.id,
        name: credentials.name,
        headerName: credentials.headerName,
        hosts: credentials.hosts,
        lastFour: credentials.lastFour,
        createdByName: users.fullName,
        updatedAt: credentials.updatedAt,
      })
      .from(credentials)
      .leftJoin(users, eq(users.id, credentials.createdBy))
      .where(eq(credentials.tenantId, scope.tenantId))
      .orderBy(asc(credentials.name), asc(credentials.id)),
  );
}

export type CredentialChoice = Pick<CredentialItem, "id" | "name" | "hosts">;

/** What a call of another service can be told to use, by name. */
export async function listCredentialChoices(scope: TenantScope): Promise<CredentialChoice[]> {
  authorize(scope, "credential.choose");
  return asTenant(scope, (tx) =>
    tx
      .select({ id: credentials.id, name: credentials.name, hosts: credentials.hosts })
      .from(credentials)
      .where(eq(credentials.tenantId, scope.tenantId))
      .orderBy(asc(credentials.name), asc(credentials.id)),
  );
}

/** The workflows whose draft or published version signs in with it, by name. At most 100. @throws AppError `not_found` */
export async function listWorkflowsSigningIn(
  scope: TenantScope,
  { credentialId }: { credentialId: string },
): Promise<{ id: string; name: string }[]> {
  authorize(scope, "credential.read");
  return asTenant(scope, async (tx) => {
    const [row] = await tx
      .select({ id: credentials.id })
      .from(credentials)
      .where(and(eq(credentials.tenantId, scope.tenantId), eq(credentials.id, credentialId)));
    if (!row) throw new AppError("not_found", "This credential does not exist.");
    return workflowsHolding(tx, scope, { kind: "http", config: { credentialId } });
  });
}
