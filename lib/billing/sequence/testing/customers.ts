import { asWorker } from "@/db/access";
import { currentTime } from "@/lib/clock";
import { newId } from "@/lib/ids";
import { recordUsage } from "@/lib/metering/record";
import { payInvoice } from "@/lib/payments/commands/pay-invoice";
import { startTopup } from "@/lib/payments/commands/topup";
import { orderTransfer } from "@/lib/payments/commands/transfer";
import { orderTransferInput, payInvoiceInput } from "@/lib/payments/input";
import { click, pay } from "@/lib/payments/testing";
import { cancelPlan, resumePlan } from "@/lib/subscriptions/commands/cancel";
import { changePlan } from "@/lib/subscriptions/commands/change";
import { previewChange } from "@/lib/subscriptions/queries";
import type { TestTenant } from "@/lib/testing/scopes";
import { anyOf, rowsOf, type World } from "./world";

export type Verb = (world: World) => Promise<unknown>;

const DAY_MS = 86_400_000;
const CARDS = ["pm_card_visa", "pm_card_visa", "pm_card_createDispute", "pm_card_refundFail"] as const;
const press = () => ({ requestKey: newId() });

export const someone = ({ chance, customers }: World): TestTenant => chance.oneOf(customers);

/** Some nodes and some tokens, of now or told of late. */
const use: Verb = async (world) => {
  const { chance } = world;
  const { job } = someone(world);
  const isLate = chance.next() < 0.2;
  const occurredAt = new Date(currentTime().getTime() - (isLate ? chance.whole(0, 40) * DAY_MS : 0));
  const amounts = {
    workflow_node: BigInt(chance.whole(0, 40)) * 1_000_000n,
    embedding_tokens: BigInt(chance.whole(0, 3_000_000)),
  } as const;
  const items = (["workflow_node", "embedding_tokens"] as const).map((resourceType) => ({
    resourceType,
    modelKey: null,
    quantityMicros: amounts[resourceType],
    idempotencyKey: newId(),
  }));
  await asWorker(job, (tx) => recordUsage(tx, job, { occurredAt, items }));
};

const topUp: Verb = async (world) => {
  const tenant = someone(world);
  const payment = await startTopup(tenant.admin, click(String(world.chance.whole(5, 60))));
  await pay(payment, world.chance.oneOf(CARDS));
};

const orderCredit: Verb = async (world) => {
  const amount = String(world.chance.whole(5, 60));
  await orderTransfer(someone(world).admin, orderTransferInput.parse({ amount, ...press() }));
};

const payBill: Verb = async (world) => {
  const tenant = someone(world);
  const open = await rowsOf<{ id: string }>(
    "select id from invoices where tenant_id = $1 and status in ('pending', 'overdue', 'uncollectible')",
    [tenant.tenantId],
  );
  const invoice = anyOf(world, open);
  if (!invoice) return;
  const payment = await payInvoice(
    tenant.admin,
    payInvoiceInput.parse({ invoiceId: invoice.id, ...press() }),
  );
  await pay(payment, world.chance.oneOf(CARDS));
};

/** What is asked for is what was shown. */
const choosePlan: Verb = async (world) => {
  const { chance, plans } = world;
  const { admin } = someone(world);
  const [planId, cycle] = [chance.oneOf(plans), chance.next() < 0.2 ? "annual" : "monthly"] as const;
  const now = currentTime();
  const shownCents = BigInt((await previewChange(admin, { planId, cycle }, now)).totalCents);
  const asked = await changePlan(admin, { planId, cycle, shownCents, ...press() }, now).catch((error) => {
    if (error.reason === "price_changed") throw new Error(`more was asked for than ${shownCents} cents`);
    throw error;
  });
  const [invoice] = await rowsOf<{ cents: string }>(
    "select subtotal_cents + tax_cents as cents from invoices where id = $1",
    [asked.invoiceId],
  );
  if (BigInt(invoice?.cents ?? 0) !== shownCents)
    throw new Error(`${invoice?.cents} cents were asked for, and ${shownCents} were shown`);
};

const cancel: Verb = (world) => cancelPlan(someone(world).admin, press());
const resume: Verb = (world) => resumePlan(someone(world).admin, press());

/** What customers do, and how often beside each other. */
export const CUSTOMERS: readonly (readonly [string, number, Verb])[] = [
  ["use", 12, use],
  ["top up by card", 5, topUp],
  ["order credit", 2, orderCredit],
  ["pay an invoice by card", 4, payBill],
  ["choose a plan", 4, choosePlan],
  ["cancel the plan", 1, cancel],
  ["resume the plan", 1, resume],
];
