import { handOverTenant } from "@/lib/admin/commands/hand-over";
import { setPartnerStatus } from "@/lib/admin/commands/partner-status";
import { jobScope } from "@/lib/auth/scope";
import { closeDue } from "@/lib/billing/commands/close";
import { adjustEntry, reverseEntry } from "@/lib/billing/commands/correct";
import { issueCreditNote } from "@/lib/billing/commands/credit-note";
import { recordPayment } from "@/lib/billing/commands/record-payment";
import { voidInvoice } from "@/lib/billing/commands/void";
import { listVoidChoices } from "@/lib/billing/void-facts";
import { currentTime } from "@/lib/clock";
import { dunInvoice, findDunnable } from "@/lib/dunning/run";
import { newId } from "@/lib/ids";
import { recordRefund } from "@/lib/payments/commands/record-refund";
import { refundTopup, sendRefund } from "@/lib/payments/commands/refund";
import { settleRefund } from "@/lib/payments/commands/settle-refund";
import { recordTransfer } from "@/lib/payments/commands/transfer";
import { approvePayout } from "@/lib/payouts/commands/decide";
import { draftPayouts } from "@/lib/payouts/commands/draft";
import { sweepPayouts } from "@/lib/payouts/send";
import { setPartnerRate } from "@/lib/rates/commands";
import { grantCustomerPromo, grantPromo } from "@/lib/wallet/commands/grant";
import { expireCredit, findExpiredCredit } from "@/lib/wallet/sweep";
import { someone, type Verb } from "./customers";
import { anyOf, rowsOf, type World } from "./world";

const DAY_MS = 86_400_000;
const reason = "As the story goes";
const press = () => ({ requestKey: newId() });
const byBank = () => ({ method: "bank_transfer", reference: newId() }) as const;

type Row = { id: string };

/** Any row of any customer that a query finds by the tenants' ids. */
async function anyRow<T extends Row>(world: World, text: string): Promise<T | null> {
  return anyOf(world, await rowsOf<T>(text, [world.customers.map(({ tenantId }) => tenantId)]));
}

const close: Verb = () => closeDue(currentTime());

const notePayment: Verb = async (world) => {
  const invoice = await anyRow(
    world,
    "select id from invoices where tenant_id = any($1) and status in ('pending', 'overdue', 'uncollectible')",
  );
  if (invoice) await recordPayment(world.platform, { invoiceId: invoice.id, ...byBank() }, currentTime());
};

const noteTransfer: Verb = async (world) => {
  const order = await anyRow(world, "select id from topups where tenant_id = any($1) and status = 'pending'");
  if (order) await recordTransfer(world.platform, { topupId: order.id, ...byBank() });
};

const credit: Verb = async (world) => {
  const { chance, platform } = world;
  const line = await anyRow<Row & { invoice_id: string; cents: string }>(
    world,
    `select l.id, l.invoice_id, l.amount_cents as cents from invoice_lines l join invoices i on i.id = l.invoice_id
     where l.tenant_id = any($1) and i.finalized_at is not null and i.kind <> 'topup' and l.amount_cents > 0`,
  );
  if (!line) return;
  const most = Number(line.cents);
  const amount = BigInt(chance.next() < 0.3 ? most : chance.whole(1, most));
  const lines = [{ lineId: line.id, description: reason, amount }];
  const refund = chance.oneOf(["credit", "money"] as const);
  const input = { invoiceId: line.invoice_id, reason, refund, lines, ...press() } as const;
  await issueCreditNote(platform, input, currentTime());
};

const makeVoid: Verb = async (world) => {
  const invoice = await anyRow(
    world,
    "select id from invoices where tenant_id = any($1) and status in ('pending', 'overdue', 'uncollectible')",
  );
  if (!invoice) return;
  const choice = anyOf(world, await listVoidChoices(world.platform, invoice.id));
  if (choice)
    await voidInvoice(
      world.platform,
      { invoiceId: invoice.id, reason, outcome: choice.outcome },
      currentTime(),
    );
};

const refund: Verb = async (world) => {
  const { chance, platform } = world;
  const bought = await anyRow<Row & { method: string; cents: string }>(
    world,
    `select t.id, p.method, p.amount_cents as cents from topups t join payments p on p.topup_id = t.id
     where t.tenant_id = any($1) and p.status = 'succeeded'`,
  );
  if (!bought) return;
  const amount = BigInt(chance.whole(1, Number(bought.cents))) * 10_000n;
  const asked = { topupId: bought.id, reason, amount, ...press() };
  await (bought.method === "card"
    ? refundTopup(platform, asked)
    : recordRefund(platform, { ...asked, ...byBank() }));
};

