import "server-only";
import { and, eq, gt, isNull, ne, not, or, type SQL, sql } from "drizzle-orm";
import { headers } from "next/headers";
import { notFound, redirect } from "next/navigation";
import { cache } from "react";
import { asSystem, type Tx } from "@/db/access";
import { madeOnce } from "@/db/made-once";
import { apiKeys, tenants, users } from "@/db/schema/auth";
import { mintScope, type PartnerScope, type PlatformScope, type TenantScope } from "@/db/scope";
import { lastTogether } from "@/db/statements";
import { AppError } from "@/lib/errors";
import { isId } from "@/lib/ids";
import { hashToken } from "@/lib/secrets/tokens";
import { sessionCookie } from "./cookie";
import { type RequestFacts, requestFacts } from "./request";
import { safePath } from "./safe-path";
import { findSession, type Session, takesChanges } from "./session";

/** Who is signed in on this request, or null. Read from the database once for each request. */
export const currentSession = cache(async (): Promise<Session | null> => {
  const cookie = await sessionCookie();
  return cookie ? findSession(cookie.userId, cookie.sessionId) : null;
});

/** @throws redirects to sign-in, and from there back to this page, when nobody is signed in */
export async function requireSession(): Promise<Session> {
  const session = await currentSession();
  if (session) return session;
  const next = safePath((await headers()).get("x-page-path"));
  redirect(next ? `/sign-in?${new URLSearchParams({ next })}` : "/sign-in");
}

async function facts(): Promise<RequestFacts> {
  return requestFacts(await headers());
}

function userActor(session: Session, impersonated = false) {
  return {
    kind: "user" as const,
    userId: session.userId,
    sessionId: session.sessionId,
    ...(impersonated ? { impersonatorId: session.userId } : {}),
  };
}

/** A partner's or the platform's people are the admins of their own workspace. */
const roleAtHome = (role: string | null) => (role === "user" ? "user" : "tenant_admin");

/** The tenant scope of a session: its own workspace, or the one it looks into. */
export function tenantScopeOf(session: Session, request: RequestFacts): TenantScope {
  const { viewAs } = session;
  if (viewAs) {
    return mintScope<TenantScope>({
      ...request,
      kind: "tenant",
      tenantId: viewAs.tenantId,
      role: "tenant_admin",
      apiScopes: [],
      isReadOnly: !viewAs.isWritable,
      tenantStatus: viewAs.tenantStatus,
      actor: userActor(session, true),
    });
  }
  return mintScope<TenantScope>({
    ...request,
    kind: "tenant",
    tenantId: session.tenant.id,
    role: roleAtHome(session.role),
    apiScopes: [],
    isReadOnly: false,
    tenantStatus: session.tenant.status,
    actor: userActor(session),
  });
}

/** The scope of the tenant console. Redirects to sign-in, or to the verification page while the e-mail is unproved. */
export async function requireTenant(): Promise<TenantScope> {
  const session = await requireSession();
  if (!session.isVerified) redirect("/verify-email");
  return tenantScopeOf(session, await facts());
}

/** @returns null when the session has no place in a partner */
export function partnerScopeOf(session: Session, request: RequestFacts): PartnerScope | null {
  if (session.role !== "partner_admin" || !session.partner || !session.isVerified) return null;
  return mintScope<PartnerScope>({
    ...request,
    kind: "partner",
    partnerId: session.partner.id,
    homeTenantId: session.partner.homeTenantId,
    isSuspended: session.partner.isSuspended,
    actor: userActor(session),
  });
}

/** The scope of the partner console. For everybody else the console does not exist: their page is the not-found page. */
export async function requirePartner(): Promise<PartnerScope> {
  const scope = partnerScopeOf(await requireSession(), await facts());
  if (!scope) notFound();
  return scope;
}

