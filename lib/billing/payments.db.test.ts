import { beforeEach, describe, expect, it } from "vitest";
import { asPlatform, asSystem, asWorker } from "@/db/access";
import { database } from "@/db/pool";
import { ledgerEntries } from "@/db/schema/billing";
import { payments } from "@/db/schema/payments";
import type { PlatformScope } from "@/db/scope";
import { newId } from "@/lib/ids";
import { microsToNumeric } from "@/lib/money";
import { withTestDatabase } from "@/lib/testing/database";
import { makePartner, makePlatform, makeTenant, type TestTenant } from "@/lib/testing/scopes";
import { charge } from "@/lib/wallet/money-gatherer";
import { brokenMoney, give } from "@/lib/wallet/testing";
import { applyPayment } from "./apply-payment";
import { closePeriod } from "./commands/close";
import { issueCreditNote } from "./commands/credit-note";
import { recordPayment } from "./commands/record-payment";
import { voidInvoice } from "./commands/void";
import { makeFeeInvoice } from "./fee-testing";
import { getInvoice, listInvoices } from "./queries";
import { checkLedger } from "./run-checks";

withTestDatabase();

let platform: PlatformScope;
let partnerId: string;
let tenant: TestTenant;
const NOW = new Date(Date.UTC(2026, 10, 3));
const REASON = "Agreed with the customer";

const query = async (text: string) => (await (await database()).pool.query(text)).rows;
const balance = async () =>
  (await query(`select balance from wallets where tenant_id = '${tenant.tenantId}'`))[0].balance;
const earned = async () =>
  (
    await query(
      `select coalesce(sum(amount), 0)::numeric(18,6) as sum from commission_events where tenant_id = '${tenant.tenantId}'`,
    )
  )[0].sum;
const numbersOf = async () =>
  (await listInvoices(tenant.admin, {})).items.map(({ status, totalAmount }) => `${status} ${totalAmount}`);

/** Usage of October that cost so much, a fifth of which is the partner's. */
async function use(costMicros: bigint): Promise<void> {
  const id = newId();
  await asWorker(tenant.job, async (tx) => {
    const commission = costMicros / 5n;
    await tx.insert(ledgerEntries).values({
      id,
      tenantId: tenant.tenantId,
      partnerId,
      resourceType: "workflow_node",
      unit: "node",
      quantity: "1",
      platformCost: microsToNumeric(costMicros - commission),
      tenantCost: microsToNumeric(costMicros),
      partnerCommission: microsToNumeric(commission),
      systemRate: microsToNumeric(costMicros - commission),
      tenantRate: microsToNumeric(costMicros),
      idempotencyKey: id,
      occurredAt: new Date(Date.UTC(2026, 9, 15)),
    });
    charge(tx, tenant.job, { entryIds: [id], holdKey: null, isGuarded: false });
  });
}

async function invoiced(): Promise<string> {
  const [closed] = await closePeriod(platform, { month: "2026-10", tenantId: tenant.tenantId }, NOW);
  return closed?.invoiceId ?? "";
}

const pay = (invoiceId: string) =>
  recordPayment(platform, { invoiceId, method: "bank_transfer", reference: "TX" }, NOW);

async function expectSound(): Promise<void> {
  expect(await brokenMoney()).toEqual([]);
  expect((await checkLedger(platform)).filter((check) => check.count > 0)).toEqual([]);
}

beforeEach(async () => {
  platform = await makePlatform();
  partnerId = (await makePartner()).partnerId;
  tenant = await makeTenant(partnerId);
});

