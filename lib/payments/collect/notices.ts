import "server-only";
import { and, asc, eq, gt, inArray, isNotNull, sql } from "drizzle-orm";
import { asSystem, asWorker } from "@/db/access";
import { users } from "@/db/schema/auth";
import { invoices } from "@/db/schema/invoices";
import { payments } from "@/db/schema/payments";
import { jobScope } from "@/lib/auth/scope";
import { hostedAddress, hostedToken } from "@/lib/billing/hosted";
import { readParty } from "@/lib/billing/party";
import { databaseTime } from "@/lib/clock";
import { queueMail } from "@/lib/email/queue";
import { log } from "@/lib/log";
import { centsToMicros, formatMicros } from "@/lib/money";
import { notify } from "@/lib/notifications/notify";
import { hashToken } from "@/lib/secrets/tokens";
import { isCollection } from "./store";

const PAGE = 100;

type Tried = {
  tenantId: string;
  paymentId: string;
  invoiceId: string;
  invoiceNumber: string;
  status: string;
  amountCents: bigint;
  code: string | null;
  message: string | null;
  chargeId: string | null;
  customer: unknown;
  customerName: string;
};

/** Tries of the last day that took no money, and invoices that Stripe would not collect. */
async function lately(after: string | null): Promise<Tried[]> {
  return asSystem("payment-notices", (tx) =>
    tx
      .select({
        tenantId: payments.tenantId,
        paymentId: payments.id,
        invoiceId: invoices.id,
        invoiceNumber: invoices.invoiceNumber,
        status: payments.status,
        amountCents: payments.amountCents,
        code: payments.failureCode,
        message: payments.failureMessage,
        chargeId: payments.stripeChargeId,
        customer: invoices.customer,
        customerName: invoices.customerName,
      })
      .from(payments)
      .innerJoin(invoices, and(eq(invoices.tenantId, payments.tenantId), eq(invoices.id, payments.invoiceId)))
      .where(
        and(
          isCollection,
          inArray(payments.status, ["pending", "failed"]),
          isNotNull(payments.failureCode),
          gt(payments.updatedAt, sql`${databaseTime()} - interval '1 day'`),
          after ? gt(payments.id, after) : undefined,
        ),
      )
      .orderBy(asc(payments.id))
      .limit(PAGE),
  );
}

function messageOf({ invoiceNumber, amountCents, code, message }: Tried): { title: string; body: string } {
  const amount = formatMicros(centsToMicros(amountCents));
  if (code === "requires_action")
    return {
      title: `Your bank asks you to confirm ${amount} for invoice ${invoiceNumber}`,
      body: "Open the invoice: it leads to its page at Stripe, where the payment is confirmed.",
    };
  return {
    title: `A payment of ${amount} for invoice ${invoiceNumber} failed`,
    body: `${message ?? "It was declined."}\n\nOpen the invoice: it leads to its page at Stripe, where it can be paid again.`,
  };
}

/** The workspace's admins, and whoever the invoice was mailed to: they have no account, and pay where the mail leads. */
async function tellPayer(tried: Tried): Promise<void> {
  const { tenantId, paymentId, invoiceId, code, chargeId } = tried;
  const key = `collect:${paymentId}:${code}:${chargeId ?? ""}`;
  const { title, body } = messageOf(tried);
  const scope = await jobScope(tenantId, "payment-notices");
  await asWorker(scope, (tx) =>
    notify(tx, scope, {
      kind: "payment_failed",
      title,
      body,
      href: `/app/billing/${invoiceId}`,
      dedupeKey: key,
      to: { admins: true },
      ids: { invoiceId },
    }),
  );
  const { email } = readParty(tried.customer, tried.customerName);
  if (!email) return;
  const token = hostedToken(invoiceId);
  await asSystem("payment-notices", async (tx) => {
    await tx
      .update(invoices)
      .set({ hostedTokenHash: hashToken(token) })
      .where(
        and(
          eq(invoices.tenantId, tenantId),
          eq(invoices.id, invoiceId),
          sql`${invoices.hostedTokenHash} is distinct from ${hashToken(token)}`,
        ),
      );
    await queueMail(tx, {
      to: email,
      subject: title,
      body,
      action: { label: "View and pay", url: hostedAddress(token) },
      idempotencyKey: `${key}:${email}`,
    });
  });
}

/** The platform's own people, each in the workspace that is theirs: the invoice is to be paid here again. */
async function tellPlatform({ paymentId, invoiceId, invoiceNumber, message }: Tried): Promise<void> {
  const people = await asSystem("payment-notices", (tx) =>
    tx
      .select({ id: users.id, tenantId: users.tenantId })
      .from(users)
      .where(and(eq(users.role, "app_admin"), eq(users.isActive, true))),
  );
  for (const { id, tenantId } of people) {
    if (!tenantId) continue;
    const scope = await jobScope(tenantId, "payment-notices");
    await asWorker(scope, (tx) =>
      notify(tx, scope, {
        kind: "payment_failed",
        title: `Stripe does not collect invoice ${invoiceNumber}`,
        body: `${message ?? "It was refused."}\n\nThe invoice is open and is paid here again. Put right what is wrong, and collect it through Stripe once more.`,
        href: `/admin/invoices/${invoiceId}`,
        dedupeKey: `collect_failed:${paymentId}`,
        to: { userIds: [id] },
      }),
    );
  }
}

/**
 * Tells of payments at Stripe that failed or have to be confirmed, and the platform of invoices that Stripe would not
 * collect, each once. @returns how many there were
 */
export async function tellCollections(): Promise<number> {
  let told = 0;
  for (let after: string | null = null; ; ) {
    const page: readonly Tried[] = await lately(after);
    for (const one of page) {
      try {
        await (one.status === "failed" ? tellPlatform(one) : tellPayer(one));
        told += 1;
      } catch (error) {
        log.warn({ err: error, paymentId: one.paymentId }, "a notice of a payment at Stripe is tried again");
      }
    }
    after = page.at(-1)?.paymentId ?? null;
    if (page.length < PAGE) return told;
  }
}