/** @returns null when the session is not an app admin's */
export function platformScopeOf(session: Session, request: RequestFacts): PlatformScope | null {
  if (session.role !== "app_admin" || !session.isVerified) return null;
  return mintScope<PlatformScope>({ ...request, kind: "platform", actor: userActor(session) });
}

/** The scope of the admin console; the not-found page for everybody else. */
export async function requirePlatform(): Promise<PlatformScope> {
  const scope = platformScopeOf(await requireSession(), await facts());
  if (!scope) notFound();
  return scope;
}

/**
 * The scope of work done on a tenant's behalf by a job. The tenant's state comes from the database, never from an event.
 * @throws AppError `not_found` when there is no such tenant
 */
export async function jobScope(tenantId: string, name: string, requestId?: string): Promise<TenantScope> {
  if (!isId(tenantId)) throw new AppError("not_found");
  const [tenant] = await asSystem("job-scope", (tx) =>
    tx
      .select({ id: tenants.id, status: tenants.status })
      .from(tenants)
      .where(eq(tenants.id, tenantId))
      .limit(1),
  );
  if (!tenant) throw new AppError("not_found");
  return jobScopeAs({ tenantId: tenant.id, tenantStatus: tenant.status ?? "active", requestId }, name);
}

type JobPlace = Pick<TenantScope, "tenantId" | "tenantStatus"> & {
  requestId?: string | undefined;
};

function jobScopeAs({ requestId, ...place }: JobPlace, name: string): TenantScope {
  return mintScope<TenantScope>({
    ...place,
    kind: "tenant",
    role: "job",
    apiScopes: [],
    isReadOnly: false,
    actor: { kind: "job", name },
    ...(requestId ? { requestId } : {}),
  });
}

/** The same for work that somebody in the tenant has just begun, in the state in which they were let in. */
export function workScope({ tenantId, tenantStatus, requestId }: TenantScope, name: string): TenantScope {
  return jobScopeAs({ tenantId, tenantStatus, requestId }, name);
}

/**
 * The scope in which a job goes on with what somebody of the tenant asked for, in their name. What they may do, and the
 * state of the workspace, are as they are now.
 * @throws AppError `forbidden`, reason `person_left`, when they are no longer of the workspace, or may not sign in
 */
export async function personScope(
  tenantId: string,
  { userId, sessionId }: { readonly userId: string; readonly sessionId: string },
): Promise<TenantScope> {
  const [person] = await asSystem("person-scope", (tx) =>
    tx
      .select({ role: users.role, tenantStatus: tenants.status })
      .from(users)
      .innerJoin(tenants, eq(tenants.id, users.tenantId))
      .where(and(eq(users.id, userId), eq(users.tenantId, tenantId), eq(users.isActive, true)))
      .limit(1),
  );
  if (!person) {
    const message = "Whoever asked for it is no longer active in this workspace.";
    throw new AppError("forbidden", message, { reason: "person_left" });
  }
  return mintScope<TenantScope>({
    kind: "tenant",
    tenantId,
    role: roleAtHome(person.role),
    apiScopes: [],
    isReadOnly: false,
    tenantStatus: person.tenantStatus ?? "active",
    actor: { kind: "user", userId, sessionId },
  });
}

/** Whether a key's use was noted a moment ago. */
const isNoted = sql<boolean>`coalesce(${apiKeys.lastUsedAt} >= now() - interval '1 minute', false)`;

/** Who calls the API, and whether the database takes changes just now. */
export type ApiCaller = { readonly scope: TenantScope; readonly takesChanges: boolean };

/** The scope of an API key in `Authorization: Bearer`. @throws AppError as `apiKeyCaller` */
export async function apiKeyScope(request: Request): Promise<TenantScope> {
  return (await apiKeyCaller(request)).scope;
}

/**
 * The same, with what a call that only reads has to know.
 * @throws AppError `unauthenticated`, reasons `api_key_missing`; `api_key_invalid` when it is unknown, revoked or expired
 */