const sendBack: Verb = async (world) => {
  const owed = await anyRow(
    world,
    `select r.id from refunds r join payments p on p.id = r.payment_id
     where r.tenant_id = any($1) and r.status = 'pending' and p.method <> 'card'`,
  );
  if (owed) await settleRefund(world.platform, { refundId: owed.id, ...byBank() });
};

/** What the sweep does, which waits for a while. */
const sendByCard: Verb = async ({ customers }) => {
  const pending = await rowsOf<Row & { tenantId: string; cents: string; intentId: string }>(
    `select r.id, r.tenant_id as "tenantId", r.amount_cents as cents, p.stripe_payment_intent_id as "intentId"
     from refunds r join payments p on p.id = r.payment_id
     where r.tenant_id = any($1) and r.status = 'pending' and r.stripe_refund_id is null and p.method = 'card'`,
    [customers.map(({ tenantId }) => tenantId)],
  );
  for (const { cents, ...one } of pending) await sendRefund({ ...one, amountCents: BigInt(cents) });
};

const correct: Verb = async (world) => {
  const { chance, platform } = world;
  const entry = await anyRow<Row & { micros: string }>(
    world,
    `select id, (tenant_cost * 1000000)::bigint as micros from ledger_entries
     where tenant_id = any($1) and entry_type = 'usage' and tenant_cost > 0`,
  );
  if (!entry) return;
  if (chance.next() < 0.5) await reverseEntry(platform, { entryId: entry.id, reason });
  else {
    const amount = BigInt(chance.whole(1, Number(entry.micros)));
    await adjustEntry(platform, { entryId: entry.id, amount, reason, ...press() });
  }
};

const give: Verb = async (world) => {
  const { chance, partners, platform } = world;
  const amount = BigInt(chance.whole(1, 8)) * 1_000_000n;
  const isShort = chance.next() < 0.5;
  const expiresAt = isShort ? new Date(currentTime().getTime() + chance.whole(1, 20) * DAY_MS) : null;
  const gift = { tenantId: someone(world).tenantId, amount, expiresAt, reason, ...press() };
  await (chance.next() < 0.5 ? grantPromo(platform, gift) : grantCustomerPromo(partners[0].scope, gift));
};

const expire: Verb = async () => {
  for (const tenantId of await findExpiredCredit())
    await expireCredit(await jobScope(tenantId, "expire-credit"));
};

const handOver: Verb = async (world) => {
  const { chance, partners, platform } = world;
  const { tenantId } = someone(world);
  const partnerId = chance.oneOf([partners[0].partnerId, partners[1].partnerId, null]);
  await handOverTenant(platform, { tenantId, partnerId, reason });
};

const suspend: Verb = ({ chance, partners, platform }) => {
  const { partnerId } = chance.oneOf(partners);
  return setPartnerStatus(platform, { partnerId, status: chance.oneOf(["active", "suspended"]), reason });
};

const setPrice: Verb = async ({ chance, partners, baseId }) => {
  const rate = BigInt(chance.whole(333_333, 999_999));
  const inDays = chance.whole(0, 3);
  const effectiveFrom = inDays > 0 ? new Date(currentTime().getTime() + inDays * DAY_MS) : null;
  await setPartnerRate(
    chance.oneOf(partners).scope,
    { systemRateId: baseId, rate, effectiveFrom },
    currentTime(),
  );
};

const dun: Verb = async ({ customers }) => {
  for (const { tenantId, invoiceId } of await findDunnable())
    if (customers.some((one) => one.tenantId === tenantId))
      await dunInvoice(await jobScope(tenantId, "dunning"), invoiceId);
};

const payOut: Verb = async ({ chance, partners, platform }) => {
  await draftPayouts();
  const drafts = await rowsOf<Row>(
    "select id from partner_payouts where partner_id = any($1) and status = 'draft'",
    [partners.map(({ partnerId }) => partnerId)],
  );
  for (const { id } of drafts) if (chance.next() < 0.8) await approvePayout(platform, { payoutId: id });
  await sweepPayouts();
};

/** What the platform, its jobs and the partners do, and how often beside each other. */
export const SELLERS: readonly (readonly [string, number, Verb])[] = [
  ["close what is over", 5, close],
  ["note a payment", 4, notePayment],
  ["note a transfer", 3, noteTransfer],
  ["issue a credit note", 4, credit],
  ["make void", 2, makeVoid],
  ["refund credit", 3, refund],
  ["send a refund by bank", 1, sendBack],
  ["send refunds to cards", 3, sendByCard],
  ["correct an entry", 2, correct],
  ["give credit", 2, give],
  ["let credit expire", 1, expire],
  ["hand over", 1, handOver],
  ["suspend or not", 1, suspend],
  ["set a price", 1, setPrice],
  ["go after debts", 4, dun],
  ["pay out", 2, payOut],
];