describe("what credit paid for", () => {
  it("is taken off the invoice, and the payment gives back what is left, to the micro-dollar", async () => {
    await give(tenant, { kind: "grant", source: "promo", amount: 2_000_000n, key: "promo" });
    await use(5_003_333n);
    const invoiceId = await invoiced();
    const invoice = await getInvoice(tenant.admin, invoiceId);
    expect(invoice.totalAmount).toBe("3.000000");
    expect(invoice.lines.map((line) => [line.kind, line.amountCents])).toEqual([
      ["usage", 500n],
      ["covered", -200n],
    ]);
    expect(await balance()).toBe("-3.003333");
    await pay(invoiceId);
    expect(await balance()).toBe("0.000000");
    // A fifth of what money paid for; the promotion earns nothing.
    expect(await earned()).toBe("0.600666");
    await expectSound();
  });

  it("makes a statement with a number of its own when nothing is left to pay", async () => {
    await give(tenant, { kind: "topup", source: "paid", amount: 10_000_000n, key: "topup" });
    await use(4_004_000n);
    const invoice = await getInvoice(tenant.admin, await invoiced());
    expect(invoice).toMatchObject({ status: "paid", totalAmount: "0.000000" });
    expect(invoice.invoiceNumber).toMatch(/^ST-2026-/);
    expect(await balance()).toBe("5.996000");
    await expectSound();
  });

  it("is fixed once usage is on a document: a top-up that comes later pays no part of it", async () => {
    await use(3_000_000n);
    const invoiceId = await invoiced();
    await use(1_000_000n);
    await give(tenant, { kind: "topup", source: "paid", amount: 10_000_000n, key: "late" });
    await pay(invoiceId);
    expect(await balance()).toBe("9.000000");
    await expectSound();
  });
});

describe("a payment", () => {
  it("is booked once, whoever tells of it, and lifts what the debt had stopped", async () => {
    await use(3_000_000n);
    const invoiceId = await invoiced();
    await query(`update invoices set dunning_stage = 4 where id = '${invoiceId}'`);
    await query(
      `update tenants set status = 'suspended', suspended_by = 'dunning' where id = '${tenant.tenantId}'`,
    );
    const paymentId = newId();
    await asSystem("test", (tx) =>
      tx.insert(payments).values({
        id: paymentId,
        tenantId: tenant.tenantId,
        invoiceId,
        method: "card",
        amountCents: 300n,
        requestKey: "click",
        stripePaymentIntentId: `pi_${paymentId}`,
      }),
    );
    await expect(pay(invoiceId)).rejects.toMatchObject({ code: "conflict" });
    const tell = () => asPlatform(platform, (tx) => applyPayment(tx, platform, { paymentId, at: NOW }));
    const told = await Promise.all([tell(), tell(), tell()]);
    expect(told.map(({ isNew }) => isNew).sort()).toEqual([false, false, true]);
    expect(await getInvoice(tenant.admin, invoiceId)).toMatchObject({ status: "paid", paidDate: NOW });
    const [row] = await query(`select status from tenants where id = '${tenant.tenantId}'`);
    expect(row.status).toBe("active");
    expect(await earned()).toBe("0.600000");
    await expectSound();
  });

  it("of more than is due, or for an invoice that is void, becomes credit", async () => {
    await use(3_000_000n);
    const invoiceId = await invoiced();
    const [over, late] = [newId(), newId()];
    const arrive = (id: string, amountCents: bigint, attempt: number) =>
      asPlatform(platform, async (tx) => {
        const about = { tenantId: tenant.tenantId, invoiceId, method: "bank_transfer", requestKey: id };
        await tx.insert(payments).values({ ...about, id, amountCents, attempt });
        return applyPayment(tx, platform, { paymentId: id, at: NOW });
      });
    await arrive(over, 500n, 1);
    expect(await balance()).toBe("2.000000");
    expect(await arrive(late, 300n, 2)).toMatchObject({ isNew: true, isPaid: false });
    expect(await balance()).toBe("5.000000");
    await expectSound();
  });
});

describe("a void invoice", () => {
  it("keeps its number and lines, and what it asked for is written off", async () => {
    await use(3_000_000n);
    const invoiceId = await invoiced();
    await voidInvoice(platform, { invoiceId, reason: REASON, outcome: "write_off" }, NOW);
    expect(await balance()).toBe("0.000000");
    expect(await getInvoice(tenant.admin, invoiceId)).toMatchObject({
      status: "void",
      totalAmount: "3.000000",
    });
    const [again] = await closePeriod(platform, { month: "2026-10", tenantId: tenant.tenantId }, NOW);
    expect(again?.outcome).toBe("nothing_to_bill");
    await expect(pay(invoiceId)).rejects.toMatchObject({ code: "conflict" });
    await expect(
      voidInvoice(platform, { invoiceId, reason: REASON, outcome: "write_off" }),
    ).rejects.toMatchObject({
      code: "conflict",
    });
    await expectSound();
  });

  it("is billed again under a new number, with the tax and the details of that day", async () => {
    await use(3_000_000n);
    const invoiceId = await invoiced();
    await query(
      `insert into tax_rates (id, country, name, percent, effective_from) values ('${newId()}', 'AT', 'VAT', 20, '2020-01-01')`,
    );
    await query(
      `insert into billing_profiles (tenant_id, legal_name, country) values ('${tenant.tenantId}', 'Legal Ltd', 'AT')`,
    );
    const { replacedBy } = await voidInvoice(platform, { invoiceId, reason: REASON, outcome: "again" }, NOW);
    const made = await getInvoice(tenant.admin, replacedBy ?? "");
    expect(made).toMatchObject({ customerName: "Legal Ltd", status: "pending", totalAmount: "3.600000" });
    expect((await numbersOf()).sort()).toEqual(["pending 3.600000", "void 3.000000"]);
    expect(await balance()).toBe("-3.000000");
    await pay(made.id);
    expect(await balance()).toBe("0.000000");
    await expectSound();
  });
});

