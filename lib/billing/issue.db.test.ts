import { eq } from "drizzle-orm";
import { beforeAll, beforeEach, describe, expect, it } from "vitest";
import { asSystem } from "@/db/access";
import { database } from "@/db/pool";
import { invoices } from "@/db/schema/invoices";
import { emails } from "@/db/schema/system";
import type { PlatformScope } from "@/db/scope";
import { shiftClock } from "@/lib/clock";
import { newId } from "@/lib/ids";
import { withTestDatabase } from "@/lib/testing/database";
import { makePartner, makePlatform, makeTenant, type TestTenant } from "@/lib/testing/scopes";
import { use } from "@/lib/wallet/testing";
import { closePeriod } from "./commands/close";
import { issueDue, issueInvoice } from "./commands/issue";
import { voidInvoice } from "./commands/void";
import { getHostedInvoice } from "./hosted";
import { invoicePdf } from "./pdf";
import { formatMonth, monthOf } from "./period";
import { getInvoice } from "./queries";

withTestDatabase();

let platform: PlatformScope;
let tenant: TestTenant;

const query = async (text: string) => (await (await database()).pool.query(text)).rows;
const mailsTo = (tenantId: string) =>
  query(
    `select e.recipient, e.subject, e.body, e.action_url from emails e join users u on u.email = e.recipient where u.tenant_id = '${tenantId}' order by e.created_at, e.id`,
  );
const tokenIn = (url: string) => url.slice(url.lastIndexOf("/") + 1);

/** Closes the month that is going on, as if it were over. */
async function invoiced(): Promise<string> {
  await use(tenant.job, [{ cost: 2_500_000n }]);
  const month = monthOf(new Date());
  const later = new Date(month.end.getTime() + 3 * 3_600_000);
  const input = { month: formatMonth(month), tenantId: tenant.tenantId };
  const [closed] = await closePeriod(platform, input, later);
  return closed?.invoiceId ?? "";
}

beforeAll(async () => {
  platform = await makePlatform();
});

beforeEach(async () => {
  shiftClock(0);
  tenant = await makeTenant((await makePartner()).partnerId);
});

describe("an invoice that is made", () => {
  it("is mailed once to the workspace's admin, in the seller's name, with an address that opens it", async () => {
    const invoiceId = await invoiced();
    await Promise.all([issueInvoice(invoiceId), issueInvoice(invoiceId), issueDue()]);
    const mails = await mailsTo(tenant.tenantId);
    expect(mails).toHaveLength(1);
    const { invoiceNumber, sellerName } = await getInvoice(tenant.admin, invoiceId);
    expect(mails[0].subject).toBe(`Invoice ${invoiceNumber} from ${sellerName}`);
    expect(mails[0].body).toContain("$2.50 is due by");
    const hosted = await getHostedInvoice(tokenIn(mails[0].action_url));
    expect(hosted).toMatchObject({ id: invoiceId, totalAmount: "2.500000" });
    for (const token of ["", "A".repeat(43), invoiceId, `${tokenIn(mails[0].action_url).slice(0, 42)}!`])
      await expect(getHostedInvoice(token), token).rejects.toMatchObject({ code: "not_found" });
  });

  it("goes to the address of the tax details instead, and is sent later when it could not be at once", async () => {
    await query(
      `insert into billing_profiles (tenant_id, email_to, address, country, tax_id) values ('${tenant.tenantId}',
        'books.${tenant.tenantId}@example.test', '{"line1": "1 Harbour Road", "city": "Cork"}', 'IE', 'IE123')`,
    );
    const invoiceId = await invoiced();
    const sent = () =>
      asSystem("test", (tx) =>
        tx
          .select({ subject: emails.subject })
          .from(emails)
          .where(eq(emails.recipient, `books.${tenant.tenantId}@example.test`)),
      );
    expect(await sent()).toHaveLength(1);
    expect(await mailsTo(tenant.tenantId)).toEqual([]);
    await query(`delete from emails where recipient like 'books.%'`);
    await asSystem("test", (tx) =>
      tx.update(invoices).set({ sentAt: null }).where(eq(invoices.id, invoiceId)),
    );
    // Also after an outage of more than a week.
    shiftClock(9 * 86_400_000);
    await issueDue();
    expect(await sent()).toHaveLength(1);
    const { customer } = await getInvoice(tenant.admin, invoiceId);
    expect(customer).toMatchObject({ address: ["1 Harbour Road", "Cork", "Ireland"], taxId: "IE123" });
  });

  it("that is billed again is mailed under its new number, and the address of the void one says so", async () => {
    const invoiceId = await invoiced();
    await voidInvoice(platform, { invoiceId, reason: "Wrong address", outcome: "again" });
    const mails = await mailsTo(tenant.tenantId);
    expect(mails).toHaveLength(2);
    expect(await getHostedInvoice(tokenIn(mails[0].action_url))).toMatchObject({
      status: "void",
      note: "Wrong address",
    });
    expect((await getHostedInvoice(tokenIn(mails[1].action_url))).status).toBe("pending");
  });

  it("that is billed again leads to the void one and back, as far as their addresses are those of today's secret", async () => {
    const oldId = await invoiced();
    await voidInvoice(platform, { invoiceId: oldId, reason: "Wrong address", outcome: "again" });
    const mails = await mailsTo(tenant.tenantId);
    const [before, after] = [tokenIn(mails[0].action_url), tokenIn(mails[1].action_url)];
    const others = async (token: string) => [...(await getHostedInvoice(token)).otherTokens];
    const { id: newInvoiceId } = await getHostedInvoice(after);
    expect(await others(before)).toEqual([[newInvoiceId, after]]);
    expect(await others(after)).toEqual([[oldId, before]]);
    await query(`update invoices set hosted_token_hash = 'of-before-${oldId}' where id = '${oldId}'`);
    expect(await others(after)).toEqual([]);
  });

  it("is a PDF, however long its lines and whatever its letters", async () => {
    const invoice = await getInvoice(tenant.admin, await invoiced());
    const lines = Array.from({ length: 120 }, (_, n) => ({
      ...(invoice.lines[0] as (typeof invoice.lines)[number]),
      id: newId(),
      description: `${n} 東京 “Žluťoučký kůň” ${"long ".repeat(n % 30)}`,
    }));
    const pdf = Buffer.from(await invoicePdf({ ...invoice, lines })).toString("latin1");
    expect(pdf.startsWith("%PDF-")).toBe(true);
    expect(pdf.match(/\/Type \/Page\b/g)?.length).toBeGreaterThan(3);
  });
});
