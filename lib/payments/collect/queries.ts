import "server-only";
import { and, eq, gt, inArray, ne, or, sql } from "drizzle-orm";
import { asPlatform, asSystem, asTenant } from "@/db/access";
import { invoices } from "@/db/schema/invoices";
import { payments } from "@/db/schema/payments";
import type { PlatformScope, TenantScope } from "@/db/scope";
import { authorize } from "@/lib/auth/authorize";
import { dueCents } from "@/lib/billing/apply-payment";
import { findHosted } from "@/lib/billing/hosted";
import { isUnpaid } from "@/lib/billing/state";
import { databaseTime } from "@/lib/clock";
import { env } from "@/lib/env";
import { isId } from "@/lib/ids";
import { log } from "@/lib/log";
import { findStripe } from "@/lib/stripe/client";
import { stripePage } from "./page-address";
import { type Collection, findCollection } from "./store";

/** How an invoice is collected through Stripe, as the platform sees it. */
export type CollectionView = {
  stripeId: string | null;
  pageUrl: string | null;
  startedAt: Date;
  /** What came of the last try that took no money. */
  failure: string | null;
};

const pageOf = (address: string | null) => stripePage(address, env().STRIPE_API_BASE ?? null);

/**
 * How an invoice is collected through Stripe, and whether it can be: with Stripe's keys, something owed, no partner that
 * sells it, and nothing under way.
 */
export async function adminCollection(
  scope: PlatformScope,
  invoiceId: string,
): Promise<{ collection: CollectionView | null; canCollect: boolean }> {
  authorize(scope, "invoice.read");
  const isOn = (await findStripe()) !== null;
  return asPlatform(scope, async (tx) => {
    const [invoice] = await tx.select().from(invoices).where(eq(invoices.id, invoiceId));
    const [live] = await tx
      .select({ failure: payments.failureMessage })
      .from(payments)
      .where(
        and(
          eq(payments.invoiceId, invoiceId),
          inArray(payments.status, ["pending", "requires_action", "processing"]),
          // What somebody began by card an hour ago and left is taken back first.
          or(
            ne(payments.method, "card"),
            eq(payments.status, "processing"),
            gt(payments.createdAt, sql`${databaseTime()} - interval '1 hour'`),
          ),
        ),
      );
    const found = await findCollection(tx, invoiceId);
    if (found)
      return {
        collection: {
          stripeId: found.stripeId,
          pageUrl: pageOf(found.pageUrl),
          startedAt: found.startedAt,
          failure: live?.failure ?? null,
        },
        canCollect: false,
      };
    const isOwed = invoice !== undefined && isUnpaid(invoice.status ?? "pending") && dueCents(invoice) > 0n;
    return { collection: null, canCollect: isOn && isOwed && !invoice.partnerId && !live };
  });
}

/** Whether Stripe collects an invoice of the workspace: it is paid there, and not here. */
export async function isPaidAtStripe(scope: TenantScope, invoiceId: string): Promise<boolean> {
  authorize(scope, "billing.read");
  if (!isId(invoiceId)) return false;
  return asTenant(scope, async (tx) => (await findCollection(tx, invoiceId))?.tenantId === scope.tenantId);
}

/** The page as Stripe names it now: its addresses grow old. What is known here while Stripe does not answer. */
async function freshPage({ stripeId, pageUrl }: Collection): Promise<string | null> {
  try {
    const handle = stripeId ? await findStripe() : null;
    const now = handle && stripeId ? await handle.stripe.invoices.retrieve(stripeId) : null;
    return pageOf(now?.hosted_invoice_url ?? null) ?? pageOf(pageUrl);
  } catch (error) {
    log.warn({ err: error, stripeId }, "Stripe did not say where an invoice is paid");
    return pageOf(pageUrl);
  }
}

/** Where an invoice is paid that Stripe collects; `url` is null while its page is being made. */
export type StripePage = { url: string | null };

/** Where the workspace pays an invoice at Stripe; null where it is paid here. */
export async function findStripePage(scope: TenantScope, invoiceId: string): Promise<StripePage | null> {
  authorize(scope, "billing.pay");
  if (!isId(invoiceId)) return null;
  const found = await asTenant(scope, (tx) => findCollection(tx, invoiceId));
  return found && found.tenantId === scope.tenantId ? { url: await freshPage(found) } : null;
}

/** Whether Stripe collects the invoice behind a secret address. @throws AppError `not_found` */
export async function isHostedAtStripe(token: string): Promise<boolean> {
  const { invoiceId } = await findHosted(token);
  return (await asSystem("hosted-invoice", (tx) => findCollection(tx, invoiceId))) !== null;
}

/** Where the invoice behind a secret address is paid at Stripe; null where it is paid here. @throws AppError `not_found` */
export async function findHostedStripePage(token: string): Promise<StripePage | null> {
  const { invoiceId } = await findHosted(token);
  const found = await asSystem("hosted-invoice", (tx) => findCollection(tx, invoiceId));
  return found && { url: await freshPage(found) };
}
