import { drizzle } from "drizzle-orm/node-postgres";
import { database } from "@/db/pool";
import { ledgerEntries, partnerRates, priceAllowances, systemRates } from "@/db/schema/billing";
import { autoTopups, capWindows, spendAlerts, spendCaps } from "@/db/schema/caps";
import {
  creditNoteLines,
  creditNotes,
  invoiceEntryLinks,
  invoiceLines,
  invoices,
} from "@/db/schema/invoices";
import {
  commissionEvents,
  partnerAccounts,
  partnerBranding,
  partnerPayouts,
  payoutItems,
} from "@/db/schema/partner-money";
import { disputes, paymentMethods, payments, refunds, topups } from "@/db/schema/payments";
import { subscriptionChanges, subscriptions } from "@/db/schema/plans";
import { priceBookDraftRates, priceBookDrafts } from "@/db/schema/price-books";
import { ledgerDigests } from "@/db/schema/reconciliation";
import { billingProfiles } from "@/db/schema/tax";
import { marginSums, usageCounted, usageRuns, usageSums } from "@/db/schema/usage-sums";
import { creditHolds, creditLots, creditTransactions, ledgerFunding } from "@/db/schema/wallets";
import { newId } from "@/lib/ids";
import type { TestTenant } from "./scopes";

let sequence = 0;

type Work = { agentId: string; executionId: string; stepId: string };
type Place = { tenantId: string; partnerId: string | null; canary: string; now: Date; later: Date };

/** One row in every table of money that a tenant owns. The wallet itself comes with the tenant. */
export async function plantMoney(
  { tenantId }: TestTenant,
  partnerId: string | null,
  work: Work,
): Promise<void> {
  sequence += 1;
  const now = new Date();
  const place = {
    tenantId,
    partnerId,
    canary: `canary ${tenantId}`,
    now,
    later: new Date(now.getTime() + 1_000),
  };
  const entryId = await plantUsage(place, work);
  const lotId = await plantCredit(place, work, entryId);
  const invoice = await plantInvoice(place, entryId);
  await plantPayments(place, lotId, invoice);
  await plantCaps(place, work.agentId);
  await plantSubscription(place);
  await plantDigest();
  await plantCounted(place);
}

async function plantUsage({ tenantId, partnerId, canary, now }: Place, work: Work): Promise<string> {
  const db = drizzle((await database()).pool);
  const [entryId, rateId] = [newId(), newId()];
  const thing = { resourceType: `planted_${sequence}`, unit: "node" };
  await db.insert(systemRates).values({ ...thing, id: rateId, rate: "1.000000" });
  if (partnerId) {
    await db.insert(partnerRates).values({ ...thing, partnerId, systemRateId: rateId, rate: "2.000000" });
    await db.insert(priceAllowances).values({ ...thing, partnerId, maxRate: "30.000000", reason: canary });
  }
  await db.insert(ledgerEntries).values({
    id: entryId,
    tenantId,
    partnerId,
    executionId: work.executionId,
    resourceType: "workflow_node",
    unit: "node",
    quantity: "1.000000",
    platformCost: "1.000000",
    tenantCost: "1.000000",
    partnerCommission: "0.000000",
    systemRate: "1.000000",
    tenantRate: "1.000000",
    idempotencyKey: canary,
    occurredAt: now,
  });
  return entryId;
}

async function plantCredit(
  { tenantId, partnerId, canary, later }: Place,
  { executionId, stepId }: Work,
  ledgerEntryId: string,
): Promise<string> {
  const db = drizzle((await database()).pool);
  const lotId = newId();
  await db.insert(creditLots).values({
    id: lotId,
    tenantId,
    source: "paid",
    amount: "1",
    remaining: "1",
    key: canary,
    reason: canary,
  });
  await db.insert(creditTransactions).values({
    tenantId,
    kind: "grant",
    source: "paid",
    lotId,
    amount: "1",
    balanceAfter: "1",
    allowanceAfter: "0",
    reason: canary,
    key: canary,
  });
  await db
    .insert(creditHolds)
    .values({ tenantId, key: canary, executionId, stepId, amount: "1", expiresAt: later });
  await db.insert(ledgerFunding).values({
    tenantId,
    partnerId,
    ledgerEntryId,
    source: "paid",
    lotId,
    amount: "1",
    commissionShare: "0",
    payable: "0",
  });
  return lotId;
}

type PlantedInvoice = { invoiceId: string; creditNoteId: string };

