import "server-only";
import { and, count, eq, sql } from "drizzle-orm";
import { asTenant, type Tx } from "@/db/access";
import { credentials } from "@/db/schema/credentials";
import type { TenantScope } from "@/db/scope";
import { audit } from "@/lib/audit/record";
import { authorize } from "@/lib/auth/authorize";
import { AppError, fieldError } from "@/lib/errors";
import { hostMatches } from "@/lib/http/url-policy";
import { newId } from "@/lib/ids";
import { lastFour } from "@/lib/secrets/secret";
import { nameGuarded } from "@/lib/unique-name";
import type { CreateCredentialInput, UpdateCredentialInput } from "./input";
import { sealValue } from "./sealed-value";

const MOST_CREDENTIALS = 200;

/**
 * Keeps what a service asks to know of who calls it. Its value is sealed, and nobody reads it again.
 * @throws AppError `conflict` on a taken name; `limit_exceeded`
 */
export async function createCredential(
  scope: TenantScope,
  { name, headerName, hosts, value }: CreateCredentialInput,
): Promise<{ id: string }> {
  authorize(scope, "credential.manage");
  const { tenantId } = scope;
  const id = newId();
  await nameGuarded("credentials_name_unique", "credential", () =>
    asTenant(scope, async (tx) => {
      await assertRoom(tx, scope);
      await tx.insert(credentials).values({
        id,
        tenantId,
        name,
        headerName,
        hosts,
        sealedValue: sealValue({ tenantId, credentialId: id }, value),
        lastFour: lastFour(value),
        createdBy: scope.actor.kind === "user" ? scope.actor.userId : null,
      });
      await audit(tx, scope, {
        action: "credential.create",
        targetType: "credential",
        targetId: id,
        after: { name, headerName, hosts },
      });
    }),
  );
  return { id };
}

/**
 * Changes it for every workflow that uses it, from its next call. Without a value the one that is there stays, for the
 * header and the hosts it was entered for or fewer: else it could be sent to where whoever changes it reads it.
 * @throws AppError `invalid` where the value has to be entered again; `conflict` on a taken name; `not_found`
 */
export async function updateCredential(
  scope: TenantScope,
  { credentialId, name, headerName, hosts, value }: UpdateCredentialInput,
): Promise<void> {
  authorize(scope, "credential.manage");
  const { tenantId } = scope;
  await nameGuarded("credentials_name_unique", "credential", () =>
    asTenant(scope, async (tx) => {
      const before = await lockCredential(tx, scope, credentialId);
      if (value === "") assertNoWider(before, { headerName, hosts });
      const entered =
        value === ""
          ? {}
          : { sealedValue: sealValue({ tenantId, credentialId }, value), lastFour: lastFour(value) };
      await tx
        .update(credentials)
        .set({ name, headerName, hosts, ...entered, updatedAt: sql`now()` })
        .where(credentialIs(scope, credentialId));
      await audit(tx, scope, {
        action: "credential.update",
        targetType: "credential",
        targetId: credentialId,
        before,
        after: { name, headerName, hosts, hasNewValue: value !== "" },
      });
    }),
  );
}

/** Forgets it: what still names it fails from its next call. @throws AppError `not_found` */
export async function deleteCredential(
  scope: TenantScope,
  { credentialId }: { credentialId: string },
): Promise<void> {
  authorize(scope, "credential.manage");
  await asTenant(scope, async (tx) => {
    const before = await lockCredential(tx, scope, credentialId);
    await tx.delete(credentials).where(credentialIs(scope, credentialId));
    await audit(tx, scope, {
      action: "credential.delete",
      targetType: "credential",
      targetId: credentialId,
      before,
    });
  });
}

type Reach = { readonly headerName: string; readonly hosts: readonly string[] };

function assertNoWider(before: Reach, after: Reach): void {
  const isCovered = (host: string) => before.hosts.includes(host) || hostMatches(host, before.hosts);
  const isOtherHeader = before.headerName.toLowerCase() !== after.headerName.toLowerCase();
  if (!isOtherHeader && after.hosts.every(isCovered)) return;
  throw fieldError("value", "Enter the value again to send it by another header or to other hosts.");
}

async function assertRoom(tx: Tx, scope: TenantScope): Promise<void> {
  const [row] = await tx
    .select({ all: count() })
    .from(credentials)
    .where(eq(credentials.tenantId, scope.tenantId));
  if ((row?.all ?? 0) < MOST_CREDENTIALS) return;
  throw new AppError("limit_exceeded", `A workspace has at most ${MOST_CREDENTIALS} credentials.`);
}

function credentialIs(scope: TenantScope, credentialId: string) {
  return and(eq(credentials.tenantId, scope.tenantId), eq(credentials.id, credentialId));
}

async function lockCredential(tx: Tx, scope: TenantScope, credentialId: string) {
  const [row] = await tx
    .select({ name: credentials.name, headerName: credentials.headerName, hosts: credentials.hosts })
    .from(credentials)
    .where(credentialIs(scope, credentialId))
    .for("update");
  if (!row) throw new AppError("not_found", "This credential does not exist.");
  return row;
}