describe("a credit note", () => {
  const note = (
    invoiceId: string,
    amount: bigint,
    refund: "credit" | "money" = "credit",
    requestKey = newId(),
  ) =>
    issueCreditNote(
      platform,
      {
        invoiceId,
        reason: REASON,
        refund,
        requestKey,
        lines: [{ description: "Goodwill", amount }],
      },
      NOW,
    );

  it("of a paid invoice gives credit or a refund, takes commission back in proportion, and no more than all", async () => {
    await use(10_000_000n);
    const invoiceId = await invoiced();
    await pay(invoiceId);
    expect(await earned()).toBe("2.000000");
    const first = await note(invoiceId, 250n);
    expect(first.number).toMatch(/^CN-2026-/);
    expect(await balance()).toBe("2.500000");
    expect(await earned()).toBe("1.500000");
    await expect(note(invoiceId, 751n)).rejects.toMatchObject({ code: "invalid" });
    const second = await note(invoiceId, 750n, "money");
    expect(second.refundId).not.toBeNull();
    expect(await balance()).toBe("2.500000");
    expect(await earned()).toBe("0.000000");
    expect((await getInvoice(tenant.admin, invoiceId)).status).toBe("refunded");
    await expect(note(invoiceId, 1n)).rejects.toMatchObject({ code: "conflict" });
    await expectSound();
  });

  it("of an unpaid one makes less due: the rest pays it, and clears the wallet", async () => {
    await use(10_000_000n);
    const invoiceId = await invoiced();
    await expect(note(invoiceId, 1_000n)).rejects.toMatchObject({ code: "conflict" });
    await note(invoiceId, 400n);
    await pay(invoiceId);
    const [row] = await query(`select paid_cents from invoices where id = '${invoiceId}'`);
    expect(row.paid_cents).toBe("600");
    expect(await balance()).toBe("0.000000");
    expect(await earned()).toBe("1.200000");
    await expectSound();
  });

  it("is one for a click, whichever way it goes: pressed again it is the same, also when nothing else is left", async () => {
    await use(10_000_000n);
    const invoiceId = await invoiced();
    await pay(invoiceId);
    for (const [amount, way] of [
      [250n, "credit"],
      [750n, "money"],
    ] as const) {
      const requestKey = newId();
      const press = () => note(invoiceId, amount, way, requestKey);
      const [first, ...others] = await Promise.all([press(), press(), press()]);
      expect([...others, await press()]).toEqual([first, first, first]);
      const other = note(await makeFeeInvoice(tenant, NOW), amount, way, requestKey);
      await expect(other).rejects.toMatchObject({ code: "conflict", reason: "request_changed" });
    }
    expect(await balance()).toBe("2.500000");
    expect(await earned()).toBe("0.000000");
    const { status, creditedCents, creditNotes } = await getInvoice(tenant.admin, invoiceId);
    expect({ status, creditedCents, notes: creditNotes.length }).toEqual({
      status: "refunded",
      creditedCents: 1000n,
      notes: 2,
    });
    const sent = await query(`select amount_cents from refunds where tenant_id = '${tenant.tenantId}'`);
    expect(sent).toEqual([{ amount_cents: "750" }]);
    await expectSound();
  });

  it("is given once for the last cent, however many give it at once", async () => {
    await use(1_000_000n);
    const invoiceId = await invoiced();
    await pay(invoiceId);
    const ends = await Promise.allSettled(Array.from({ length: 4 }, () => note(invoiceId, 100n)));
    expect(ends.filter((end) => end.status === "fulfilled")).toHaveLength(1);
    expect(await balance()).toBe("1.000000");
    await expectSound();
  });
});
