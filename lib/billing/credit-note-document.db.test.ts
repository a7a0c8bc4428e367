import { extractText, getDocumentProxy } from "unpdf";
import { beforeAll, describe, expect, it } from "vitest";
import type { PlatformScope } from "@/db/scope";
import { newId } from "@/lib/ids";
import { withTestDatabase } from "@/lib/testing/database";
import { makePartner, makePlatform, makeTenant } from "@/lib/testing/scopes";
import { issueCreditNote } from "./commands/credit-note";
import { saveBillingDetails, setTaxRate } from "./commands/details";
import {
  getAnyCreditNote,
  getCreditNote,
  getCustomerCreditNote,
  listCreditNotes,
} from "./credit-note-queries";
import type { CreditNoteView } from "./credit-note-read";
import { saveDetailsInput, setTaxRateInput } from "./details-input";
import { billFee } from "./fee-testing";
import { getHostedCreditNote, hostedToken } from "./hosted";
import { creditNotePdf } from "./pdf";
import { getInvoice } from "./queries";

withTestDatabase();

let platform: PlatformScope;
const NOTHING = { code: "not_found" };

/** A quarter of it is taken back. */
const note = (invoiceId: string, amount = 2_500n, requestKey = newId()) =>
  issueCreditNote(
    platform,
    {
      invoiceId,
      reason: "A week without service",
      refund: "credit",
      requestKey,
      lines: [{ description: "Seven days of the Team plan", amount }],
    },
    new Date("2030-02-20T10:00:00Z"),
  );

async function textOf(view: CreditNoteView): Promise<string> {
  const { text } = await extractText(await getDocumentProxy(await creditNotePdf(view)), { mergePages: true });
  return text.replace(/\s+/g, " ");
}

beforeAll(async () => {
  platform = await makePlatform();
  const rate = { country: "DE", name: "VAT", percent: "19", reverseCharge: true };
  await setTaxRate(platform, setTaxRateInput.parse(rate));
});

describe("a credit note", () => {
  it("is a document of seller and customer: what it corrects, why, its lines and its tax", async () => {
    const tenant = await makeTenant();
    const address = { line1: "Gartenweg 7", postalCode: "20095", city: "Hamburg" };
    const details = { legalName: "Brightleaf GmbH", country: "DE", reference: "PO 4711", address };
    await saveBillingDetails(tenant.admin, saveDetailsInput.parse(details));
    const invoiceId = await billFee(tenant);
    const issued = await note(invoiceId);
    const view = await getCreditNote(tenant.admin, issued);
    expect(view).toMatchObject({ subtotalCents: 2_500n, taxCents: 475n, totalCents: 2_975n });
    const { invoiceNumber, sellerName } = await getInvoice(tenant.admin, invoiceId);
    const text = await textOf(view);
    for (const said of [
      `Credit note ${issued.number}`,
      sellerName,
      "Brightleaf GmbH Gartenweg 7 20095 Hamburg Germany",
      "Issued 20 February 2030",
      `Corrects Invoice ${invoiceNumber} of 3 February 2030`,
      "Reason A week without service",
      "Given Less is due on the invoice",
      "Your reference PO 4711",
      "Seven days of the Team plan $25.00",
      "Subtotal $25.00",
      "VAT 19 % $4.75",
      "Total credited in USD $29.75",
    ])
      expect(text).toContain(said);
  });

  it("says that the customer accounts for the tax where the invoice did", async () => {
    const tenant = await makeTenant();
    const details = { legalName: "Brightleaf GmbH", country: "DE", taxId: "DE123456788", address: {} };
    await saveBillingDetails(tenant.admin, saveDetailsInput.parse(details));
    const text = await textOf(await getCreditNote(tenant.admin, await note(await billFee(tenant))));
    expect(text).toContain("Tax id DE123456788");
    expect(text).toContain("VAT: reverse charge, the customer accounts for the tax. $0.00");
    expect(text).toContain("Total credited in USD $25.00");
  });

  it("is listed newest first, of one invoice or of all, and with the invoice that it corrects", async () => {
    const tenant = await makeTenant();
    const [one, other] = [await billFee(tenant), await billFee(tenant)];
    const first = await note(one);
    const second = await note(one);
    const third = await note(other);
    const numbers = async (invoiceId?: string) =>
      (await listCreditNotes(tenant.admin, { invoiceId })).items.map(({ number }) => number);
    expect(await numbers()).toEqual([third.number, second.number, first.number]);
    expect(await numbers(one)).toEqual([second.number, first.number]);
    const { creditNotes } = await getInvoice(tenant.admin, one);
    expect(creditNotes.map(({ number }) => number)).toEqual([first.number, second.number]);
  });

  it("is there for its customer, that one's partner, the platform and the invoice's address, and nobody else", async () => {
    const partner = await makePartner();
    const tenant = await makeTenant(partner.partnerId);
    const invoiceId = await billFee(tenant);
    const { creditNoteId, number } = await note(invoiceId);
    const at = { creditNoteId, invoiceId };
    const token = hostedToken(invoiceId);
    const found = [
      getCreditNote(tenant.admin, at),
      getCustomerCreditNote(partner.scope, at),
      getAnyCreditNote(platform, at),
      getHostedCreditNote(token, creditNoteId),
    ];
    for (const view of await Promise.all(found)) expect(view.number).toBe(number);

    const stranger = await makeTenant((await makePartner()).partnerId);
    const other = await billFee(stranger);
    const away = await makePartner();
    await expect(getCreditNote(stranger.admin, { creditNoteId })).rejects.toMatchObject(NOTHING);
    await expect(getCreditNote(stranger.admin, at)).rejects.toMatchObject(NOTHING);
    await expect(getCustomerCreditNote(away.scope, at)).rejects.toMatchObject(NOTHING);
    await expect(getHostedCreditNote(hostedToken(other), creditNoteId)).rejects.toMatchObject(NOTHING);
    await expect(getHostedCreditNote("A".repeat(43), creditNoteId)).rejects.toMatchObject(NOTHING);
    const wrong = { creditNoteId, invoiceId: other };
    await expect(getAnyCreditNote(platform, wrong)).rejects.toMatchObject(NOTHING);
    for (const id of ["none", newId()])
      await expect(getCreditNote(tenant.admin, { creditNoteId: id })).rejects.toMatchObject(NOTHING);
    expect((await listCreditNotes(stranger.admin, { invoiceId })).items).toEqual([]);
    await expect(listCreditNotes(tenant.member, {})).rejects.toMatchObject({ code: "forbidden" });
  });
});
