import { extractText, getDocumentProxy } from "unpdf";
import { beforeAll, describe, expect, it } from "vitest";
import type { PlatformScope } from "@/db/scope";
import { withTestDatabase } from "@/lib/testing/database";
import { makePlatform, makeTenant, type TestTenant } from "@/lib/testing/scopes";
import { saveBillingDetails, setTaxRate } from "./commands/details";
import { saveDetailsInput, setTaxRateInput } from "./details-input";
import { getBillingDetails, listTaxRates } from "./details-queries";
import { makeFeeInvoice } from "./fee-testing";
import { invoicePdf } from "./pdf";
import { getInvoice } from "./queries";
import type { InvoiceView } from "./read";
import { totalsOf } from "./totals";

withTestDatabase();

let platform: PlatformScope;
const DAY_MS = 86_400_000;

/** An invoice of a fee of 100 dollars, made now. */
const bill = async (tenant: TestTenant) => getInvoice(tenant.admin, await makeFeeInvoice(tenant, new Date()));

/** What the PDF says. */
async function textOf(invoice: InvoiceView): Promise<string> {
  const { text } = await extractText(await getDocumentProxy(await invoicePdf(invoice)), { mergePages: true });
  return text.replace(/\s+/g, " ");
}

const details = (given: Record<string, unknown>) => saveDetailsInput.parse({ address: {}, ...given });

beforeAll(async () => {
  platform = await makePlatform();
  for (const [country, name, percent, reverseCharge] of [
    ["DE", "VAT", "19", true],
    ["*", "Sales tax", "7.5", false],
  ] as const)
    await setTaxRate(platform, setTaxRateInput.parse({ country, name, percent, reverseCharge }));
});

describe("who a workspace is on its invoices", () => {
  it("is what it says, from then on, and stays on those that are made", async () => {
    const tenant = await makeTenant();
    const before = await bill(tenant);
    await saveBillingDetails(
      tenant.admin,
      details({
        legalName: "Brightleaf GmbH",
        address: { line1: "Gartenweg 7", postalCode: "20095", city: "Hamburg" },
        country: "DE",
        reference: "PO 4711",
      }),
    );
    const after = await bill(tenant);
    expect(after.customer).toMatchObject({
      name: "Brightleaf GmbH",
      address: ["Gartenweg 7", "20095 Hamburg", "Germany"],
      reference: "PO 4711",
    });
    expect(after).toMatchObject({ totalAmount: "119.000000", taxCents: 1_900n, taxNote: "VAT 19 %" });
    const unchanged = await getInvoice(tenant.admin, before.id);
    expect(unchanged).toMatchObject({
      taxNote: "Sales tax 7.5 %",
      taxCents: 750n,
      customer: { address: [] },
    });
    expect(await textOf(after)).toContain("Subtotal $100.00 VAT 19 % $19.00 Total in USD $119.00");
    expect(await getBillingDetails(tenant.admin)).toMatchObject({
      legalName: "Brightleaf GmbH",
      country: "DE",
    });
  });

  it("with a tax id pays no tax where the reverse charge applies, and the invoice says so", async () => {
    const tenant = await makeTenant();
    await saveBillingDetails(tenant.admin, details({ country: "DE", taxId: "de 123 456 789" }));
    const invoice = await bill(tenant);
    expect(invoice).toMatchObject({
      totalAmount: "100.000000",
      taxCents: 0n,
      taxNote: expect.stringContaining("reverse charge"),
      customer: { taxId: "DE123456789" },
    });
    // On the document, and below the lines wherever it is shown.
    expect(await textOf(invoice)).toContain(
      "Subtotal $100.00 VAT: reverse charge, the customer accounts for the tax. $0.00 Total in USD $100.00",
    );
    expect(totalsOf(invoice)).toContainEqual({ label: invoice.taxNote, cents: 0n });
    await saveBillingDetails(tenant.admin, details({ country: "US", taxId: "12-3456789" }));
    expect(await bill(tenant)).toMatchObject({ totalAmount: "107.500000" });
  });

  it("is for its admins alone, and for nobody else", async () => {
    const [tenant, stranger] = [await makeTenant(), await makeTenant()];
    await expect(saveBillingDetails(tenant.member, details({}))).rejects.toMatchObject({ code: "forbidden" });
    await saveBillingDetails(tenant.admin, details({ legalName: "Mine" }));
    await saveBillingDetails(stranger.admin, details({ legalName: "Theirs" }));
    expect((await getBillingDetails(tenant.admin)).legalName).toBe("Mine");
  });

  it("that another tab saved is not saved over, the first time neither", async () => {
    const { admin } = await makeTenant();
    const save = async (legalName: string, seen: Date | null) =>
      saveBillingDetails(admin, details({ legalName, updatedAt: seen?.toISOString() ?? "" }));
    const { updatedAt: never } = await getBillingDetails(admin);
    await save("First", never);
    const stale = { code: "conflict", reason: "stale_details" };
    await expect(save("Second", never)).rejects.toMatchObject(stale);
    const { updatedAt: first } = await getBillingDetails(admin);
    await save("Third", first);
    await expect(save("Fourth", first)).rejects.toMatchObject(stale);
    expect((await getBillingDetails(admin)).legalName).toBe("Third");
  });
});

describe("the tax of a country", () => {
  it("changes by a new one from a moment on; what is over stays in the list", async () => {
    const set = (percent: string, effectiveFrom: Date | null) =>
      setTaxRate(platform, {
        ...setTaxRateInput.parse({ country: "FR", name: "VAT", percent }),
        effectiveFrom,
      });
    const soon = new Date(Date.now() + DAY_MS);
    await set("20", null);
    await set("21", soon);
    await expect(set("22", soon)).rejects.toMatchObject({
      code: "conflict",
      fields: { effectiveFrom: [expect.any(String)] },
    });
    await expect(set("22", new Date(Date.now() - DAY_MS))).rejects.toMatchObject({
      code: "invalid",
      fields: { effectiveFrom: [expect.stringContaining("in the past")] },
    });
    const rates = (await listTaxRates(platform)).filter((rate) => rate.country === "FR");
    expect(rates.map(({ percent, effectiveTo }) => [percent, effectiveTo])).toEqual([
      ["21.000", null],
      ["20.000", soon],
    ]);
  });
});
