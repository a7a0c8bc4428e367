import { drizzle } from "drizzle-orm/node-postgres";
import { beforeAll, describe, expect, it } from "vitest";
import { asPlatform, asTenant, asWorker } from "@/db/access";
import { database } from "@/db/pool";
import { partnerRates, systemRates } from "@/db/schema/billing";
import { spendCaps } from "@/db/schema/caps";
import type { PlatformScope } from "@/db/scope";
import { newId } from "@/lib/ids";
import { recordUsage } from "@/lib/metering/record";
import { countQuantity } from "@/lib/metering/resources";
import { endingBefore } from "@/lib/runs/faults/testing/backends";
import { testServerUrl, withTestDatabase } from "@/lib/testing/database";
import { makePartner, makePlatform, makeTenant, type TestTenant } from "@/lib/testing/scopes";
import { hold } from "@/lib/wallet/money-gatherer";
import { give } from "@/lib/wallet/testing";
import { type Closer, closeTenant } from "./close";
import { monthOf } from "./period";
import { checkLedger } from "./run-checks";

withTestDatabase();

const DOLLAR = 1_000_000n;
const IN_OCTOBER = new Date(Date.UTC(2026, 9, 15));
const NOW = new Date(Date.UTC(2026, 10, 3));
let platform: PlatformScope;
let partnerId: string;

const rows = async (text: string, tenantId: string) =>
  (await (await database()).pool.query(text, [tenantId])).rows;
const broken = async () => (await checkLedger(platform)).filter(({ count }) => count > 0);

async function customer(): Promise<TestTenant> {
  const tenant = await makeTenant(partnerId);
  await give(tenant, { kind: "grant", source: "plan", amount: DOLLAR, key: "plan" });
  await give(tenant, { kind: "grant", source: "promo", amount: DOLLAR, key: "promo" });
  await give(tenant, { kind: "topup", source: "paid", amount: DOLLAR, key: "paid" });
  await asTenant(tenant.admin, (tx) =>
    tx.insert(spendCaps).values({ tenantId: tenant.tenantId, scope: "tenant", period: "day", amount: "9" }),
  );
  await asWorker(tenant.job, async (tx) => hold(tx, tenant.job, { key: "step" }, 4n * DOLLAR));
  return tenant;
}

/** What a step does when it ends: two rows, with the hold they were expected under. */
function settle({ job }: TestTenant) {
  const item = (idempotencyKey: string, count: number) =>
    ({
      resourceType: "workflow_node",
      modelKey: null,
      quantityMicros: countQuantity(count),
      idempotencyKey,
      holdKey: "step",
    }) as const;
  return asWorker(job, (tx) =>
    recordUsage(tx, job, { occurredAt: IN_OCTOBER, items: [item("a", 1), item("b", 2)] }),
  );
}

const closer: Closer = {
  get by() {
    return platform;
  },
  open: (work, options) => asPlatform(platform, work, options),
};
const close = ({ tenantId }: TestTenant) => closeTenant(closer, tenantId, monthOf(IN_OCTOBER), NOW);

/** Everything that is written down of a tenant's money, without what differs from one to the next. */
async function booksOf({ tenantId }: TestTenant) {
  const of = (columns: string, table: string) => {
    const places = columns.split(", ").map((_, at) => at + 1);
    return rows(
      `select ${columns} from ${table} where tenant_id = $1 order by ${places.join(", ")}`,
      tenantId,
    );
  };
  return {
    wallet: await of("balance, allowance, held, frozen", "wallets"),
    lots: await of("source, remaining, closed_at is null as is_open", "credit_lots"),
    moves: await of("kind, source, amount, balance_after, allowance_after", "credit_transactions"),
    holds: await of("key, status, amount, settled_amount", "credit_holds"),
    windows: await of("spent, held", "cap_windows"),
    alerts: await of("threshold", "spend_alerts"),
    ledger: await of("idempotency_key, quantity, tenant_cost, partner_commission", "ledger_entries"),
    funding: await of("source, amount, commission_share, payable", "ledger_funding"),
    invoices: await of("kind, status, total_amount, receivable, sequence is null as is_draft", "invoices"),
    lines: await of("kind, source, position, quantity, amount, amount_cents", "invoice_lines"),
    links: await rows("select count(*)::int as rows from invoice_entry_links where tenant_id = $1", tenantId),
  };
}

/** Tries until it is through, as the engine does. Gives how often that was. */
async function insist(work: () => Promise<unknown>): Promise<number> {
  for (let tries = 1; ; tries += 1) {
    try {
      await work();
      return tries;
    } catch (error) {
      if (tries === 3) throw error;
    }
  }
}

/** Ends the server's process before each statement in turn, and expects the books that nobody disturbed. */
async function expectTheSameWhereverItEnds(
  prepare: () => Promise<TestTenant>,
  work: (tenant: TestTenant) => Promise<unknown>,
) {
  const calm = await prepare();
  await work(calm);
  const expected = await booksOf(calm);
  let before = 1;
  for (; ; before += 1) {
    const tenant = await prepare();
    const sent = await endingBefore(before, () => insist(() => work(tenant)));
    expect(await booksOf(tenant), `before statement ${before}`).toEqual(expected);
    await work(tenant);
    expect(await booksOf(tenant), `again after statement ${before}`).toEqual(expected);
    if (sent < before) break;
  }
  expect(await broken()).toEqual([]);
  return before - 1;
}

// PGlite has no processes to end.
describe.runIf(testServerUrl())("a server process that ends between two statements", () => {
  beforeAll(async () => {
    platform = await makePlatform();
    partnerId = (await makePartner()).partnerId;
    const db = drizzle((await database()).pool);
    const thing = { resourceType: "workflow_node", unit: "node", effectiveFrom: new Date(0) };
    const systemRateId = newId();
    await db.insert(systemRates).values({ ...thing, id: systemRateId, rate: "1.000001" });
    await db.insert(partnerRates).values({ ...thing, partnerId, systemRateId, rate: "1.333333" });
  });

  it("of settling a step: nothing is lost and nothing is there twice", async () => {
    expect(await expectTheSameWhereverItEnds(customer, settle)).toBeGreaterThanOrEqual(4);
  });

  it("of closing a month: one document with one number", async () => {
    const used = async () => {
      const tenant = await customer();
      await settle(tenant);
      return tenant;
    };
    expect(await expectTheSameWhereverItEnds(used, close)).toBeGreaterThanOrEqual(20);
    const [numbers] = await (await database()).pool
      .query("select count(*)::int as given, max(sequence) as last from invoices where series = 'HB'")
      .then((answer) => answer.rows);
    expect(numbers.given).toBe(numbers.last);
  });
});
