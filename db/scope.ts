/** The roles a person can have, as stored in `users.role`. */
export const USER_ROLES = ["tenant_admin", "user", "partner_admin", "app_admin"] as const;
export type UserRole = (typeof USER_ROLES)[number];

/** Who acts: it goes into every audit row. */
export type Actor =
  | { kind: "user"; userId: string; sessionId: string; impersonatorId?: string }
  | { kind: "api_key"; keyId: string; userId: string }
  | { kind: "job"; name: string }
  | { kind: "system"; name: string };

type Request = { requestId?: string; ip?: string; userAgent?: string };

declare const minted: unique symbol;
/** Only `lib/auth/scope.ts` (and `lib/testing`) makes these: a plain object is not a scope. */
type Minted = { readonly [minted]: true };

/** Inside one tenant. Who sells to it is no part of it: that changes, and `tenant_partner_history` says who did when. */
export type TenantScope = Readonly<
  Minted &
    Request & {
      kind: "tenant";
      tenantId: string;
      role: "tenant_admin" | "user" | "api_key" | "job";
      /** What an API key may do; empty for everybody else. */
      apiScopes: readonly string[];
      /** Looking in, not working: every writing permission is refused. */
      isReadOnly: boolean;
      tenantStatus: string;
      actor: Actor;
    }
>;

/** A reseller, over its own customers, price book and money. */
export type PartnerScope = Readonly<
  Minted &
    Request & {
      kind: "partner";
      partnerId: string;
      homeTenantId: string | null;
      /** It looks and exports only. */
      isSuspended: boolean;
      actor: Actor;
    }
>;

/** The operator of the platform. */
export type PlatformScope = Readonly<Minted & Request & { kind: "platform"; actor: Actor }>;

export type Scope = TenantScope | PartnerScope | PlatformScope;

type Plain<S> = Omit<S, typeof minted>;

/** Makes a scope. Called where identity was just proved, and nowhere else (`lib/architecture.test.ts` asserts it). */
export function mintScope<S extends Scope>(scope: Plain<S>): S {
  return Object.freeze({ ...scope }) as S;
}
