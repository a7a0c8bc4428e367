import { drizzle } from "drizzle-orm/node-postgres";
import { beforeEach, describe, expect, it } from "vitest";
import { asWorker } from "@/db/access";
import { database } from "@/db/pool";
import { systemRates } from "@/db/schema/billing";
import type { PlatformScope } from "@/db/scope";
import { newId } from "@/lib/ids";
import { recordUsage } from "@/lib/metering/record";
import { tokenQuantity } from "@/lib/metering/resources";
import { withTestDatabase } from "@/lib/testing/database";
import { makePartner, makePlatform, makeTenant, type TestTenant } from "@/lib/testing/scopes";
import { closePeriod } from "./commands/close";
import { recordPayment } from "./commands/record-payment";
import { getCustomerInvoice, getInvoice, listInvoices, listLineRuns } from "./queries";
import { checkLedger } from "./run-checks";

withTestDatabase();

let platform: PlatformScope;
let tenant: TestTenant;
const OCTOBER = new Date(Date.UTC(2026, 9, 15));
const NOW = new Date(Date.UTC(2026, 10, 3));

async function use(who: TestTenant, tokens: number, at: Date): Promise<void> {
  await asWorker(who.job, (tx) =>
    recordUsage(tx, who.job, {
      occurredAt: at,
      items: [
        {
          resourceType: "text_tokens_input",
          modelKey: "m",
          quantityMicros: tokenQuantity(tokens),
          idempotencyKey: newId(),
        },
      ],
    }),
  );
}

beforeEach(async () => {
  platform ??= await makePlatform();
  tenant = await makeTenant();
  const { pool } = await database();
  await drizzle(pool)
    .insert(systemRates)
    .values({
      id: "01900000-0000-7000-8000-000000000001",
      resourceType: "text_tokens_input",
      unit: "1M_tokens",
      rate: "3.000000",
      effectiveFrom: new Date(0),
    })
    .onConflictDoNothing();
});

describe("closing a month", () => {
  it("makes one invoice whose lines open the usage behind them, to the micro-dollar", async () => {
    await use(tenant, 1_234_567, OCTOBER);
    await use(tenant, 1, OCTOBER);
    const [first] = await closePeriod(platform, { month: "2026-10", tenantId: tenant.tenantId }, NOW);
    expect(first?.outcome).toBe("invoiced");
    const invoice = await getInvoice(tenant.admin, first?.invoiceId ?? "");
    expect(invoice.totalAmount).toBe("3.700000");
    expect(invoice.lines).toMatchObject([{ amount: "3.703704", quantity: "1.234568", amountCents: 370n }]);
    const { runs, line } = await listLineRuns(tenant.admin, invoice.id, invoice.lines[0]?.id ?? "");
    expect(runs.map((run) => run.cost)).toEqual([line.amount]);
  });

  it("twice makes no second invoice, and late usage comes with the next one under its own month", async () => {
    await use(tenant, 1_000_000, OCTOBER);
    const close = () => closePeriod(platform, { month: "2026-10", tenantId: tenant.tenantId }, NOW);
    const [[one], [two]] = await Promise.all([close(), close()]);
    expect([one?.outcome, two?.outcome].sort()).toEqual(["already_invoiced", "invoiced"]);
    expect(one?.invoiceId).toBe(two?.invoiceId);
    await use(tenant, 2_000_000, OCTOBER);
    const [next] = await closePeriod(
      platform,
      { month: "2026-11", tenantId: tenant.tenantId },
      new Date(Date.UTC(2026, 11, 2)),
    );
    const invoice = await getInvoice(tenant.admin, next?.invoiceId ?? "");
    expect(invoice.lines).toMatchObject([
      { amountCents: 600n, serviceStart: new Date(Date.UTC(2026, 9, 1)) },
    ]);
    expect((await listInvoices(tenant.admin, {})).items).toHaveLength(2);
  });

  it("is refused before the month is over, and bills nothing that rounds to nothing", async () => {
    await expect(closePeriod(platform, { month: "2026-11" }, NOW)).rejects.toMatchObject({
      code: "invalid",
      fields: { month: [expect.any(String)] },
    });
    await use(tenant, 1, OCTOBER);
    const [closed] = await closePeriod(platform, { month: "2026-10", tenantId: tenant.tenantId }, NOW);
    expect(closed?.outcome).toBe("nothing_to_bill");
  });

  it("numbers invoices without a gap while many close at once", async () => {
    const many = await Promise.all(Array.from({ length: 8 }, () => makeTenant()));
    for (const one of many) await use(one, 1_000_000, OCTOBER);
    await Promise.all(
      many.map((one) => closePeriod(platform, { month: "2026-10", tenantId: one.tenantId }, NOW)),
    );
    const checks = await checkLedger(platform);
    expect(checks.filter((check) => check.count > 0)).toEqual([]);
  });
});

describe("an invoice", () => {
  it("does not exist for another workspace, nor for another partner", async () => {
    const partner = await makePartner();
    const customer = await makeTenant(partner.partnerId);
    await use(customer, 1_000_000, OCTOBER);
    const [closed] = await closePeriod(platform, { month: "2026-10", tenantId: customer.tenantId }, NOW);
    const invoiceId = closed?.invoiceId ?? "";
    await expect(getInvoice(tenant.admin, invoiceId)).rejects.toMatchObject({ code: "not_found" });
    await expect(getInvoice(customer.member, invoiceId)).rejects.toMatchObject({ code: "forbidden" });
    expect((await getCustomerInvoice(partner.scope, invoiceId)).sellerName).toBe(
      `Partner ${partner.partnerId}`,
    );
    const stranger = await makePartner();
    await expect(getCustomerInvoice(stranger.scope, invoiceId)).rejects.toMatchObject({ code: "not_found" });
  });

  it("is paid once", async () => {
    await use(tenant, 1_000_000, OCTOBER);
    const [closed] = await closePeriod(platform, { month: "2026-10", tenantId: tenant.tenantId }, NOW);
    const payment = {
      invoiceId: closed?.invoiceId ?? "",
      method: "bank_transfer" as const,
      reference: "TX-1",
    };
    await recordPayment(platform, payment, NOW);
    await recordPayment(platform, payment, NOW);
    await expect(recordPayment(platform, { ...payment, reference: "TX-2" }, NOW)).rejects.toMatchObject({
      code: "conflict",
    });
    expect(await getInvoice(tenant.admin, payment.invoiceId)).toMatchObject({
      status: "paid",
      paidDate: NOW,
    });
  });
});
