import "server-only";
import { eq, sql } from "drizzle-orm";
import type Stripe from "stripe";
import { asSystem, type Tx } from "@/db/access";
import { partners } from "@/db/schema/auth";
import { partnerAccounts } from "@/db/schema/partner-money";
import type { PartnerScope } from "@/db/scope";
import { type AuditActor, audit } from "@/lib/audit/record";
import { authorize } from "@/lib/auth/authorize";
import { currentTime } from "@/lib/clock";
import { env } from "@/lib/env";
import { AppError } from "@/lib/errors";
import { isId, newId } from "@/lib/ids";
import { findStripe, getStripe } from "@/lib/stripe/client";
import { stripeKeys } from "@/lib/stripe/keys";
import { type Outgoing, sendOnce } from "@/lib/stripe/request";
import { dispatchPayouts } from "./dispatch";
import type { PayoutMinimumInput } from "./input";
import { approvedPayouts } from "./send";

type AccountMetadata = { partner_id: string };

/** Says nothing that may change between two tries: Stripe would refuse the key. */
function creation(partnerId: string): Outgoing<Stripe.Account> {
  const metadata: AccountMetadata = { partner_id: partnerId };
  const body = {
    controller: {
      fees: { payer: "application" },
      losses: { payments: "application" },
      stripe_dashboard: { type: "express" },
    },
    capabilities: { transfers: { requested: true } },
    metadata,
  } satisfies Stripe.AccountCreateParams;
  return {
    key: stripeKeys.account(partnerId),
    operation: "account.create",
    body,
    partnerId,
    target: { type: "partner", id: partnerId },
    send: (stripe, options) => stripe.accounts.create(body, options),
    get: (stripe, id) => stripe.accounts.retrieve(id),
    find: async (stripe) => {
      for await (const account of stripe.accounts.list({ limit: 100 }))
        if (account.metadata?.partner_id === partnerId) return account;
      return null;
    },
  };
}

type Link = { id: string; url: string };

/** An address of Stripe's pages. Nothing stays of one that nobody follows: each asking is a new one. */
function onboardingLink(partnerId: string, accountId: string): Outgoing<Link> {
  const page = `${env().appUrl}/partner/payouts?from=stripe`;
  const body = {
    account: accountId,
    type: "account_onboarding",
    return_url: page,
    refresh_url: page,
  } satisfies Stripe.AccountLinkCreateParams;
  const make = async (stripe: Stripe, options?: { idempotencyKey: string }) => ({
    id: accountId,
    url: (await stripe.accountLinks.create(body, options)).url,
  });
  return {
    key: stripeKeys.accountLink(accountId, newId()),
    operation: "account_link.create",
    body,
    partnerId,
    target: { type: "partner", id: partnerId },
    send: make,
    get: (stripe) => make(stripe),
    find: async () => null,
  };
}

/** Whether money can be sent to an account, and leaves it for the partner's bank. */
const isPayable = (account: Stripe.Account) =>
  account.payouts_enabled === true && account.capabilities?.transfers === "active";

/** An account of Stripe's as it was when it was asked for. */
export type SeenAccount = { account: Stripe.Account; seenAt: Date };

export async function seeAccount(stripe: Stripe, accountId: string): Promise<SeenAccount> {
  const seenAt = currentTime();
  return { account: await stripe.accounts.retrieve(accountId), seenAt };
}

/**
 * Keeps what Stripe says of a partner's account, unless somebody has looked since: what is newer is never overwritten.
 * Payouts that waited for it may be sent: their ids.
 * @returns null when it is nobody's account
 */
export async function keepAccount(
  tx: Tx,
  by: AuditActor | PartnerScope,
  { account, seenAt }: SeenAccount,
): Promise<string[] | null> {
  const claimed = account.metadata?.partner_id;
  const [linked] = await tx
    .select({ partnerId: partnerAccounts.partnerId })
    .from(partnerAccounts)
    .where(eq(partnerAccounts.stripeAccountId, account.id));
  const partnerId = linked?.partnerId ?? (isId(claimed) ? claimed : null);
  if (!partnerId) return null;
  const [partner] = await tx.select({ id: partners.id }).from(partners).where(eq(partners.id, partnerId));
  if (!partner) return null;
  await tx.insert(partnerAccounts).values({ partnerId }).onConflictDoNothing();
  const isIt = eq(partnerAccounts.partnerId, partnerId);
  const [before] = await tx.select().from(partnerAccounts).where(isIt).for("update");
  // A partner has one account: another that names it is not paid.
  if (!before || (before.stripeAccountId !== null && before.stripeAccountId !== account.id)) return null;
  if (before.seenAt && before.seenAt > seenAt) return [];
  const after = {
    stripeAccountId: account.id,
    detailsSubmitted: account.details_submitted === true,
    payoutsEnabled: isPayable(account),
    requirements: account.requirements?.currently_due ?? [],
    country: account.country ?? null,
  };
  const known = { ...before, requirements: before.requirements as string[] };
  const changed = (Object.keys(after) as (keyof typeof after)[]).filter(
    (field) => JSON.stringify(known[field]) !== JSON.stringify(after[field]),
  );
  await tx
    .update(partnerAccounts)
    .set({ ...after, seenAt })
    .where(isIt);
  if (changed.length === 0) return [];
  await audit(tx, by, {
    action: "payout_account.update",
    targetType: "partner",
    targetId: partnerId,
    partnerId,
    before: Object.fromEntries(changed.map((field) => [field, known[field]])),
    after: Object.fromEntries(changed.map((field) => [field, after[field]])),
  });
  return after.payoutsEnabled && !before.payoutsEnabled ? approvedPayouts(tx, partnerId) : [];
}

