import { sql } from "drizzle-orm";
import {
  boolean,
  check,
  foreignKey,
  index,
  integer,
  jsonb,
  pgTable,
  primaryKey,
  text,
  unique,
  uniqueIndex,
  uuid,
  varchar,
} from "drizzle-orm/pg-core";
import { createdAt, id, instant, isOneOf, updatedAt } from "./columns";

export const partners = pgTable("partners", {
  id: id(),
  name: varchar("name").notNull(),
  // The user row refers to a tenant, the tenant to a partner: no foreign key back, or nothing could be inserted first.
  adminUserId: uuid("admin_user_id"),
  /** The tenant in which the partner's own people live. */
  homeTenantId: uuid("home_tenant_id"),
  /** active | suspended: it looks and exports, and its customers are the platform's until it works again. */
  status: varchar("status").notNull().default("active"),
  suspendedAt: instant("suspended_at"),
  suspendedReason: text("suspended_reason"),
  createdAt: createdAt(),
  updatedAt: updatedAt(),
});

export const tenants = pgTable(
  "tenants",
  {
    id: id(),
    name: varchar("name").notNull(),
    status: varchar("status").default("active"),
    partnerId: uuid("partner_id").references(() => partners.id),
    /** When the partner became this one; null: it was so from the beginning. Written into the history by a trigger. */
    partnerSince: instant("partner_since"),
    suspendedReason: text("suspended_reason"),
    /** admin | partner | dunning: only what dunning suspended is lifted by a payment. */
    suspendedBy: varchar("suspended_by"),
    createdAt: createdAt(),
    updatedAt: updatedAt(),
  },
  (t) => [
    index("tenants_partner_idx").on(t.partnerId, t.id),
    check("tenants_suspended_by_check", isOneOf(t.suspendedBy, ["admin", "partner", "dunning"])),
  ],
);

export const users = pgTable(
  "users",
  {
    id: id(),
    email: varchar("email").notNull(),
    fullName: varchar("full_name").notNull(),
    hashedPassword: varchar("hashed_password").notNull(),
    tenantId: uuid("tenant_id")
      .notNull()
      .references(() => tenants.id),
    role: varchar("role").default("tenant_admin"),
    isActive: boolean("is_active").default(true),
    isVerified: boolean("is_verified").default(false),
    emailVerifiedAt: instant("email_verified_at"),
    image: text("image"),
    createdAt: createdAt(),
    updatedAt: updatedAt(),
  },
  (t) => [
    uniqueIndex("users_email_unique").on(sql`lower(${t.email})`),
    unique("users_tenant_id_unique").on(t.tenantId, t.id),
  ],
);

/** One row is one session of a user. `token` is the SHA-256 of the secret, never the secret. */
export const refreshTokens = pgTable(
  "refresh_tokens",
  {
    id: id(),
    userId: uuid("user_id")
      .notNull()
      .references(() => users.id, { onDelete: "cascade" }),
    token: varchar("token").notNull().unique(),
    expiresAt: instant("expires_at").notNull(),
    revoked: boolean("revoked").default(false),
    familyId: uuid("family_id").notNull(),
    absoluteExpiresAt: instant("absolute_expires_at").notNull(),
    lastSeenAt: instant("last_seen_at"),
    revokedReason: varchar("revoked_reason"),
    ip: varchar("ip"),
    userAgent: varchar("user_agent"),
    createdAt: createdAt(),
  },
  (t) => [index("refresh_tokens_user_idx").on(t.userId, t.id)],
);

/** People of a partner. The first admin is also `partners.admin_user_id`. */
export const partnerMembers = pgTable(
  "partner_members",
  {
    partnerId: uuid("partner_id")
      .notNull()
      .references(() => partners.id),
    userId: uuid("user_id")
      .notNull()
      .unique()
      .references(() => users.id, { onDelete: "cascade" }),
    createdAt: createdAt(),
  },
  (t) => [primaryKey({ columns: [t.partnerId, t.userId] })],
);

