import { sql } from "drizzle-orm";
import { beforeAll, describe, expect, it } from "vitest";
import { asPartner, asSystem } from "@/db/access";
import { tenants } from "@/db/schema/auth";
import { withTestDatabase } from "@/lib/testing/database";
import { plantRows } from "@/lib/testing/rows";
import { makePartner, makeTenant, type TestPartner, type TestTenant } from "@/lib/testing/scopes";
import { database } from "./pool";
import { TABLES } from "./registry";
import type { TableRule } from "./rules";

withTestDatabase();

let before: TestPartner;
let after: TestPartner;
let tenant: TestTenant;

beforeAll(async () => {
  [before, after] = [await makePartner(), await makePartner()];
  tenant = await makeTenant(before.partnerId);
  await plantRows(tenant, before.partnerId);
  await asSystem("test", (tx) =>
    tx.update(tenants).set({ partnerId: after.partnerId }).where(sql`${tenants.id} = ${tenant.tenantId}`),
  );
});

/** What was sold and billed stays with who sold it; what the workspace is now, is seen by who sells to it now. */
const SELLERS = [
  "audit_log",
  "credit_note_lines",
  "credit_notes",
  "invoice_lines",
  "invoices",
  "ledger_entries",
  "ledger_funding",
  "margin_sums",
];

const seen = Object.entries<TableRule>(TABLES).filter(
  ([name, rule]) => rule.class === "tenant" && rule.partner && name !== "tenant_partner_history",
);

async function countFor({ scope }: TestPartner, table: string, rule: TableRule): Promise<number> {
  const column = sql.raw(rule.tenantColumn ?? "tenant_id");
  const { rows } = await asPartner(scope, (tx) =>
    tx.execute(sql`select ${column} from ${sql.raw(table)} where ${column} = ${tenant.tenantId}`),
  );
  return rows.length;
}

describe("a workspace that was handed over", () => {
  it.each(seen)("%s is seen by the one it belongs to, and not by the other", async (table, rule) => {
    const { pool } = await database();
    const column = rule.tenantColumn ?? "tenant_id";
    const { rows } = await pool.query(`select 1 from ${table} where ${column} = $1`, [tenant.tenantId]);
    expect(rows.length, "there is something to be seen").toBeGreaterThan(0);
    const isSellers = SELLERS.includes(table);
    const [theirs, ours] = [await countFor(before, table, rule), await countFor(after, table, rule)];
    if (table === "audit_log") return expect([theirs, ours]).toEqual([0, 0]);
    expect(theirs > 0, `${table} for the one before`).toBe(isSellers);
    expect(ours > 0, `${table} for the one after`).toBe(!isSellers);
  });

  it("leaves its partner of before a name and a time, and nothing of the next one's", async () => {
    const read = ({ scope }: TestPartner) =>
      asPartner(scope, (tx) =>
        tx.execute<{ partner_id: string; left_as: string | null }>(
          sql`select partner_id, left_as from tenant_partner_history where tenant_id = ${tenant.tenantId}`,
        ),
      ).then(({ rows }) => rows);
    expect(await read(before)).toEqual([
      { partner_id: before.partnerId, left_as: `Tenant ${tenant.tenantId}` },
    ]);
    expect(await read(after)).toEqual([{ partner_id: after.partnerId, left_as: null }]);
  });

  it.each([
    [
      "taken by a partner",
      () =>
        asPartner(after.scope, (tx) => tx.execute(sql`update tenants set partner_id = ${after.partnerId}`)),
    ],
    [
      "made by a partner",
      () =>
        asPartner(after.scope, (tx) =>
          tx.execute(
            sql`insert into tenants (id, name, partner_id) values (gen_random_uuid(), 'Mine', ${after.partnerId})`,
          ),
        ),
    ],
    [
      "dated by a partner",
      () =>
        asPartner(after.scope, (tx) =>
          tx.execute(sql`update tenant_partner_history set effective_from = null`),
        ),
    ],
  ])("is not %s", async (_how, attack) => {
    await expect(attack()).rejects.toMatchObject({ cause: { code: "42501" } });
  });
});
