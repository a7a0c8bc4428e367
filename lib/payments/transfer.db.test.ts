import { afterEach, beforeAll, describe, expect, it } from "vitest";
import type { PlatformScope } from "@/db/scope";
import { checkLedger } from "@/lib/billing/run-checks";
import { newId } from "@/lib/ids";
import { withTestDatabase } from "@/lib/testing/database";
import { papers } from "./bought-testing";
import { cancelTransfer, cancelTransferOf, orderTransfer, recordTransfer } from "./commands/transfer";
import { orderTransferInput, recordTransferInput } from "./input";
import { makeTaxingPlatform, payerIn } from "./taxed-testing";
import { books } from "./testing";
import { listAwaitedTransfers, listCreditOrders } from "./transfer-queries";

withTestDatabase();

let admin: PlatformScope;
beforeAll(async () => {
  admin = await makeTaxingPlatform();
});
afterEach(async () => {
  expect((await checkLedger(admin)).filter(({ count }) => count > 0)).toEqual([]);
});

const payer = () => payerIn("DE");

const click = (amount = "100") => orderTransferInput.parse({ amount, requestKey: newId() });
const came = (topupId: string) =>
  recordTransferInput.parse({ topupId, method: "bank_transfer", reference: "SEPA 4711" });

describe("credit by bank transfer", () => {
  it("is ordered with its tax, once a click, and given once when an admin records the money", async () => {
    const tenant = await payer();
    const input = click();
    const order = await orderTransfer(tenant.admin, input);
    expect(await orderTransfer(tenant.admin, input)).toEqual(order);
    expect(order).toMatchObject({ creditCents: 10_000n, taxCents: 1900n, totalCents: 11_900n });
    expect(order.reference).toMatch(/^CR-[0-9A-F]{10}$/);
    expect(await listCreditOrders(tenant.admin)).toMatchObject([
      { topupId: order.topupId, reference: order.reference, amount: "100.000000", totalCents: 11_900n },
    ]);
    expect(await listAwaitedTransfers(admin)).toMatchObject([
      { topupId: order.topupId, tenantId: tenant.tenantId },
    ]);
    expect(await books(tenant)).toMatchObject({ balance: "0.000000", topups: ["pending"] });

    await Promise.all([1, 2, 3].map(() => recordTransfer(admin, came(order.topupId))));
    expect(await books(tenant)).toMatchObject({
      balance: "100.000000",
      moves: ["topup 100.000000"],
      topups: ["paid"],
      payments: ["succeeded"],
    });
    const another = { ...came(order.topupId), reference: "SEPA 4712" };
    await expect(recordTransfer(admin, another)).rejects.toMatchObject({
      reason: "paid",
      message: expect.stringContaining("SEPA 4711"),
    });
    expect(await papers(tenant)).toEqual({ invoices: ["10000 + 1900 paid: VAT 19 %"], notes: [] });
    expect(await listCreditOrders(tenant.admin)).toEqual([]);
    expect(await listAwaitedTransfers(admin)).toEqual([]);
    await expect(cancelTransfer(tenant.admin, order)).rejects.toMatchObject({ reason: "paid" });
  });

  it("is withdrawn by who ordered it or an admin, and then no money is recorded for it", async () => {
    const tenant = await payer();
    const [mine, theirs] = [
      await orderTransfer(tenant.admin, click()),
      await orderTransfer(tenant.admin, click()),
    ];
    await cancelTransfer(tenant.admin, mine);
    await cancelTransfer(tenant.admin, mine);
    await cancelTransferOf(admin, theirs);
    expect(await books(tenant)).toMatchObject({
      balance: "0.000000",
      topups: ["canceled", "canceled"],
      payments: ["canceled", "canceled"],
    });
    for (const { topupId } of [mine, theirs])
      await expect(recordTransfer(admin, came(topupId))).rejects.toMatchObject({ reason: "withdrawn" });
  });

  it("is nobody else's, an admin's of the workspace alone, and so much at once", async () => {
    const [tenant, stranger] = [await payer(), await payer()];
    const order = await orderTransfer(tenant.admin, click());
    await expect(cancelTransfer(stranger.admin, order)).rejects.toMatchObject({ code: "not_found" });
    expect(await listCreditOrders(stranger.admin)).toEqual([]);
    await expect(orderTransfer(tenant.member, click())).rejects.toMatchObject({ code: "forbidden" });
    await expect(orderTransfer(tenant.job, click())).rejects.toMatchObject({ code: "forbidden" });
    await expect(recordTransfer(admin, came(newId()))).rejects.toMatchObject({ code: "not_found" });
    for (let open = 1; open < 10; open += 1) await orderTransfer(tenant.admin, click("5"));
    await expect(orderTransfer(tenant.admin, click("5"))).rejects.toMatchObject({
      reason: "too_many_orders",
    });
    expect((await listCreditOrders(tenant.admin)).length).toBe(10);
  });
});
