import { describe, expect, it } from "vitest";
import { newId } from "@/lib/ids";
import { withTestDatabase } from "@/lib/testing/database";
import { issueCreditNote } from "./commands/credit-note";
import { voidInvoice } from "./commands/void";
import { NOW, octoberCustomer } from "./october-testing";
import type { VoidOutcome } from "./void-choices";
import { listVoidChoices } from "./void-facts";

withTestDatabase();

const { made, use, invoiced, balance, expectSound } = octoberCustomer();

describe("an unpaid invoice of which a credit note took something off", () => {
  it("is not billed again, as that would ask for all of it: it can be written off", async () => {
    await use(10_000_000n);
    const invoiceId = await invoiced();
    const { platform } = made();
    const lines = [{ description: "Goodwill", amount: 400n }];
    const reason = "Agreed with the customer";
    await issueCreditNote(platform, { invoiceId, reason, refund: "credit", requestKey: newId(), lines }, NOW);
    const voided = (outcome: VoidOutcome) =>
      voidInvoice(platform, { invoiceId, reason: "Wrong address", outcome }, NOW);
    await expect(voided("again")).rejects.toMatchObject({ fields: { outcome: [expect.any(String)] } });
    expect(await listVoidChoices(platform, invoiceId)).toMatchObject([
      { outcome: "write_off", hint: expect.stringContaining("what a credit note has taken off") },
    ]);
    await voided("write_off");
    expect(await balance()).toBe("0.000000");
    await expectSound();
  });
});
