import { deflateSync } from "node:zlib";
import { beforeEach, describe, expect, it } from "vitest";
import { asPartner } from "@/db/access";
import { partnerBranding } from "@/db/schema/partner-money";
import { closePeriod } from "@/lib/billing/commands/close";
import { invoicePdf } from "@/lib/billing/pdf";
import { getInvoice } from "@/lib/billing/queries";
import { parseInput } from "@/lib/parse";
import { daysAgo } from "@/lib/payouts/testing";
import { withTestDatabase } from "@/lib/testing/database";
import {
  makePartner,
  makePlatform,
  makeTenant,
  type TestPartner,
  type TestTenant,
} from "@/lib/testing/scopes";
import { use } from "@/lib/wallet/testing";
import { saveBranding } from "./commands";
import { saveBrandingInput } from "./input";
import { getBranding } from "./queries";

withTestDatabase();

let partner: TestPartner;
let customer: TestTenant;
beforeEach(async () => {
  partner = await makePartner();
  customer = await makeTenant(partner.partnerId);
});

function chunk(type: string, data: Buffer): Buffer {
  const body = Buffer.concat([Buffer.from(type), data]);
  const [length, check] = [Buffer.alloc(4), Buffer.alloc(4)];
  length.writeUInt32BE(data.length);
  let crc = 0xffffffff;
  for (const byte of body) {
    crc ^= byte;
    for (let bit = 0; bit < 8; bit += 1) crc = crc & 1 ? (crc >>> 1) ^ 0xedb88320 : crc >>> 1;
  }
  check.writeUInt32BE((crc ^ 0xffffffff) >>> 0);
  return Buffer.concat([length, body, check]);
}

/** A picture of one dot. */
function dot(): File {
  const head = Buffer.from([0, 0, 0, 1, 0, 0, 0, 1, 8, 2, 0, 0, 0]);
  const bytes = Buffer.concat([
    Buffer.from("89504e470d0a1a0a", "hex"),
    chunk("IHDR", head),
    chunk("IDAT", deflateSync(Buffer.from([0, 29, 78, 216]))),
    chunk("IEND", Buffer.alloc(0)),
  ]);
  return new File([bytes], "logo.png", { type: "image/png" });
}

const FIELDS = {
  displayName: "Nordwind Studio",
  accent: "#1D4ED8",
  line1: "Hafenstraße 7",
  postalCode: "20457",
  city: "Hamburg",
  country: "de",
  email: "books@nordwind.example",
  website: "https://nordwind.example",
  taxId: "DE123456789",
  footer: "Thank you.",
};
const save = (fields: Record<string, unknown>) =>
  saveBranding(partner.scope, parseInput(saveBrandingInput, { ...FIELDS, ...fields }));

async function invoiced(days: number) {
  await daysAgo(days, () => use(customer.job, [{ cost: 2_500_000n }]));
  const month = new Date(Date.now() - days * 86_400_000).toISOString().slice(0, 7);
  const [closed] = await closePeriod(await makePlatform(), { month, tenantId: customer.tenantId });
  return getInvoice(customer.admin, closed?.invoiceId ?? "");
}

describe("a partner's branding", () => {
  it("that another tab saved is not saved over, the first time neither", async () => {
    const seen = async () => (await getBranding(partner.scope)).updatedAt?.toISOString() ?? "";
    const never = await seen();
    await save({ updatedAt: never, displayName: "First" });
    const stale = { code: "conflict", reason: "stale_branding" };
    await expect(save({ updatedAt: never, displayName: "Second" })).rejects.toMatchObject(stale);
    const first = await seen();
    await save({ updatedAt: first, displayName: "Third" });
    await expect(save({ updatedAt: first, displayName: "Fourth" })).rejects.toMatchObject(stale);
    expect((await getBranding(partner.scope)).displayName).toBe("Third");
  });

  it("is on the invoices made from then on, and on no other", async () => {
    const before = await invoiced(75);
    await save({ logo: dot() });
    const after = await invoiced(40);
    expect(after.seller).toMatchObject({
      name: "Nordwind Studio",
      address: ["Hafenstraße 7", "20457 Hamburg", "Germany"],
      accent: "#1d4ed8",
      taxId: "DE123456789",
      email: "books@nordwind.example",
      website: "https://nordwind.example",
      footer: "Thank you.",
      logo: { type: "image/png" },
    });
    expect((await getInvoice(customer.admin, before.id)).seller).toMatchObject({ address: [], logo: null });
    const text = async (invoice: typeof after) => Buffer.from(await invoicePdf(invoice)).toString("latin1");
    expect(await text(after)).toContain("/Subtype /Image");
    expect(await text(before)).not.toContain("/Subtype /Image");
    // A picture that is gone leaves the document.
    const lost = { key: `brands/${partner.partnerId}/${"0".repeat(64)}`, type: "image/png" } as const;
    expect(await text({ ...after, seller: { ...after.seller, logo: lost } })).toContain("%PDF");
  });

  it("keeps its logo until another comes or it is removed", async () => {
    await save({ logo: dot() });
    const { logo } = await getBranding(partner.scope);
    expect(logo).toMatch(/^data:image\/png;base64,iVBOR/);
    await save({ logo: new File([], ""), displayName: "Nordwind" });
    expect(await getBranding(partner.scope)).toMatchObject({ displayName: "Nordwind", logo });
    await save({ removeLogo: "on" });
    expect((await getBranding(partner.scope)).logo).toBeNull();
  });

  it("refuses what is no picture, too large, or not to be read, and says which field", async () => {
    const svg = new File(["<svg onload='alert(1)'/>"], "logo.png", { type: "image/png" });
    await expect(save({ logo: svg })).rejects.toMatchObject({
      fields: { logo: [expect.stringContaining("PNG or JPEG")] },
    });
    const refused = (fields: Record<string, unknown>) =>
      expect(async () => save(fields)).rejects.toMatchObject({
        fields: { [Object.keys(fields)[0] ?? ""]: expect.any(Array) },
      });
    await refused({ logo: new File([new Uint8Array(100_001)], "big.png") });
    await refused({ accent: "#ffee00" });
    await refused({ country: "Germany" });
    await refused({ country: "ZZ" });
    await refused({ website: "javascript:alert(1)" });
    expect((await getBranding(partner.scope)).displayName).toMatch(/^Partner /);
  });

  it("is another's to see nowhere", async () => {
    await save({});
    const stranger = await makePartner();
    expect((await getBranding(stranger.scope)).taxId).toBeNull();
    expect(await asPartner(stranger.scope, (tx) => tx.select().from(partnerBranding))).toEqual([]);
  });
});
