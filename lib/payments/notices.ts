import "server-only";
import { and, asc, eq, gt, isNotNull, sql } from "drizzle-orm";
import { asSystem } from "@/db/access";
import { tenants } from "@/db/schema/auth";
import { autoTopups } from "@/db/schema/caps";
import { paymentMethods, payments, topups } from "@/db/schema/payments";
import { currentTime, databaseTime } from "@/lib/clock";
import { formatMicros, microsFromNumeric } from "@/lib/money";
import { TELL_PAGE, type Told, tellAll } from "@/lib/notifications/tell-admins";
import { methodName } from "./method-name";

const PAYMENTS = { job: "payment-notices", kind: "payment_failed" } as const;

/** Lately: who was away for a day hears of the newest state from the page itself. */
const lately = () => sql`${databaseTime()} - interval '1 day'`;

async function failedTopups(after: string | null): Promise<Told[]> {
  const rows = await asSystem("payment-notices", (tx) =>
    tx
      .select({
        tenantId: topups.tenantId,
        topupId: topups.id,
        amount: topups.amount,
        code: payments.failureCode,
        message: payments.failureMessage,
      })
      .from(topups)
      .innerJoin(payments, and(eq(payments.tenantId, topups.tenantId), eq(payments.topupId, topups.id)))
      .where(
        and(
          eq(topups.kind, "auto"),
          eq(topups.status, "failed"),
          gt(topups.updatedAt, lately()),
          after ? gt(topups.id, after) : undefined,
        ),
      )
      .orderBy(asc(topups.id))
      .limit(TELL_PAGE),
  );
  return rows.map(({ tenantId, topupId, amount, code, message }) => ({
    id: topupId,
    tenantId,
    title: `Credit could not be bought automatically: ${formatMicros(microsFromNumeric(amount))}`,
    body:
      code === "authentication_required"
        ? "Your bank wants you to confirm the payment, which nobody can do while you are away. Add the credit yourself, or save another card."
        : `The saved card was not accepted${message ? `: ${message}` : "."} It is tried again in an hour.`,
    href: "/app/billing/top-up",
    dedupeKey: `topup_failed:${topupId}`,
  }));
}

async function turnedOff(after: string | null): Promise<Told[]> {
  const rows = await asSystem("payment-notices", (tx) =>
    tx
      .select({
        tenantId: autoTopups.tenantId,
        reason: autoTopups.disabledReason,
        updatedAt: autoTopups.updatedAt,
      })
      .from(autoTopups)
      .where(
        and(
          eq(autoTopups.isOn, false),
          isNotNull(autoTopups.disabledReason),
          gt(autoTopups.updatedAt, lately()),
          after ? gt(autoTopups.tenantId, after) : undefined,
        ),
      )
      .orderBy(asc(autoTopups.tenantId))
      .limit(TELL_PAGE),
  );
  return rows.map(({ tenantId, reason, updatedAt }) => ({
    id: tenantId,
    tenantId,
    title: "Automatic top-up is turned off",
    body: `It failed three times in a row. The last time: ${reason}\n\nCheck the card that is charged, and turn it on again.`,
    href: "/app/billing/top-up",
    dedupeKey: `topup_off:${updatedAt.toISOString()}`,
  }));
}

/** Tells of automatic top-ups that failed, and of those that were turned off for it. @returns how many notices there were */
export async function tellTopups(): Promise<number> {
  return (await tellAll(PAYMENTS, failedTopups)) + (await tellAll(PAYMENTS, turnedOff));
}

/** Tells of cards that are charged and are good until the end of this month, or of the last one. */
export async function tellExpiringCards(): Promise<number> {
  return tellAll(PAYMENTS, expiringCards);
}

async function expiringCards(after: string | null): Promise<Told[]> {
  const now = currentTime();
  const month = now.getUTCFullYear() * 12 + now.getUTCMonth() + 1;
  const rows = await asSystem("payment-notices", (tx) =>
    tx
      .select({
        tenantId: paymentMethods.tenantId,
        methodId: paymentMethods.id,
        brand: paymentMethods.brand,
        last4: paymentMethods.last4,
        expMonth: paymentMethods.expMonth,
        expYear: paymentMethods.expYear,
      })
      .from(paymentMethods)
      .innerJoin(tenants, eq(tenants.id, paymentMethods.tenantId))
      .where(
        and(
          eq(paymentMethods.isDefault, true),
          eq(paymentMethods.status, "active"),
          sql`${paymentMethods.expYear} * 12 + ${paymentMethods.expMonth} in (${month}, ${month - 1})`,
          after ? gt(paymentMethods.id, after) : undefined,
        ),
      )
      .orderBy(asc(paymentMethods.id))
      .limit(TELL_PAGE),
  );
  return rows.map(({ tenantId, methodId, expMonth, expYear, ...card }) => {
    const until = `${String(expMonth).padStart(2, "0")}/${expYear}`;
    const isOver = (expYear ?? 0) * 12 + (expMonth ?? 0) < month;
    return {
      id: methodId,
      tenantId,
      title: isOver
        ? `The card that is charged has expired: ${methodName(card)}`
        : `The card that is charged expires soon: ${methodName(card)}`,
      body: `It is good until ${until}. Save another one, so that invoices and credit go on being paid by themselves.`,
      href: "/app/billing/methods",
      dedupeKey: `card_expires:${methodId}:${until}:${isOver ? "over" : "soon"}`,
    };
  });
}