/** Sign-in through Google or GitHub, as the Auth.js adapter stores it. */
export const accounts = pgTable(
  "accounts",
  {
    userId: uuid("user_id")
      .notNull()
      .references(() => users.id, { onDelete: "cascade" }),
    type: text("type").notNull(),
    provider: text("provider").notNull(),
    providerAccountId: text("provider_account_id").notNull(),
    refresh_token: text("refresh_token"),
    access_token: text("access_token"),
    expires_at: integer("expires_at"),
    token_type: text("token_type"),
    scope: text("scope"),
    id_token: text("id_token"),
    session_state: text("session_state"),
  },
  (t) => [primaryKey({ columns: [t.provider, t.providerAccountId] })],
);

/** Single-use links: verify e-mail, reset password, accept an invitation. Only the hash of the token is kept. */
export const authTokens = pgTable(
  "auth_tokens",
  {
    id: id(),
    purpose: varchar("purpose").notNull(),
    tokenHash: varchar("token_hash").notNull().unique(),
    email: varchar("email").notNull(),
    userId: uuid("user_id").references(() => users.id, { onDelete: "cascade" }),
    /** Invitations: where the new user goes, fixed by the inviter's rights. */
    tenantId: uuid("tenant_id").references(() => tenants.id),
    partnerId: uuid("partner_id").references(() => partners.id),
    role: varchar("role"),
    invitedBy: uuid("invited_by"),
    expiresAt: instant("expires_at").notNull(),
    usedAt: instant("used_at"),
    revokedAt: instant("revoked_at"),
    createdAt: createdAt(),
  },
  (t) => [
    index("auth_tokens_email_idx").on(t.email, t.purpose),
    index("auth_tokens_tenant_idx").on(t.tenantId),
  ],
);

/** Fixed-window counters, bumped by one atomic upsert. */
export const rateLimits = pgTable(
  "rate_limits",
  {
    key: varchar("key").notNull(),
    windowStart: instant("window_start").notNull(),
    count: integer("count").notNull().default(0),
    expiresAt: instant("expires_at").notNull(),
  },
  (t) => [primaryKey({ columns: [t.key, t.windowStart] }), index("rate_limits_expiry_idx").on(t.expiresAt)],
);

/** An app admin (or a partner's admin) looking into a tenant: explicit, with a reason, and it ends by itself. */
export const viewAsSessions = pgTable(
  "view_as_sessions",
  {
    id: id(),
    sessionId: uuid("session_id")
      .notNull()
      .references(() => refreshTokens.id, { onDelete: "cascade" }),
    adminUserId: uuid("admin_user_id")
      .notNull()
      .references(() => users.id),
    tenantId: uuid("tenant_id")
      .notNull()
      .references(() => tenants.id),
    reason: text("reason").notNull(),
    isWritable: boolean("is_writable").notNull().default(false),
    expiresAt: instant("expires_at").notNull(),
    endedAt: instant("ended_at"),
    createdAt: createdAt(),
  },
  (t) => [index("view_as_sessions_session_idx").on(t.sessionId)],
);

/** Keys for machines. Only the SHA-256 is kept; the key itself is shown once. */
export const apiKeys = pgTable(
  "api_keys",
  {
    id: id(),
    tenantId: uuid("tenant_id")
      .notNull()
      .references(() => tenants.id),
    name: varchar("name").notNull(),
    keyHash: varchar("key_hash").notNull().unique(),
    lastFour: varchar("last_four").notNull(),
    scopes: jsonb("scopes").$type<string[]>().notNull(),
    createdBy: uuid("created_by").notNull(),
    lastUsedAt: instant("last_used_at"),
    expiresAt: instant("expires_at"),
    revokedAt: instant("revoked_at"),
    createdAt: createdAt(),
  },
  (t) => [
    index("api_keys_tenant_idx").on(t.tenantId, t.id),
    unique("api_keys_tenant_id_unique").on(t.tenantId, t.id),
    foreignKey({ columns: [t.tenantId, t.createdBy], foreignColumns: [users.tenantId, users.id] }),
  ],
);
