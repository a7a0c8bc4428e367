import { drizzle } from "drizzle-orm/node-postgres";
import { afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { asTenant, asWorker } from "@/db/access";
import { database } from "@/db/pool";
import { partnerRates, systemRates } from "@/db/schema/billing";
import { spendCaps } from "@/db/schema/caps";
import type { PlatformScope } from "@/db/scope";
import { newId } from "@/lib/ids";
import { recordUsage } from "@/lib/metering/record";
import { countQuantity } from "@/lib/metering/resources";
import { withTestDatabase } from "@/lib/testing/database";
import { makePartner, makePlatform, makeTenant, type TestTenant } from "@/lib/testing/scopes";
import { give } from "@/lib/wallet/testing";
import { closePeriod } from "./commands/close";
import { adjustEntry, reverseEntry } from "./commands/correct";
import { recordPayment } from "./commands/record-payment";
import { voidInvoice } from "./commands/void";
import { adjustEntryInput } from "./input";
import { getLedgerEntry } from "./ledger-queries";
import { getInvoice } from "./queries";
import { checkLedger } from "./run-checks";

withTestDatabase();

const DOLLAR = 1_000_000n;
const reason = "The model answered twice.";
let platform: PlatformScope;
let partnerId: string;
let tenant: TestTenant;

const query = async (text: string) => (await (await database()).pool.query(text, [tenant.tenantId])).rows;
const balance = async () => (await query("select balance from wallets where tenant_id = $1"))[0].balance;

const lots = () => query("select remaining from credit_lots where tenant_id = $1 order by id");
const payable = async () =>
  (await query("select sum(payable)::numeric(18,6) as sum from ledger_funding where tenant_id = $1"))[0].sum;

async function use(nodes: number, month = 9): Promise<string> {
  const idempotencyKey = newId();
  const items = [
    {
      resourceType: "workflow_node",
      modelKey: null,
      quantityMicros: countQuantity(nodes),
      idempotencyKey,
    } as const,
  ];
  const occurredAt = new Date(Date.UTC(2026, month, 15));
  await asWorker(tenant.job, (tx) => recordUsage(tx, tenant.job, { occurredAt, items }));
  const { pool } = await database();
  return (await pool.query("select id from ledger_entries where idempotency_key = $1", [idempotencyKey]))
    .rows[0].id;
}

const adjust = (entryId: string, amount: string, requestKey = newId()) =>
  adjustEntry(platform, adjustEntryInput.parse({ entryId, amount, reason, requestKey }));

async function close(month: string, now: Date) {
  const [closed] = await closePeriod(platform, { month, tenantId: tenant.tenantId }, now);
  return closed;
}

beforeAll(async () => {
  platform = await makePlatform();
  partnerId = (await makePartner()).partnerId;
  const db = drizzle((await database()).pool);
  const thing = { resourceType: "workflow_node", unit: "node", effectiveFrom: new Date(0) };
  const systemRateId = newId();
  await db.insert(systemRates).values({ ...thing, id: systemRateId, rate: "1.000000" });
  await db.insert(partnerRates).values({ ...thing, partnerId, systemRateId, rate: "1.333333" });
});
beforeEach(async () => {
  tenant = await makeTenant(partnerId);
});
afterEach(async () => {
  expect((await checkLedger(platform)).filter(({ count }) => count > 0)).toEqual([]);
});

describe("reversing an entry", () => {
  it("gives back what had paid for it and the partner's share, once, with its reason", async () => {
    await give(tenant, { kind: "topup", source: "paid", amount: 3n * DOLLAR, key: "paid" });
    const entryId = await use(3);
    expect(await balance()).toBe("-0.999999");
    const { correctionId } = await reverseEntry(platform, { entryId, reason });
    expect(await balance()).toBe("3.000000");
    expect(
      await query(
        "select sum(payable)::text as payable, sum(amount)::text as amount from ledger_funding where tenant_id = $1",
      ),
    ).toEqual([{ payable: "0.000000", amount: "0.000000" }]);
    const entry = await getLedgerEntry(platform, entryId);
    expect(entry).toMatchObject({
      leftMicros: 0n,
      corrections: [{ id: correctionId, entryType: "reversal", note: reason }],
    });
    await expect(reverseEntry(platform, { entryId, reason })).rejects.toMatchObject({ code: "conflict" });
    await expect(reverseEntry(platform, { entryId: correctionId, reason })).rejects.toMatchObject({
      reason: "not_usage",
    });
    await expect(reverseEntry(platform, { entryId: newId(), reason })).rejects.toMatchObject({
      code: "not_found",
    });
    const [noted] = await query(
      "select action, reason, before, after from audit_log where tenant_id = $1 and action like 'ledger.%'",
    );
    expect(noted).toMatchObject({ action: "ledger.reverse", reason, after: { correction: correctionId } });
  });

  it("of an entry that was owed leaves nothing of it for money that comes later, and earns nobody anything", async () => {
    const entryId = await use(3);
    await reverseEntry(platform, { entryId, reason });
    expect(await balance()).toBe("0.000000");
    await give(tenant, { kind: "topup", source: "paid", amount: 5n * DOLLAR, key: "later" });
    expect(await lots()).toEqual([{ remaining: "5.000000" }]);
    expect(await balance()).toBe("5.000000");
    expect(await payable()).toBe("0.000000");
  });

  it("of an entry on a paid invoice comes off the next one, under its own dates", async () => {
    const entryId = await use(3);
    const paid = await close("2026-10", new Date(Date.UTC(2026, 10, 3)));
    const payment = { method: "bank_transfer", reference: "TX" } as const;
    await recordPayment(
      platform,
      { invoiceId: paid?.invoiceId ?? "", ...payment },
      new Date(Date.UTC(2026, 10, 4)),
    );
    await reverseEntry(platform, { entryId, reason });
    expect(await balance()).toBe("3.999999");
    // Alone it asks for less than nothing: it waits for usage it can come off.
    expect(await close("2026-11", new Date(Date.UTC(2026, 11, 3)))).toMatchObject({
      outcome: "nothing_to_bill",
    });
    await use(5, 11);
    const next = await close("2026-12", new Date(Date.UTC(2027, 0, 3)));
    const invoice = await getInvoice(tenant.admin, next?.invoiceId ?? "");
    expect(
      invoice.lines.map(({ amountCents, serviceStart }) => [serviceStart.getUTCMonth(), amountCents]),
    ).toEqual([
      [9, -400n],
      [11, 667n],
    ]);
    expect((await getLedgerEntry(platform, entryId)).invoice?.id).toBe(paid?.invoiceId);
  });
});

describe("adjusting an entry", () => {
  it("of an entry that was written off with its invoice is refused, and not once that is billed again", async () => {
    const refused = { code: "conflict", reason: "written_off" };
    for (const outcome of ["write_off", "again"] as const) {
      tenant = await makeTenant(partnerId);
      const entryId = await use(30);
      const invoiceId = (await close("2026-10", new Date("2026-11-01T02:00:00Z")))?.invoiceId ?? "";
      await voidInvoice(platform, { invoiceId, reason, outcome });
      const corrections = [() => adjust(entryId, "1"), () => reverseEntry(platform, { entryId, reason })];
      for (const correct of corrections.slice(outcome === "again" ? 1 : 0))
        await (outcome === "again" ? correct() : expect(correct()).rejects.toMatchObject(refused));
      expect(await balance()).toBe("0.000000");
    }
  });

  it("takes parts back until nothing is left, the shares adding up to the entry", async () => {
    const entryId = await use(3);
    await adjust(entryId, "1.111111");
    await adjust(entryId, "0.000001");
    await expect(adjust(entryId, "2.888888")).rejects.toMatchObject({
      fields: { amount: ["At most $2.888887 of this entry is left."] },
    });
    await expect(reverseEntry(platform, { entryId, reason })).rejects.toMatchObject({ code: "conflict" });
    await adjust(entryId, "2.888887");
    await expect(adjust(entryId, "0.000001")).rejects.toMatchObject({
      fields: { amount: ["Nothing of this entry is left."] },
    });
    expect(await balance()).toBe("0.000000");
    expect(
      await query(`select sum(quantity)::text as quantity, sum(tenant_cost)::text as cost, sum(platform_cost)::text as base,
        sum(partner_commission)::text as commission from ledger_entries where tenant_id = $1`),
    ).toEqual([{ quantity: "0.000000", cost: "0.000000", base: "0.000000", commission: "0.000000" }]);
  });

  it("gives each part back to what paid for it, once: what was owed first, then the credit and its commission", async () => {
    await give(tenant, { kind: "topup", source: "paid", amount: 2n * DOLLAR, key: "paid" });
    const entryId = await use(3);
    await adjust(entryId, "1.999999");
    expect(await lots()).toEqual([{ remaining: "0.000000" }]);
    await adjust(entryId, "1.5");
    expect(await lots()).toEqual([{ remaining: "1.500000" }]);
    await adjust(entryId, "0.5");
    expect(await lots()).toEqual([{ remaining: "2.000000" }]);
    expect(await balance()).toBe("2.000000");
    expect(await payable()).toBe("0.000000");
  });

  it("leaves only the rest of what is owed for money that comes later", async () => {
    const entryId = await use(3);
    await adjust(entryId, "3");
    await give(tenant, { kind: "topup", source: "paid", amount: 5n * DOLLAR, key: "later" });
    expect(await lots()).toEqual([{ remaining: "4.000001" }]);
    expect(await balance()).toBe("4.000001");
    // Of the 0.999999 of the whole entry 0.749999 went back with three of its 3.999999 dollars.
    expect(await payable()).toBe("0.250000");
  });

  it("is done once for a click, and never takes more than is left, however many press at once", async () => {
    const entryId = await use(3);
    const requestKey = newId();
    const clicks = await Promise.all([1, 2, 3].map(() => adjust(entryId, "1", requestKey)));
    expect(new Set(clicks.map(({ correctionId }) => correctionId)).size).toBe(1);
    const changed = { code: "conflict", reason: "request_changed" };
    await expect(adjust(entryId, "0.5", requestKey)).rejects.toMatchObject(changed);
    await expect(adjust(await use(1), "1", requestKey)).rejects.toMatchObject(changed);
    const many = await Promise.allSettled(Array.from({ length: 6 }, () => adjust(entryId, "1")));
    expect(many.filter(({ status }) => status === "fulfilled")).toHaveLength(2);
    expect(await balance()).toBe("-2.333332");
  });

  it("makes no room under a cap of today", async () => {
    await asTenant(tenant.admin, (tx) =>
      tx.insert(spendCaps).values({ tenantId: tenant.tenantId, scope: "tenant", period: "day", amount: "9" }),
    );
    const entryId = await use(3);
    const spent = () => query("select spent from cap_windows where tenant_id = $1");
    const before = await spent();
    await adjust(entryId, "3");
    expect(before).toEqual([{ spent: "3.999999" }]);
    expect(await spent()).toEqual(before);
  });

  it("is refused to everybody else, and with an amount that is none", async () => {
    const entryId = await use(1);
    const input = { entryId, amount: DOLLAR, reason, requestKey: newId() };
    await expect(adjustEntry(tenant.admin as unknown as PlatformScope, input)).rejects.toMatchObject({
      code: "forbidden",
    });
    for (const amount of ["-1", "0", "0.0000001", "x"])
      expect(adjustEntryInput.safeParse({ ...input, amount }).success, amount).toBe(false);
  });
});
