import { asSystem } from "@/db/access";
import type { PlatformScope, TenantScope } from "@/db/scope";
import { FACTS, mailedToken, signIn } from "@/db/seed/people";
import { payAfterwards } from "@/db/seed/terms";
import { signUp } from "@/lib/accounts/sign-up";
import { verifyEmail } from "@/lib/accounts/verify-email";
import { jobScope, tenantScopeOf } from "@/lib/auth/scope";
import { closeTenant } from "@/lib/billing/close";
import { issueInvoice } from "@/lib/billing/commands/issue";
import { recordPayment } from "@/lib/billing/commands/record-payment";
import type { Period } from "@/lib/billing/period";
import { currentTime, shiftClock } from "@/lib/clock";
import { newId } from "@/lib/ids";
import { listOffers } from "@/lib/plans/queries";
import { changePlan } from "@/lib/subscriptions/commands/change";
import { renew } from "@/lib/subscriptions/renew";
import { lockPlan } from "@/lib/subscriptions/store";
import { plantUsage } from "./plant-usage";
import { RENEWER } from "./renewer";

const DAY_MS = 86_400_000;
const JOB = { actor: { kind: "job", name: "plant" } } as const;

/** Begins the plan, whose first month is paid. */
async function subscribe(platform: PlatformScope, scope: TenantScope): Promise<void> {
  const plan = (await listOffers(scope)).find(({ key }) => key === "starter");
  if (!plan) throw new Error("there is no plan to begin");
  const asked = { planId: plan.id, cycle: "monthly", requestKey: newId(), shownCents: 2_900n } as const;
  const { invoiceId } = await changePlan(scope, asked);
  const transfer = { method: "bank_transfer", reference: "Transfer 1" } as const;
  await recordPayment(platform, { invoiceId: invoiceId ?? "", ...transfer }, currentTime());
}

/** The next month begins: its fee stands on the invoice of the month that ended. */
async function closeMonth(tenantId: string): Promise<void> {
  const month = await asSystem("plant", async (tx): Promise<Period> => {
    const sub = await lockPlan(tx, tenantId);
    if (!sub?.currentPeriodStart || !sub.currentPeriodEnd) throw new Error("there is no month to close");
    await renew(tx, sub, currentTime());
    return { start: sub.currentPeriodStart, end: sub.currentPeriodEnd };
  });
  const closer = { by: JOB, open: <T>(work: Parameters<typeof asSystem<T>>[1]) => asSystem("plant", work) };
  const { invoiceId } = await closeTenant(closer, tenantId, month, currentTime());
  await issueInvoice(invoiceId ?? "");
}

/** Somebody who pays for a plan by invoice, with the first month paid and an open invoice for the second. */
export async function plantRenewer(platform: PlatformScope): Promise<void> {
  shiftClock(-40 * DAY_MS);
  await signUp(FACTS, RENEWER);
  await verifyEmail(FACTS, { token: await mailedToken(RENEWER.email) });
  const scope = tenantScopeOf(await signIn(RENEWER.email), FACTS);
  const { tenantId } = scope;
  await payAfterwards(platform, tenantId);
  await subscribe(platform, scope);
  await plantUsage(await jobScope(tenantId, "plant"), { cost: "32.000000" });
  shiftClock(-8 * DAY_MS);
  await closeMonth(tenantId);
  shiftClock(0);
}
