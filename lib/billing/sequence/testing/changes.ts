import { reactivateTenant, suspendTenant } from "@/lib/admin/commands/tenants";
import { jobScope } from "@/lib/auth/scope";
import { saveBillingDetails } from "@/lib/billing/commands/details";
import { saveDetailsInput } from "@/lib/billing/details-input";
import { currentTime } from "@/lib/clock";
import { newId } from "@/lib/ids";
import { runAutoTopup, saveAutoTopup } from "@/lib/payments/commands/auto-topup";
import { collectHere, collectThroughStripe } from "@/lib/payments/commands/collect-invoice";
import { cancelTransferOf } from "@/lib/payments/commands/transfer";
import { saveAutoTopupInput } from "@/lib/payments/input";
import { sweepPayments } from "@/lib/payments/sweep";
import { cancelPayout, recordPayout } from "@/lib/payouts/commands/decide";
import { setPlanPrice, updatePlan } from "@/lib/plans/commands";
import { withdrawPlanPrice } from "@/lib/plans/withdraw";
import { createDraft, saveDraft } from "@/lib/pricebook/commands/drafts";
import { scheduleDraft } from "@/lib/pricebook/commands/schedule";
import { thingKey } from "@/lib/pricebook/thing";
import { renewDue } from "@/lib/subscriptions/renew";
import { setWalletTerms } from "@/lib/wallet/commands/terms";
import { someone, type Verb } from "./customers";
import { anyOf, rowsOf, type World } from "./world";

const DAY_MS = 86_400_000;
const reason = "As the story goes";
type Row = { id: string };

const soon = ({ chance }: World) => {
  const inDays = chance.whole(0, 20);
  return inDays < 10 ? null : new Date(currentTime().getTime() + inDays * DAY_MS);
};

/** Months and trials that are over give way to what follows. */
const renew: Verb = async ({ customers }) => {
  const now = currentTime();
  await renewDue(now);
  const over = await rowsOf<Row>(
    `select id from subscriptions where tenant_id = any($1) and ended_at is null
      and ((plan_id is not null and current_period_end <= $2) or (status = 'trialing' and trial_ends_at <= $2))`,
    [customers.map(({ tenantId }) => tenantId), now],
  );
  if (over.length > 0) throw new Error(`${over.length} plans or trials that are over were not renewed`);
};

/** What a plan costs from now on, or later; it may cost nothing, or less than a card is charged for. */
const setFee: Verb = async (world) => {
  const { chance, platform, plans } = world;
  const billingCycle = chance.oneOf(["monthly", "monthly", "annual"] as const);
  const amount = BigInt(chance.oneOf([0, 30, 1_999, 2_900, 9_900, 45_000, chance.whole(0, 20_000)]));
  const effectiveFrom = soon(world);
  await setPlanPrice(
    platform,
    { planId: chance.oneOf(plans), billingCycle, amount, effectiveFrom, currency: "USD" },
    currentTime(),
  );
};

const withdrawFee: Verb = async (world) => {
  const coming = await rowsOf<Row>(
    "select id from plan_prices where plan_id = any($1) and effective_from > $2 and withdrawn_at is null",
    [world.plans, currentTime()],
  );
  const price = anyOf(world, coming);
  if (price) await withdrawPlanPrice(world.platform, { priceId: price.id }, currentTime());
};

/** What a plan includes from the next month on, and whether it is sold. */
const setPlan: Verb = async ({ chance, platform, plans }) => {
  const planId = chance.oneOf(plans);
  const [named] = await rowsOf<{ name: string }>("select name from plans where id = $1", [planId]);
  const allowance = BigInt(chance.oneOf([0, 1_000, 3_333, 8_000]));
  const isActive = chance.next() < 0.8;
  const fixed = { description: null, trialDays: 0, trialAllowance: 0n, position: 1, isPublic: true } as const;
  await updatePlan(platform, {
    planId,
    updatedAt: undefined,
    name: named?.name ?? "",
    allowance,
    isActive,
    currency: "USD",
    ...fixed,
  });
};

const terms: Verb = (world) => {
  const { chance, platform } = world;
  const { tenantId } = someone(world);
  const mode = chance.oneOf(["prepaid", "postpaid"] as const);
  const creditLimit = mode === "prepaid" ? 0n : BigInt(chance.whole(0, 100)) * 1_000_000n;
  return setWalletTerms(platform, { tenantId, mode, creditLimit, reason });
};

