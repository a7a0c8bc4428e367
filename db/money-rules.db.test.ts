import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { drizzle } from "drizzle-orm/node-postgres";
import { migrate } from "drizzle-orm/node-postgres/migrator";
import { beforeAll, describe, expect, it } from "vitest";
import { newId } from "@/lib/ids";
import { withTestDatabase } from "@/lib/testing/database";
import { plantRows } from "@/lib/testing/rows";
import { makeTenant, type TestTenant } from "@/lib/testing/scopes";
import { openPglite } from "./embedded";
import { database, wrapPglite } from "./pool";

withTestDatabase();

const run = async (text: string) => (await (await database()).pool.query(text)).rows;

describe("an invoice", () => {
  let tenant: TestTenant;
  let link: { invoice_id: string; line_id: string; ledger_entry_id: string };
  beforeAll(async () => {
    tenant = await makeTenant();
    await plantRows(tenant, null);
    [link] = await run(`select * from invoice_entry_links where tenant_id = '${tenant.tenantId}'`);
  });

  const change = (set: string) => run(`update invoices set ${set} where id = '${link.invoice_id}'`);

  it("changes while it is a draft, and is frozen with its lines and usage once it is final", async () => {
    await change("total_amount = 2, note = 'draft'");
    await change("finalized_at = now()");
    for (const set of ["total_amount = 3", "due_date = now()", "invoice_number = 'X'", "finalized_at = null"])
      await expect(change(set), set).rejects.toMatchObject({ code: "42501" });
    await change("note = 'sent', sent_at = now(), dunning_stage = 1");
    for (const statement of [
      "delete from invoices where id =",
      "update invoice_lines set amount_cents = 1 where invoice_id =",
      "delete from invoice_lines where invoice_id =",
      "delete from invoice_entry_links where invoice_id =",
      "update invoice_entry_links set line_id = line_id where invoice_id =",
    ])
      await expect(run(`${statement} '${link.invoice_id}'`), statement).rejects.toMatchObject({
        code: "42501",
      });
  });

  it("goes forward only", async () => {
    await expect(change("status = 'draft'")).rejects.toMatchObject({ code: "23514" });
    await change("status = 'overdue'");
    await expect(change("status = 'pending'")).rejects.toMatchObject({ code: "23514" });
    await change("status = 'void'");
    await expect(change("status = 'paid'")).rejects.toMatchObject({ code: "23514" });
  });

  it("gives its usage to a new draft when it is void, and then no more to itself", async () => {
    await run(`delete from invoice_entry_links where invoice_id = '${link.invoice_id}'`);
    const values = [link.ledger_entry_id, tenant.tenantId, link.invoice_id, link.line_id];
    const back = run(`insert into invoice_entry_links values (${values.map((id) => `'${id}'`).join(", ")})`);
    await expect(back).rejects.toMatchObject({ code: "42501" });
  });
});

const MIGRATIONS = fileURLToPath(new URL("./migrations", import.meta.url));

/** The migrations up to one, as an installation of that time had them. */
function migrationsBefore(tag: string): string {
  const folder = mkdtempSync(join(tmpdir(), "hb-migrations-"));
  cpSync(MIGRATIONS, folder, { recursive: true });
  const path = join(folder, "meta", "_journal.json");
  const journal = JSON.parse(readFileSync(path, "utf8"));
  const entries = journal.entries.filter((entry: { tag: string }) => entry.tag < tag);
  writeFileSync(path, JSON.stringify({ ...journal, entries }));
  return folder;
}

describe("an installation from before there were wallets", () => {
  it("owes what it used, less what was paid, and goes on", async () => {
    const old = wrapPglite(await openPglite());
    const folder = migrationsBefore("0014_money");
    try {
      const query = async (text: string) => (await old.pool.query(text)).rows;
      await query("create extension if not exists vector");
      await query("create extension if not exists btree_gist");
      await migrate(drizzle(old.pool), { migrationsFolder: folder });
      const [tenant, idle, partner] = [newId(), newId(), newId()];
      await query(`insert into partners (id, name) values ('${partner}', 'P')`);
      await query(
        `insert into tenants (id, name, partner_id) values ('${tenant}', 'T', '${partner}'), ('${idle}', 'I', null)`,
      );
      await query(
        `insert into subscriptions (id, tenant_id, plan_name) values ('${newId()}', '${tenant}', 'trial')`,
      );
      const entries = [newId(), newId(), newId()];
      for (const [n, entry] of entries.entries())
        await query(`insert into ledger_entries (id, tenant_id, partner_id, resource_type, quantity, unit, platform_cost,
          tenant_cost, partner_commission, idempotency_key, system_rate, tenant_rate, occurred_at)
          values ('${entry}', '${tenant}', '${partner}', 'r', 1, 'u', 2, 2.5, 0.5, 'k${n}', 2, 2.5, now())`);
      for (const [n, status] of ["paid", "pending"].entries()) {
        const [invoice, line] = [newId(), newId()];
        await query(`insert into invoices (id, tenant_id, partner_id, invoice_number, total_amount, status, period_start,
          period_end, due_date, paid_date, seller_name, customer_name, sequence)
          values ('${invoice}', '${tenant}', '${partner}', 'N${n}', 2.5, '${status}', now() - interval '${n + 1} days', now(), now(),
            '2026-01-02T00:00:00Z', 's', 'c', ${n + 1})`);
        await query(`insert into invoice_lines (id, tenant_id, invoice_id, position, description, resource_type, unit, rate,
          quantity, amount, amount_cents, service_start, service_end)
          values ('${line}', '${tenant}', '${invoice}', 1, 'd', 'r', 'u', 2.5, 1, 2.5, 250, now(), now())`);
        await query(
          `insert into invoice_entry_links values ('${entries[n]}', '${tenant}', '${invoice}', '${line}')`,
        );
      }
      await migrate(drizzle(old.pool), { migrationsFolder: MIGRATIONS });

      expect(
        await query("select tenant_id, mode, balance, credit_limit, held from wallets order by balance"),
      ).toEqual([
        {
          tenant_id: tenant,
          mode: "postpaid",
          balance: "-5.000000",
          credit_limit: "1005.000000",
          held: "0.000000",
        },
        {
          tenant_id: idle,
          mode: "postpaid",
          balance: "0.000000",
          credit_limit: "1000.000000",
          held: "0.000000",
        },
      ]);
      expect(
        await query("select kind, amount, balance_after from credit_transactions order by created_at"),
      ).toEqual([
        { kind: "opening", amount: "-7.500000", balance_after: "-7.500000" },
        { kind: "invoice_payment", amount: "2.500000", balance_after: "-5.000000" },
      ]);
      expect(
        await query(
          "select source, sum(amount) as amount, sum(commission_share) as share from ledger_funding group by 1",
        ),
      ).toEqual([{ source: "receivable", amount: "7.500000", share: "1.500000" }]);
      expect(await query("select kind, amount, earned_at from commission_events")).toEqual([
        { kind: "invoice_paid", amount: "0.500000", earned_at: new Date("2026-01-02T00:00:00Z") },
      ]);
      expect(await query("select credit_balance from subscriptions")).toEqual([
        { credit_balance: "-5.000000" },
      ]);
      expect(
        await query(
          "select status, paid_cents::int as paid, receivable, finalized_at is not null as is_final from invoices order by sequence",
        ),
      ).toEqual([
        { status: "paid", paid: 250, receivable: "2.500000", is_final: true },
        { status: "pending", paid: 0, receivable: "2.500000", is_final: true },
      ]);
    } finally {
      await old.close();
      rmSync(folder, { recursive: true });
    }
  });
});
