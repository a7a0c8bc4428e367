import { drizzle } from "drizzle-orm/node-postgres";
import { beforeAll, describe, expect, it } from "vitest";
import { asPlatform, asWorker } from "@/db/access";
import { database } from "@/db/pool";
import { ledgerEntries, partnerRates, systemRates } from "@/db/schema/billing";
import { closePeriod } from "@/lib/billing/commands/close";
import { reverseEntry } from "@/lib/billing/commands/correct";
import { checkLedgerAsOperator } from "@/lib/billing/run-checks";
import { newId } from "@/lib/ids";
import { withTestDatabase } from "@/lib/testing/database";
import { makePartner, makePlatform, makeTenant, type TestTenant } from "@/lib/testing/scopes";
import { recordUsage } from "./record";
import { countQuantity } from "./resources";

withTestDatabase();

const DAY_MS = 86_400_000;
const utc = (text: string) => new Date(`${text}Z`);
const LEFT = utc("2026-10-12T08:00:00.500");
const CAME = utc("2026-10-20T00:00:00.000");

let first: string;
let second: string;
let tenant: TestTenant;

/** Hands the tenant over, as an admin's verb does: the row says since when. */
async function handOver(partnerId: string | null, since: Date): Promise<void> {
  const { pool } = await database();
  await pool.query("update tenants set partner_id = $1, partner_since = $2 where id = $3", [
    partnerId,
    since,
    tenant.tenantId,
  ]);
}

async function setPrices(): Promise<void> {
  const db = drizzle((await database()).pool);
  const thing = { resourceType: "workflow_node", unit: "node", effectiveFrom: new Date(0) };
  const base = newId();
  const rise = utc("2026-10-10T00:00:00");
  await db.insert(systemRates).values({ ...thing, id: base, rate: "0.100000" });
  await db.insert(partnerRates).values([
    { ...thing, partnerId: first, systemRateId: base, rate: "0.300000", effectiveTo: rise },
    { ...thing, partnerId: first, systemRateId: base, rate: "0.400000", effectiveFrom: rise },
    { ...thing, partnerId: second, systemRateId: base, rate: "0.700000" },
  ]);
}

/** Ten nodes, told of today by a job that knows nothing of when it was. */
async function use(time: string): Promise<string> {
  const item = { resourceType: "workflow_node", modelKey: null, quantityMicros: countQuantity(10) } as const;
  await asWorker(tenant.job, (tx) =>
    recordUsage(tx, tenant.job, {
      occurredAt: utc(time),
      items: [{ ...item, idempotencyKey: time }],
    }),
  );
  return time;
}

async function rowOf(key: string) {
  const rows = await asWorker(tenant.job, (tx) => tx.select().from(ledgerEntries));
  return rows.find((row) => row.idempotencyKey === key);
}

beforeAll(async () => {
  first = (await makePartner()).partnerId;
  second = (await makePartner()).partnerId;
  await setPrices();
  tenant = await makeTenant(first);
  await handOver(null, LEFT);
  await handOver(second, CAME);
});

describe("usage that is told of late", () => {
  it.each([
    ["2026-10-05T00:00:00", "first", "3.000000", "2.000000"],
    ["2026-10-11T00:00:00", "first", "4.000000", "3.000000"],
    ["2026-10-12T08:00:00.499", "first", "4.000000", "3.000000"],
    ["2026-10-12T08:00:00.500", null, "1.000000", "0.000000"],
    ["2026-10-19T23:59:59.999", null, "1.000000", "0.000000"],
    ["2026-10-20T00:00:00.000", "second", "7.000000", "6.000000"],
  ])("of %s is %s's, at its price of then", async (time, holder, tenantCost, partnerCommission) => {
    await use(time);
    const partnerId = { first, second }[holder ?? ""] ?? null;
    expect(await rowOf(time)).toMatchObject({ partnerId, tenantCost, partnerCommission });
  });

  it("is taken back as it was rated, whoever holds the tenant now", async () => {
    const entry = await rowOf("2026-10-05T00:00:00");
    await reverseEntry(await makePlatform(), { entryId: entry?.id ?? "", reason: "It was not theirs." });
    expect(await rowOf(`reverse:${entry?.id}`)).toMatchObject({
      partnerId: first,
      tenantCost: "-3.000000",
      partnerCommission: "-2.000000",
      tenantRate: "0.300000",
    });
  });

  it("is billed by each seller in a document of its own", async () => {
    const admin = await makePlatform();
    const month = { month: "2026-10", tenantId: tenant.tenantId };
    const closed = await closePeriod(admin, month, utc("2026-11-01T02:00:00"));
    expect(closed.map(({ outcome }) => outcome)).toEqual(["invoiced", "invoiced", "invoiced"]);
    const { pool } = await database();
    const { rows } = await pool.query(
      `select partner_id, seller_name, total_amount::text, period_start, period_end from invoices
       where tenant_id = $1 order by period_start`,
      [tenant.tenantId],
    );
    const found = rows.map((row) => [row.partner_id, row.total_amount, row.period_start, row.period_end]);
    expect(found).toEqual([
      [first, "8.000000", utc("2026-10-01T00:00:00"), LEFT],
      [null, "2.000000", LEFT, CAME],
      [second, "7.000000", CAME, utc("2026-11-01T00:00:00")],
    ]);
    expect(rows[1].seller_name).toBe("HireBuddha");
    const again = await closePeriod(admin, month, utc("2026-11-02T02:00:00"));
    expect(again.map(({ outcome }) => outcome)).toEqual(Array.from({ length: 3 }, () => "already_invoiced"));
    expect((await checkLedgerAsOperator()).filter(({ count }) => count > 0)).toEqual([]);
  });
});

describe("the history of who held a tenant", () => {
  it("has no hole and no overlap, and ends in what the tenant's row says", async () => {
    const { rows } = await asPlatform(await makePlatform(), (tx) =>
      tx.execute<{ partner_id: string | null; from: string | null; to: string | null }>(
        `select partner_id, effective_from as "from", effective_to as "to" from tenant_partner_history
         where tenant_id = '${tenant.tenantId}' order by effective_from nulls first`,
      ),
    );
    expect(rows.map((row) => row.partner_id)).toEqual([first, null, second]);
    expect(rows.map((row) => row.from)).toEqual([null, rows[0]?.to, rows[1]?.to]);
    expect(rows.at(-1)?.to).toBeNull();
  });

  it("cannot be made to overlap", async () => {
    const { pool } = await database();
    await expect(
      pool.query(
        "insert into tenant_partner_history (id, tenant_id, effective_from, effective_to) values ($1, $2, $3, $4)",
        [newId(), tenant.tenantId, utc("2026-10-12T00:00:00"), utc("2026-10-13T00:00:00")],
      ),
    ).rejects.toMatchObject({ code: "23P01" });
  });

  it("puts two changes of one moment one after the other", async () => {
    const moment = new Date(Date.now() + DAY_MS);
    await handOver(null, moment);
    await handOver(second, moment);
    const { pool } = await database();
    const { rows } = await pool.query(
      `select effective_to - effective_from as held from tenant_partner_history
       where tenant_id = $1 and effective_from = $2`,
      [tenant.tenantId, moment],
    );
    expect(rows[0]?.held.milliseconds).toBe(1);
  });
});
