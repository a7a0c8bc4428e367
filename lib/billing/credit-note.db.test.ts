import { beforeEach, describe, expect, it } from "vitest";
import type { PlatformScope } from "@/db/scope";
import { newId } from "@/lib/ids";
import { withTestDatabase } from "@/lib/testing/database";
import type { TestTenant } from "@/lib/testing/scopes";
import { issueCreditNote } from "./commands/credit-note";
import { makeFeeInvoice } from "./fee-testing";
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
    const { items } = await listInvoices(tenant.admin, {});
    expect(items).toMatchObject([{ totalAmount: "10.000000", creditedCents: 400n, paidCents: 0n }]);
    await pay(invoiceId);
    const [row] = await query(`select paid_cents from invoices where id = '${invoiceId}'`);
    expect(row.paid_cents).toBe("600");
    expect(await balance()).toBe("0.000000");
    expect(await earned()).toBe("1.200000");
    await expectSound();
  });

  it("of one that was given up makes less due too, but leaves something: it is made void instead", async () => {
    await use(10_000_000n);
    const invoiceId = await invoiced();
    await query(`update invoices set status = 'uncollectible' where id = '${invoiceId}'`);
    await expect(note(invoiceId, 1_000n)).rejects.toThrow(/make the invoice void instead/);
    await note(invoiceId, 400n);
    expect((await getInvoice(tenant.admin, invoiceId)).status).toBe("uncollectible");
    await pay(invoiceId);
    expect(await getInvoice(tenant.admin, invoiceId)).toMatchObject({
      status: "paid",
      paidCents: 600n,
      creditedCents: 400n,
    });
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
      await expect(note(invoiceId, amount - 1n, way, requestKey)).rejects.toMatchObject({
        code: "conflict",
        reason: "request_changed",
      });
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
