import { describe, expect, it } from "vitest";
import { newId } from "@/lib/ids";
import { makeTaxingPlatform } from "@/lib/payments/taxed-testing";
import { withTestDatabase } from "@/lib/testing/database";
import { issueCreditNote } from "./commands/credit-note";
import { saveBillingDetails } from "./commands/details";
import { voidInvoice } from "./commands/void";
import { saveDetailsInput } from "./details-input";
import { NOW, octoberCustomer, query } from "./october-testing";
import { getInvoice } from "./queries";
import type { VoidOutcome } from "./void-choices";
import { listVoidChoices } from "./void-facts";

withTestDatabase();

const { made, use, invoiced, pay, balance, earned, expectSound } = octoberCustomer();

const credit = (invoiceId: string, amount: bigint, lineId?: string) =>
  issueCreditNote(
    made().platform,
    {
      invoiceId,
      reason: "Agreed with the customer",
      refund: "credit",
      requestKey: newId(),
      lines: [{ description: "Goodwill", amount, ...(lineId ? { lineId } : {}) }],
    },
    NOW,
  );
const voided = (invoiceId: string, outcome: VoidOutcome) =>
  voidInvoice(made().platform, { invoiceId, reason: "Wrong address", outcome }, NOW);
const read = (invoiceId: string) => getInvoice(made().tenant.admin, invoiceId);
const liveIn = (country: string, taxId?: string) =>
  saveBillingDetails(
    made().tenant.admin,
    saveDetailsInput.parse({ address: {}, country, ...(taxId ? { taxId } : {}) }),
  );

describe("an unpaid invoice of which credit notes took something off", () => {
  it("is billed again less what they took off, by notes of its own with the tax of today", async () => {
    await makeTaxingPlatform();
    await query("update tax_rates set effective_from = '2026-01-01'");
    await liveIn("DE");
    await use(10_000_000n);
    const old = await invoiced();
    const [line] = (await read(old)).lines;
    await credit(old, 333n);
    await credit(old, 67n, line?.id);
    expect(await listVoidChoices(made().platform, old)).toMatchObject([
      { outcome: "again", hint: expect.stringContaining("What was credited is taken off it too.") },
      { outcome: "write_off" },
    ]);
    await liveIn("FR");
    const { replacedBy } = await voided(old, "again");
    const [before, after] = [await read(old), await read(replacedBy ?? "")];
    expect(before).toMatchObject({ status: "void", creditedCents: 476n, creditNotes: [{}, {}] });
    expect(after).toMatchObject({ status: "pending", totalAmount: "10.000000", creditedCents: 400n });
    const notes = await query(
      `select n.number, n.subtotal_cents as net, n.tax_cents as tax, n.settled_as, n.reason, l.description, l.line_id
       from credit_notes n join credit_note_lines l on l.credit_note_id = n.id where n.invoice_id = '${replacedBy}' order by n.id`,
    );
    const about = {
      tax: "0",
      settled_as: "due",
      reason: "Agreed with the customer",
      description: "Goodwill",
    };
    expect(notes).toMatchObject([
      { ...about, net: "333", line_id: null },
      { ...about, net: "67", line_id: after.lines[0]?.id },
    ]);
    expect(new Set([...before.creditNotes, ...after.creditNotes].map(({ number }) => number)).size).toBe(4);
    await pay(replacedBy ?? "");
    expect(await read(replacedBy ?? "")).toMatchObject({ status: "paid", paidCents: 600n });
    expect(await balance()).toBe("0.000000");
    expect(await earned()).toBe("1.200000");
    await expectSound();
  });

  it("is written off with what is left of it", async () => {
    await use(10_000_000n);
    const invoiceId = await invoiced();
    await credit(invoiceId, 400n);
    await voided(invoiceId, "write_off");
    expect(await balance()).toBe("0.000000");
    await expectSound();
  });
});

describe("an invoice that was given up", () => {
  const givenUp = async () => {
    await use(10_000_000n);
    const invoiceId = await invoiced();
    await query(`update invoices set status = 'uncollectible' where id = '${invoiceId}'`);
    return invoiceId;
  };

  it("is written off, once: its usage is asked for no more, and money that comes late becomes credit", async () => {
    const invoiceId = await givenUp();
    const ends = await Promise.allSettled([voided(invoiceId, "write_off"), voided(invoiceId, "write_off")]);
    expect(ends.filter(({ status }) => status === "fulfilled")).toHaveLength(1);
    expect(await read(invoiceId)).toMatchObject({ status: "void" });
    expect(await balance()).toBe("0.000000");
    expect(
      await query(
        `select before->>'status' as before, after->>'outcome' as after from audit_log where target_id = '${invoiceId}' and action = 'invoice.void'`,
      ),
    ).toEqual([{ before: "uncollectible", after: "write_off" }]);
    await expect(pay(invoiceId)).rejects.toThrow(/nothing to be paid/);
    await expectSound();
  });

  it("is billed again with what was credited taken off, and paid by that", async () => {
    const invoiceId = await givenUp();
    await credit(invoiceId, 250n);
    const { replacedBy } = await voided(invoiceId, "again");
    expect(await read(replacedBy ?? "")).toMatchObject({ status: "pending", creditedCents: 250n });
    await pay(replacedBy ?? "");
    expect(await balance()).toBe("0.000000");
    expect(await earned()).toBe("1.500000");
    await expectSound();
  });
});
