import { beforeEach, describe, expect, it } from "vitest";
import { asPlatform, asSystem } from "@/db/access";
import { payments } from "@/db/schema/payments";
import type { PlatformScope } from "@/db/scope";
import { newId } from "@/lib/ids";
import { withTestDatabase } from "@/lib/testing/database";
import type { TestTenant } from "@/lib/testing/scopes";
import { give } from "@/lib/wallet/testing";
import { applyPayment } from "./apply-payment";
import { closePeriod } from "./commands/close";
import { voidInvoice } from "./commands/void";
import { NOW, octoberCustomer, query } from "./october-testing";
import { getInvoice, listInvoices } from "./queries";

withTestDatabase();

const { made, use, invoiced, pay, balance, earned, expectSound } = octoberCustomer();
const REASON = "Agreed with the customer";

let platform: PlatformScope;
let tenant: TestTenant;
beforeEach(() => {
  ({ platform, tenant } = made());
});
const numbersOf = async () =>
  (await listInvoices(tenant.admin, {})).items.map(({ status, totalAmount }) => `${status} ${totalAmount}`);

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
    const old = await getInvoice(tenant.admin, invoiceId);
    expect(made).toMatchObject({
      replaces: { id: old.id, invoiceNumber: old.invoiceNumber },
      replacedBy: null,
    });
    expect(old).toMatchObject({
      replacedBy: { id: made.id, invoiceNumber: made.invoiceNumber },
      replaces: null,
    });
    expect(await balance()).toBe("-3.000000");
    await pay(made.id);
    expect(await balance()).toBe("0.000000");
    await expectSound();
  });
});