async function accountIdOf(partnerId: string): Promise<string | null> {
  const [row] = await asSystem("payout-account", (tx) =>
    tx
      .select({ id: partnerAccounts.stripeAccountId })
      .from(partnerAccounts)
      .where(eq(partnerAccounts.partnerId, partnerId)),
  );
  return row?.id ?? null;
}

/**
 * Where a partner tells Stripe who they are and which bank account is theirs: an address that works once, for a few
 * minutes. The account is made when it is first needed, once.
 * @throws AppError `precondition` (`stripe_off`), `upstream`
 */
export async function startOnboarding(scope: PartnerScope): Promise<{ url: string }> {
  authorize(scope, "payout.manage");
  const { stripe } = await getStripe();
  const known = await accountIdOf(scope.partnerId);
  const accountId = known ?? (await sendOnce(stripe, creation(scope.partnerId))).id;
  if (!known) {
    const seen = await seeAccount(stripe, accountId);
    await asSystem("payout-account", (tx) => keepAccount(tx, scope, seen));
  }
  const { url } = await sendOnce(stripe, onboardingLink(scope.partnerId, accountId));
  return { url };
}

/**
 * Looks at Stripe what has become of the partner's account, without waiting for an event.
 * @throws AppError `precondition` (`no_account`, `stripe_off`), `upstream`
 */
export async function refreshAccount(scope: PartnerScope): Promise<{ isPayable: boolean }> {
  authorize(scope, "payout.manage");
  const { stripe } = await getStripe();
  const accountId = await accountIdOf(scope.partnerId);
  if (!accountId) throw new AppError("precondition", "Set up your account first.", { reason: "no_account" });
  const seen = await seeAccount(stripe, accountId);
  const waiting = await asSystem("payout-account", (tx) => keepAccount(tx, scope, seen));
  await dispatchPayouts(waiting ?? []);
  return { isPayable: isPayable(seen.account) };
}

/** Accounts that payouts wait for, looked up again: an event of theirs may be lost. */
export async function refreshHeldAccounts(): Promise<void> {
  const handle = await findStripe();
  if (!handle) return;
  const { rows } = await asSystem("payout-account", (tx) =>
    tx.execute<{ id: string }>(sql`
      select distinct a.stripe_account_id as id from ${partnerAccounts} a
      join partner_payouts p on p.partner_id = a.partner_id and p.status = 'approved' and p.held_reason = 'not_payable'
      where a.stripe_account_id is not null and not a.payouts_enabled limit 100`),
  );
  for (const { id } of rows) {
    const seen = await seeAccount(handle.stripe, id).catch(() => null);
    if (!seen) continue;
    const by: AuditActor = { actor: { kind: "job", name: "sweep-payouts" } };
    await asSystem("payout-account", (tx) => keepAccount(tx, by, seen));
  }
}

/** The least this partner wants to be paid at once; less waits for another month. */
export async function setPayoutMinimum(
  scope: PartnerScope,
  { minimum }: PayoutMinimumInput,
): Promise<{ minimumCents: string }> {
  authorize(scope, "payout.manage");
  const { partnerId } = scope;
  await asSystem("payout-account", async (tx) => {
    await tx.insert(partnerAccounts).values({ partnerId }).onConflictDoNothing();
    const isIt = eq(partnerAccounts.partnerId, partnerId);
    const [before] = await tx.select().from(partnerAccounts).where(isIt).for("update");
    if (before?.minimumCents === minimum) return;
    await tx.update(partnerAccounts).set({ minimumCents: minimum }).where(isIt);
    await audit(tx, scope, {
      action: "payout_account.minimum",
      targetType: "partner",
      targetId: partnerId,
      before: { minimumCents: before?.minimumCents.toString() ?? null },
      after: { minimumCents: minimum.toString() },
    });
  });
  return { minimumCents: minimum.toString() };
}
