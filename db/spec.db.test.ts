import { getTableColumns, getTableName, is } from "drizzle-orm";
import { PgTable } from "drizzle-orm/pg-core";
import { beforeAll, describe, expect, it } from "vitest";
import * as ai from "@/db/schema/ai";
import * as auth from "@/db/schema/auth";
import * as billing from "@/db/schema/billing";
import * as caps from "@/db/schema/caps";
import * as config from "@/db/schema/config";
import * as credentials from "@/db/schema/credentials";
import * as invoices from "@/db/schema/invoices";
import * as knowledge from "@/db/schema/knowledge";
import * as modelCalls from "@/db/schema/model-calls";
import * as notifications from "@/db/schema/notifications";
import * as partnerMoney from "@/db/schema/partner-money";
import * as payments from "@/db/schema/payments";
import * as plans from "@/db/schema/plans";
import * as priceBooks from "@/db/schema/price-books";
import * as reconciliation from "@/db/schema/reconciliation";
import * as runBatches from "@/db/schema/run-batches";
import * as runControl from "@/db/schema/run-control";
import * as stripe from "@/db/schema/stripe";
import * as system from "@/db/schema/system";
import * as tax from "@/db/schema/tax";
import * as triggers from "@/db/schema/triggers";
import * as usageSums from "@/db/schema/usage-sums";
import * as wallets from "@/db/schema/wallets";
import { withTestDatabase } from "@/lib/testing/database";
import { database } from "./pool";
import { TABLES } from "./registry";
import { SPEC, type SpecType } from "./spec";

withTestDatabase();

type LiveColumn = { type: string; isNullable: boolean; defaultText: string | null };

const live = new Map<string, Map<string, LiveColumn>>();

beforeAll(async () => {
  const { pool } = await database();
  const { rows } = await pool.query(`
    select c.relname as table, a.attname as column, format_type(a.atttypid, a.atttypmod) as type,
           not a.attnotnull as nullable, pg_get_expr(d.adbin, d.adrelid) as default
    from pg_attribute a
    join pg_class c on c.oid = a.attrelid and c.relkind = 'r'
    join pg_namespace n on n.oid = c.relnamespace and n.nspname = 'public'
    left join pg_attrdef d on d.adrelid = c.oid and d.adnum = a.attnum
    where a.attnum > 0 and not a.attisdropped`);
  for (const row of rows) {
    const columns = live.get(row.table) ?? new Map<string, LiveColumn>();
    columns.set(row.column, { type: row.type, isNullable: row.nullable, defaultText: row.default });
    live.set(row.table, columns);
  }
});

const ALLOWED: Readonly<Record<SpecType, readonly string[]>> = {
  UUID: ["uuid"],
  String: ["character varying", "text"],
  Text: ["text"],
  DateTime: ["timestamp with time zone"],
  Boolean: ["boolean"],
  JSON: ["json"],
  "Numeric(18,6)": ["numeric(18,6)"],
  "Vector(768)": ["vector(768)"],
};

describe("the live schema", () => {
  it.each(Object.keys(SPEC))("has %s as specified", (table) => {
    for (const [name, type, isNullable, defaultText] of SPEC[table] ?? []) {
      const column = live.get(table)?.get(name);
      expect(column, `${table}.${name} exists`).toBeDefined();
      expect(ALLOWED[type], `${table}.${name}`).toContain(column?.type);
      expect(column?.isNullable, `${table}.${name} nullable`).toBe(isNullable);
      if (defaultText) {
        expect(column?.defaultText?.toLowerCase(), `${table}.${name} default`).toContain(
          defaultText.toLowerCase(),
        );
      }
    }
  });

  it("has no table that the registry does not classify, and the other way round", () => {
    expect([...live.keys()].sort()).toEqual(Object.keys(TABLES).sort());
  });

  it("is what the code believes it is", () => {
    const modules = [
      ai,
      auth,
      billing,
      caps,
      config,
      credentials,
      invoices,
      knowledge,
      modelCalls,
      notifications,
      partnerMoney,
      payments,
      plans,
      priceBooks,
      reconciliation,
      runBatches,
      runControl,
      stripe,
      system,
      tax,
      triggers,
      usageSums,
      wallets,
    ];
    const tables = modules.flatMap((module) => Object.values(module)).filter((value) => is(value, PgTable));
    for (const table of tables) {
      const columns = live.get(getTableName(table));
      for (const column of Object.values(getTableColumns(table))) {
        expect(columns?.has(column.name), `${getTableName(table)}.${column.name}`).toBe(true);
      }
    }
    expect(tables).toHaveLength(Object.keys(TABLES).length);
  });
});
