import { and, eq } from "drizzle-orm";
import { asSystem, asTenant } from "@/db/access";
import { tenants } from "@/db/schema/auth";
import { invoices } from "@/db/schema/invoices";
import { notifications } from "@/db/schema/notifications";
import { subscriptions } from "@/db/schema/plans";
import type { StripeDouble } from "@/e2e/stripe/server";
import { jobScope } from "@/lib/auth/scope";
import { shiftClock } from "@/lib/clock";
import { bill } from "@/lib/payments/bill-testing";
import { saveCard } from "@/lib/payments/testing";
import { makePayer } from "@/lib/stripe/testing";
import type { TestTenant } from "@/lib/testing/scopes";
import { dunInvoice } from "./run";

const DAY = 86_400_000;
/** An hour that many days after now, on which the tests' invoices are due. */
export function onDay(days: number): void {
  shiftClock(days * DAY + 3_600_000);
}

/** What the job of an hour does to an invoice. */
export async function dun(tenant: TestTenant, invoiceId: string): Promise<string> {
  return dunInvoice(await jobScope(tenant.tenantId, "dunning"), invoiceId);
}

/** Goes through days, looking at each once. */
export async function through(
  tenant: TestTenant,
  invoiceId: string,
  days: readonly number[],
): Promise<string[]> {
  const ends: string[] = [];
  for (const day of days) {
    onDay(day);
    ends.push(await dun(tenant, invoiceId));
  }
  return ends;
}

/** How far an invoice is, and what that has taken from its workspace. */
export async function debtState(tenant: TestTenant, invoiceId: string) {
  return asSystem("test", async (tx) => {
    const [invoice] = await tx.select().from(invoices).where(eq(invoices.id, invoiceId));
    const [subscription] = await tx
      .select()
      .from(subscriptions)
      .where(eq(subscriptions.tenantId, tenant.tenantId));
    const [workspace] = await tx.select().from(tenants).where(eq(tenants.id, tenant.tenantId));
    return {
      invoice: invoice?.status,
      stage: invoice?.dunningStage,
      attempts: invoice?.attempts,
      subscription: subscription?.status,
      isBlocked: subscription?.startsBlockedAt !== null,
      workspace: workspace?.status,
      suspendedBy: workspace?.suspendedBy,
    };
  });
}

/** What the admin was told, in order. */
export async function dunTitles({ admin, adminId }: TestTenant): Promise<string[]> {
  const rows = await asTenant(admin, (tx) =>
    tx
      .select({ title: notifications.title })
      .from(notifications)
      .where(and(eq(notifications.userId, adminId), eq(notifications.kind, "payment_failed")))
      .orderBy(notifications.id),
  );
  return rows.map(({ title }) => title.replace(/T-[0-9a-f-]+/, "…"));
}

/** Somebody with a plan, a card and an invoice that is due now. */
export async function debtor(
  double: StripeDouble,
  card: string | null,
  partnerId?: string,
  customer: Record<string, unknown> = {},
): Promise<{ tenant: TestTenant; invoiceId: string }> {
  const tenant = await makePayer(partnerId);
  await asSystem("test", (tx) =>
    tx
      .update(subscriptions)
      .set({ status: "active", planName: "team" })
      .where(eq(subscriptions.tenantId, tenant.tenantId)),
  );
  if (card) await saveCard(double, tenant, card);
  return { tenant, invoiceId: await bill(tenant, new Date(), partnerId, customer) };
}