export async function apiKeyCaller(request: Request): Promise<ApiCaller> {
  const [, key] = /^bearer +(\S+) *$/i.exec(request.headers.get("authorization") ?? "") ?? [];
  if (!key) {
    const message = "Send an API key as `Authorization: Bearer hb_…`.";
    throw new AppError("unauthenticated", message, { reason: "api_key_missing" });
  }
  // What cannot be a key, such as one that was cut off while copying, is not looked for.
  const found = /^hb_[A-Za-z0-9_-]{20,100}$/.test(key) ? await takeKey(key) : null;
  if (!found) {
    const message =
      "This API key does not exist, was revoked, has expired, or was made by somebody who is no admin of the workspace any more.";
    throw new AppError("unauthenticated", message, { reason: "api_key_invalid" });
  }
  return { scope: keyScopeOf(found, requestFacts(request.headers)), takesChanges: found.takesChanges };
}

/** A working key, noted as used where that can be written. */
async function takeKey(key: string): Promise<WorkingKey | null> {
  const keyHash = hashToken(key);
  const [[row]] = await asSystem("api-key", (tx) => lastTogether(tx, [keyByHash(tx, { keyHash })]));
  if (row?.takesChanges && !row.isNoted) await noteUse(row.id);
  return row ?? null;
}

/** Once a minute. */
async function noteUse(keyId: string): Promise<void> {
  await asSystem("api-key", (tx) =>
    tx
      .update(apiKeys)
      .set({ lastUsedAt: sql`now()` })
      .where(and(eq(apiKeys.id, keyId), not(isNoted))),
  );
}

/**
 * The scope in which a job goes on with what a program of the tenant asked for, in the name of its key and with what that
 * may do now.
 * @throws AppError `unauthenticated`, reason `api_key_invalid`, when the key does not work any more
 */
export async function keyScope(tenantId: string, keyId: string): Promise<TenantScope> {
  const isKey = and(eq(apiKeys.tenantId, tenantId), eq(apiKeys.id, keyId));
  const [found] = await asSystem("key-scope", (tx) => workingKey(tx, isKey));
  if (found) return keyScopeOf(found, {});
  const message =
    "The API key that asked for it was revoked, has expired, or was made by somebody who is no admin any more.";
  throw new AppError("unauthenticated", message, { reason: "api_key_invalid" });
}

/** A key that was not revoked, has not expired, and whose maker is still here and an admin: it does what admins may. */
function workingKey(tx: Tx, isKey: SQL | undefined) {
  return tx
    .select({
      id: apiKeys.id,
      scopes: apiKeys.scopes,
      createdBy: apiKeys.createdBy,
      tenantId: tenants.id,
      tenantStatus: tenants.status,
      isNoted,
      takesChanges,
    })
    .from(apiKeys)
    .innerJoin(tenants, eq(tenants.id, apiKeys.tenantId))
    .innerJoin(users, eq(users.id, apiKeys.createdBy))
    .where(
      and(
        isKey,
        isNull(apiKeys.revokedAt),
        or(isNull(apiKeys.expiresAt), gt(apiKeys.expiresAt, sql`now()`)),
        eq(users.isActive, true),
        ne(users.role, "user"),
      ),
    )
    .limit(1);
}

type WorkingKey = Awaited<ReturnType<typeof workingKey>>[number];

const keyByHash = madeOnce<{ keyHash: string }, WorkingKey[]>((tx) =>
  workingKey(tx, eq(apiKeys.keyHash, sql.placeholder("keyHash"))),
);

function keyScopeOf(key: WorkingKey, request: Partial<RequestFacts>): TenantScope {
  return mintScope<TenantScope>({
    ...request,
    kind: "tenant",
    tenantId: key.tenantId,
    role: "api_key",
    apiScopes: key.scopes,
    isReadOnly: false,
    tenantStatus: key.tenantStatus ?? "active",
    actor: { kind: "api_key", keyId: key.id, userId: key.createdBy },
  });
}
