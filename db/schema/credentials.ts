import { sql } from "drizzle-orm";
import { jsonb, pgTable, text, unique, uniqueIndex, uuid, varchar } from "drizzle-orm/pg-core";
import { tenants } from "./auth";
import { createdAt, id, updatedAt } from "./columns";

/** What a workspace signs in with at another service: the value of one header, sealed, for certain hosts alone. */
export const credentials = pgTable(
  "credentials",
  {
    id: id(),
    tenantId: uuid("tenant_id")
      .notNull()
      .references(() => tenants.id),
    name: varchar("name").notNull(),
    headerName: varchar("header_name").notNull(),
    /** Lower case; `*.example.com` covers sub-domains. */
    hosts: jsonb("hosts").$type<string[]>().notNull(),
    sealedValue: text("sealed_value").notNull(),
    /** Of a value that is long enough to stay a secret without them; empty otherwise. */
    lastFour: varchar("last_four").notNull(),
    createdBy: uuid("created_by"),
    createdAt: createdAt(),
    updatedAt: updatedAt(),
  },
  (t) => [
    unique("credentials_tenant_id_unique").on(t.tenantId, t.id),
    uniqueIndex("credentials_name_unique").on(t.tenantId, sql`lower(${t.name})`),
  ],
);
