import { sql } from "drizzle-orm";
import {
  boolean,
  check,
  foreignKey,
  jsonb,
  numeric,
  pgTable,
  text,
  uuid,
  varchar,
} from "drizzle-orm/pg-core";
import { tenants } from "./auth";
import { createdAt, id, instant, updatedAt } from "./columns";

/** Who a tenant is on its invoices. */
export const billingProfiles = pgTable(
  "billing_profiles",
  {
    tenantId: uuid("tenant_id").primaryKey(),
    legalName: varchar("legal_name"),
    address: jsonb("address"),
    /** ISO 3166 alpha-2. */
    country: varchar("country", { length: 2 }),
    taxId: varchar("tax_id"),
    taxIdType: varchar("tax_id_type"),
    emailTo: varchar("email_to"),
    /** An order number or cost centre that every invoice shows. */
    reference: text("reference"),
    createdAt: createdAt(),
    updatedAt: updatedAt(),
  },
  (t) => [foreignKey({ columns: [t.tenantId], foreignColumns: [tenants.id] })],
);

/** The tax of a country (`*`: every other one). A change closes the range and adds a row (constraint in SQL). */
export const taxRates = pgTable(
  "tax_rates",
  {
    id: id(),
    country: varchar("country", { length: 2 }).notNull(),
    name: varchar("name").notNull(),
    percent: numeric("percent", { precision: 6, scale: 3 }).notNull(),
    /** A business with a tax id pays it itself. */
    reverseCharge: boolean("reverse_charge").notNull().default(false),
    effectiveFrom: instant("effective_from").notNull().default(sql`now()`),
    effectiveTo: instant("effective_to"),
    createdBy: uuid("created_by"),
    createdAt: createdAt(),
  },
  (t) => [
    check("tax_rates_percent_check", sql`${t.percent} >= 0 and ${t.percent} <= 100`),
    check("tax_rates_range_check", sql`${t.effectiveTo} is null or ${t.effectiveTo} > ${t.effectiveFrom}`),
  ],
);
