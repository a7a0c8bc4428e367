import { and, asc, eq, gte, inArray, isNull, or, sql } from "drizzle-orm";
import type { Tx } from "@/db/access";
import { invoices } from "@/db/schema/invoices";
import { subscriptionChanges, subscriptions } from "@/db/schema/plans";
import { creditLots, wallets } from "@/db/schema/wallets";
import { UNPAID_STATUSES } from "@/lib/billing/state";
import { type Micros, microsFromNumeric } from "@/lib/money";
import { type Plan, readPlans } from "@/lib/plans/store";
import { postCredit } from "@/lib/wallet/credit";
import type { Subscription } from "./store";

/** Whether a tenant may use what a plan includes before its fee is paid: an admin lets it pay afterwards. */
export async function paysAfterwards(tx: Tx, tenantId: string): Promise<boolean> {
  const [row] = await tx.select({ mode: wallets.mode }).from(wallets).where(eq(wallets.tenantId, tenantId));
  return row?.mode === "postpaid";
}

/** Given up at Stripe, and for the plan that runs: that has not ended for it, and is not paid all the same. */
const isOfPlanThatRuns = sql`exists (select from ${subscriptions} s where s.tenant_id = ${invoices.tenantId}
  and s.id = ${invoices.subscriptionId} and s.ended_at is null and s.status <> 'cancelled' and s.anchor_at <= ${invoices.periodStart})`;

/** The unpaid invoice of a plan that was begun or raised; null when everything is paid. */
export async function unpaidPlanInvoice(
  tx: Tx,
  tenantId: string,
): Promise<{ id: string; number: string } | null> {
  const [row] = await tx
    .select({ id: invoices.id, number: invoices.invoiceNumber })
    .from(invoices)
    .where(
      and(
        eq(invoices.tenantId, tenantId),
        inArray(invoices.kind, ["subscription", "plan_change"]),
        or(
          inArray(invoices.status, [...UNPAID_STATUSES]),
          and(eq(invoices.status, "uncollectible"), isOfPlanThatRuns),
        ),
      ),
    )
    .orderBy(invoices.id)
    .limit(1);
  return row ?? null;
}

const keyOf = (sub: Pick<Subscription, "id">, key: string) => `plan:${sub.id}:${key}`;

/** Gives what a plan includes, until its month ends. The same key is given once. Locks the wallet. */
export async function giveAllowance(
  tx: Tx,
  sub: Pick<Subscription, "id" | "tenantId">,
  { amount, expiresAt, key, reason }: { amount: Micros; expiresAt: Date; key: string; reason: string },
): Promise<void> {
  if (amount <= 0n) return;
  await postCredit(tx, {
    tenantId: sub.tenantId,
    kind: "grant",
    source: "plan",
    amount,
    key: keyOf(sub, key),
    facts: { subscriptionId: sub.id, expiresAt, reason },
  });
}

/**
 * Takes back what is left of what a plan included. Behind the wallet's lock.
 * @param key of `giveAllowance`; null for all of it
 */
export async function endAllowance(
  tx: Tx,
  sub: Pick<Subscription, "id" | "tenantId">,
  { key, reason }: { key: string | null; reason: string },
): Promise<void> {
  const lots = await tx
    .select({ id: creditLots.id, remaining: creditLots.remaining })
    .from(creditLots)
    .where(
      and(
        eq(creditLots.tenantId, sub.tenantId),
        eq(creditLots.subscriptionId, sub.id),
        eq(creditLots.source, "plan"),
        isNull(creditLots.closedAt),
        key ? eq(creditLots.key, keyOf(sub, key)) : undefined,
      ),
    );
  for (const { id, remaining } of lots)
    await postCredit(tx, {
      tenantId: sub.tenantId,
      kind: "expiry",
      amount: -microsFromNumeric(remaining),
      key: `ended:${id}`,
      facts: { lotId: id, reason },
    });
}

/** The plan with which a month began, before it was raised in it: what a raise includes more is given by itself. */
async function planAtStart(tx: Tx, sub: Subscription, plan: Plan, start: Date): Promise<Plan> {
  const [raised] = await tx
    .select({ from: subscriptionChanges.fromPlan })
    .from(subscriptionChanges)
    .where(
      and(
        eq(subscriptionChanges.tenantId, sub.tenantId),
        eq(subscriptionChanges.subscriptionId, sub.id),
        eq(subscriptionChanges.kind, "upgrade"),
        gte(subscriptionChanges.at, start),
      ),
    )
    .orderBy(asc(subscriptionChanges.at), asc(subscriptionChanges.id))
    .limit(1);
  const [before] = raised?.from ? await readPlans(tx, { key: raised.from }) : [];
  return before ?? plan;
}

/**
 * What the month that runs includes, once: when what was asked for before is paid, or the workspace pays afterwards. A
 * month that is over already gets nothing.
 */
export async function giveMonth(tx: Tx, sub: Subscription, plan: Plan, now: Date): Promise<void> {
  const { currentPeriodStart: start, currentPeriodEnd: end } = sub;
  if (!start || !end || end <= now || sub.status !== "active") return;
  const isOwed = (await unpaidPlanInvoice(tx, sub.tenantId)) !== null;
  if (isOwed && !(await paysAfterwards(tx, sub.tenantId))) return;
  const { allowanceMicros, name } = await planAtStart(tx, sub, plan, start);
  await giveAllowance(tx, sub, {
    amount: allowanceMicros,
    expiresAt: end,
    key: start.toISOString(),
    reason: `Included in ${name}`,
  });
}