const buyAlone: Verb = async (world) => {
  const { admin, tenantId } = someone(world);
  const isOn = world.chance.next() < 0.8;
  const input = { isOn, threshold: "20", amount: "25", monthlyMax: "100" };
  await saveAutoTopup(admin, saveAutoTopupInput.parse(input));
  await runAutoTopup(await jobScope(tenantId, "top-up"));
};

const sweep: Verb = () => sweepPayments();

const anyInvoice = async (world: World) =>
  anyOf(
    world,
    await rowsOf<Row>(
      "select id from invoices where tenant_id = any($1) and status in ('pending', 'overdue', 'uncollectible')",
      [world.customers.map(({ tenantId }) => tenantId)],
    ),
  );

/** Stripe collects an invoice, or we do again. */
const collect: Verb = async (world) => {
  const invoice = await anyInvoice(world);
  if (invoice) await collectThroughStripe(world.platform, { invoiceId: invoice.id });
};

const collectOurselves: Verb = async (world) => {
  const invoice = await anyInvoice(world);
  if (invoice) await collectHere(world.platform, { invoiceId: invoice.id });
};

const cancelOrder: Verb = async (world) => {
  const tenantIds = world.customers.map(({ tenantId }) => tenantId);
  const order = anyOf(
    world,
    await rowsOf<Row>("select id from topups where tenant_id = any($1) and status = 'pending'", [tenantIds]),
  );
  if (order) await cancelTransferOf(world.platform, { topupId: order.id });
};

const decidePayout: Verb = async (world) => {
  const { platform, partners, chance } = world;
  const open = await rowsOf<Row>(
    "select id from partner_payouts where partner_id = any($1) and status in ('draft', 'approved', 'failed')",
    [partners.map(({ partnerId }) => partnerId)],
  );
  const payout = anyOf(world, open);
  if (!payout) return;
  if (chance.next() < 0.5) await cancelPayout(platform, { payoutId: payout.id, reason });
  else await recordPayout(platform, { payoutId: payout.id, method: "bank_transfer", reference: newId() });
};

/** All prices of a partner at once, as soon as the rules allow. */
const publish: Verb = async ({ chance, partners }) => {
  const { scope } = chance.oneOf(partners);
  const { id: draftId } = await createDraft(
    scope,
    { name: `Book ${newId()}`, start: "empty" },
    currentTime(),
  );
  const things = [
    [{ resourceType: "workflow_node", unit: "node", modelKey: null }, 333_333, 999_999],
    [{ resourceType: "embedding_tokens", unit: "1M_tokens", modelKey: null }, 3_141_593, 9_000_000],
  ] as const;
  const rates = new Map(
    things.map(([thing, least, most]) => [thingKey(thing), BigInt(chance.whole(least, most))]),
  );
  await saveDraft(scope, { draftId, updatedAt: undefined, name: "Book", rates }, currentTime());
  await scheduleDraft(scope, { draftId, updatedAt: undefined, effectiveFrom: null }, currentTime());
};

const move: Verb = async (world) => {
  const { admin } = someone(world);
  const country = world.chance.oneOf(["DE", "US", null] as const);
  await saveBillingDetails(admin, saveDetailsInput.parse({ address: {}, ...(country ? { country } : {}) }));
};

const close: Verb = async (world) => {
  const { tenantId } = someone(world);
  if (world.chance.next() < 0.4) await suspendTenant(world.platform, { tenantId, reason });
  else await reactivateTenant(world.platform, { tenantId });
};

/** What changes about plans, prices and terms, and how often beside each other. */
export const CHANGES: readonly (readonly [string, number, Verb])[] = [
  ["renew plans", 4, renew],
  ["set a plan's fee", 2, setFee],
  ["withdraw a plan's fee", 1, withdrawFee],
  ["change a plan", 1, setPlan],
  ["set terms", 2, terms],
  ["buy credit by itself", 2, buyAlone],
  ["sweep payments", 2, sweep],
  ["collect through Stripe", 2, collect],
  ["collect ourselves", 1, collectOurselves],
  ["cancel an order", 1, cancelOrder],
  ["decide a payout", 1, decidePayout],
  ["publish a price book", 1, publish],
  ["move to a country", 1, move],
  ["suspend or reactivate a workspace", 1, close],
];
