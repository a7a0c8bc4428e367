import { eq } from "drizzle-orm";
import { beforeAll, beforeEach, describe, expect, it } from "vitest";
import { asSystem } from "@/db/access";
import { database } from "@/db/pool";
import { creditNotes } from "@/db/schema/invoices";
import type { PlatformScope } from "@/db/scope";
import { shiftClock } from "@/lib/clock";
import { newId } from "@/lib/ids";
import { listNotifications } from "@/lib/notifications/queries/inbox";
import { withTestDatabase } from "@/lib/testing/database";
import { makePartner, makePlatform, makeTenant, type TestTenant } from "@/lib/testing/scopes";
import { issueCreditNote } from "./commands/credit-note";
import { recordPayment } from "./commands/record-payment";
import { sendNote, sendNotesDue } from "./commands/send-note";
import { billFee } from "./fee-testing";
import { getHostedCreditNote, getHostedInvoice } from "./hosted";

withTestDatabase();

let platform: PlatformScope;
let tenant: TestTenant;

const query = async (text: string) => (await (await database()).pool.query(text)).rows;
const mails = () =>
  query(
    `select e.recipient, e.subject, e.body, e.action_url from emails e where e.subject like 'Credit note %'
      and (e.recipient in (select email from users where tenant_id = '${tenant.tenantId}')
        or e.recipient = 'books.${tenant.tenantId}@example.test') order by e.created_at, e.id`,
  );
const tokenIn = (url: string) => url.slice(url.lastIndexOf("/") + 1);

const note = (invoiceId: string, refund: "credit" | "money" = "credit") =>
  issueCreditNote(platform, {
    invoiceId,
    reason: "A week without service",
    refund,
    requestKey: newId(),
    lines: [{ description: "Seven days", amount: 2_500n }],
  });

beforeAll(async () => {
  platform = await makePlatform();
});
beforeEach(async () => {
  shiftClock(0);
  tenant = await makeTenant((await makePartner()).partnerId);
});

describe("a credit note that is issued", () => {
  it("leads to the invoice also where that was mailed under another secret of the installation", async () => {
    const invoiceId = await billFee(tenant);
    await query(`update invoices set hosted_token_hash = 'of-before-${invoiceId}' where id = '${invoiceId}'`);
    await note(invoiceId);
    const [mail] = await mails();
    expect((await getHostedInvoice(tokenIn(mail.action_url))).id).toBe(invoiceId);
  });

  it("is mailed once to the workspace's admin, in the seller's name, with the address that shows it", async () => {
    const invoiceId = await billFee(tenant);
    const { creditNoteId, number } = await note(invoiceId);
    await Promise.all([sendNote(creditNoteId), sendNote(creditNoteId), sendNotesDue()]);
    const [mail, ...more] = await mails();
    expect(more).toEqual([]);
    const token = tokenIn(mail.action_url);
    const invoice = await getHostedInvoice(token);
    expect(invoice).toMatchObject({ id: invoiceId, creditNotes: [{ id: creditNoteId, number }] });
    expect(mail.subject).toBe(`Credit note ${number} from ${invoice.sellerName}`);
    expect(mail.body).toContain(
      `$25.00 of invoice ${invoice.invoiceNumber} is taken back. That much less is due`,
    );
    expect(mail.body).toContain("A week without service");
    expect((await getHostedCreditNote(token, creditNoteId)).number).toBe(number);
    const { items } = await listNotifications(tenant.admin, {});
    expect(items.filter(({ kind }) => kind === "credit_note_issued")).toMatchObject([
      { title: mail.subject, href: `/app/billing/${invoiceId}` },
    ]);
  });

  it("says where the money goes, and goes to the address of the tax details", async () => {
    await query(
      `insert into billing_profiles (tenant_id, email_to) values ('${tenant.tenantId}', 'books.${tenant.tenantId}@example.test')`,
    );
    const invoiceId = await billFee(tenant);
    await recordPayment(platform, { invoiceId, method: "bank_transfer", reference: "TX" });
    await note(invoiceId);
    await note(invoiceId, "money");
    const [credit, money] = await mails();
    expect(credit).toMatchObject({
      recipient: `books.${tenant.tenantId}@example.test`,
      body: expect.stringContaining("It is credit in your workspace now."),
    });
    expect(money.body).toContain("The money goes back the way it was paid.");
  });

  it("is sent later when whoever issued it ended before, also where the invoice was never mailed", async () => {
    const invoiceId = await billFee(tenant);
    const { creditNoteId } = await note(invoiceId);
    await query(`delete from emails where subject like 'Credit note %'`);
    await query(`update invoices set hosted_token_hash = null where id = '${invoiceId}'`);
    await asSystem("test", (tx) =>
      tx.update(creditNotes).set({ sentAt: null }).where(eq(creditNotes.id, creditNoteId)),
    );
    // Also after an outage of more than a week.
    shiftClock(9 * 86_400_000);
    await sendNotesDue();
    const sent = await mails();
    expect(sent).toHaveLength(1);
    expect((await getHostedInvoice(tokenIn(sent[0].action_url))).id).toBe(invoiceId);
    await sendNotesDue();
    expect(await mails()).toHaveLength(1);
  });
});