async function plantInvoice(place: Place, ledgerEntryId: string): Promise<PlantedInvoice> {
  const { tenantId, partnerId, canary, now, later } = place;
  const db = drizzle((await database()).pool);
  const [invoiceId, lineId, creditNoteId] = [newId(), newId(), newId()];
  await db.insert(invoices).values({
    id: invoiceId,
    tenantId,
    partnerId,
    invoiceNumber: `T-${tenantId}`,
    sequence,
    series: `T${tenantId}`,
    totalAmount: "1.000000",
    periodStart: now,
    periodEnd: later,
    dueDate: later,
    sellerName: "Seller",
    customerName: canary,
  });
  await db.insert(invoiceLines).values({
    id: lineId,
    tenantId,
    invoiceId,
    position: 1,
    description: canary,
    resourceType: "workflow_node",
    unit: "node",
    rate: "1.000000",
    quantity: "1.000000",
    amount: "1.000000",
    amountCents: 100n,
    serviceStart: now,
    serviceEnd: later,
  });
  await db.insert(invoiceEntryLinks).values({ ledgerEntryId, tenantId, invoiceId, lineId });
  await db.insert(creditNotes).values({
    id: creditNoteId,
    tenantId,
    partnerId,
    invoiceId,
    number: `N-${tenantId}`,
    kind: "refund",
    reason: canary,
    settledAs: "money",
    subtotalCents: 1n,
    totalCents: 1n,
  });
  await db
    .insert(creditNoteLines)
    .values({ tenantId, creditNoteId, lineId, description: canary, amountCents: 1n });
  await db.insert(billingProfiles).values({ tenantId, legalName: canary, address: { canary } });
  if (partnerId) await plantPartner(place, partnerId);
  return { invoiceId, creditNoteId };
}

async function plantPartner({ tenantId, canary, now, later }: Place, partnerId: string): Promise<void> {
  const db = drizzle((await database()).pool);
  const [eventId, payoutId] = [newId(), newId()];
  await db.insert(commissionEvents).values({
    id: eventId,
    partnerId,
    tenantId,
    kind: "adjustment",
    amount: "1",
    earnedAt: now,
    key: canary,
  });
  await db
    .insert(partnerPayouts)
    .values({ id: payoutId, partnerId, periodStart: now, periodEnd: later, status: "cancelled" });
  await db.insert(payoutItems).values({ payoutId, partnerId, commissionEventId: eventId, amount: "1" });
  await db.insert(partnerAccounts).values({ partnerId }).onConflictDoNothing();
  await db.insert(partnerBranding).values({ partnerId, displayName: canary }).onConflictDoNothing();
  const draftId = newId();
  await db.insert(priceBookDrafts).values({ id: draftId, partnerId, name: canary });
  await db
    .insert(priceBookDraftRates)
    .values({ draftId, partnerId, resourceType: "workflow_node", unit: "node", rate: "1" });
}

async function plantPayments(
  { tenantId, canary, now }: Place,
  lotId: string,
  { invoiceId, creditNoteId }: PlantedInvoice,
): Promise<void> {
  const db = drizzle((await database()).pool);
  const paymentId = newId();
  await db
    .insert(paymentMethods)
    .values({ tenantId, stripePaymentMethodId: canary, stripeCustomerId: canary });
  await db.insert(topups).values({
    tenantId,
    kind: "manual",
    amount: "1",
    totalCents: 100n,
    requestKey: canary,
    month: "2026-11",
    lotId,
  });
  await db
    .insert(payments)
    .values({ id: paymentId, tenantId, invoiceId, method: "other", amountCents: 1n, requestKey: canary });
  await db.insert(refunds).values({ tenantId, paymentId, creditNoteId, amountCents: 1n, reason: canary });
  await db.insert(disputes).values({
    tenantId,
    paymentId,
    stripeDisputeId: canary,
    amountCents: 1n,
    status: "won",
    stage: "won",
    openedAt: now,
  });
}

async function plantCaps({ tenantId, canary }: Place, agentId: string): Promise<void> {
  const db = drizzle((await database()).pool);
  const capId = newId();
  await db
    .insert(spendCaps)
    .values({ id: capId, tenantId, scope: "agent", agentId, period: "day", amount: "1" });
  await db.insert(capWindows).values({ tenantId, capId, windowKey: canary });
  await db.insert(spendAlerts).values({ tenantId, capId, windowKey: canary, threshold: 50 });
  await db
    .insert(autoTopups)
    .values({ tenantId, threshold: "1", amount: "1", monthlyMax: "1", disabledReason: canary });
}

async function plantSubscription({ tenantId, canary, now }: Place): Promise<void> {
  const db = drizzle((await database()).pool);
  const subscriptionId = newId();
  await db.insert(subscriptions).values({ id: subscriptionId, tenantId, planName: "trial" });
  await db
    .insert(subscriptionChanges)
    .values({ tenantId, subscriptionId, kind: "start", toPlan: canary, at: now, key: canary });
}

async function plantDigest(): Promise<void> {
  const db = drizzle((await database()).pool);
  const nothing = { entries: 0, tenantCost: "0", platformCost: "0", commission: "0", content: "0" };
  await db
    .insert(ledgerDigests)
    .values({ ...nothing, day: "2001-01-01", previousHash: "0", hash: "0" })
    .onConflictDoNothing();
}

async function plantCounted({ tenantId, partnerId, canary }: Place): Promise<void> {
  const db = drizzle((await database()).pool);
  const [day, sums] = ["2001-01-01", { quantity: "0", tenantCost: "0", owed: "0" }];
  const until = new Date(day);
  await db.insert(usageCounted).values({ tenantId, until, marginsUntil: until, afterId: newId() });
  await db
    .insert(usageSums)
    .values({ ...sums, tenantId, day, modelKey: canary, resourceType: "workflow_node" });
  await db.insert(usageRuns).values({ tenantId, day, part: "model", key: canary, runs: 0 });
  const margin = { platformCost: "0", tenantCost: "0", partnerCommission: "0" };
  await db.insert(marginSums).values({ ...margin, tenantId, day, partnerId });
}
