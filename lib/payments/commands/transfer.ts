import "server-only";
import { and, eq, ne, sql } from "drizzle-orm";
import { asSystem, type Tx } from "@/db/access";
import { payments, topups } from "@/db/schema/payments";
import type { PlatformScope, TenantScope } from "@/db/scope";
import { type AuditActor, audit } from "@/lib/audit/record";
import { authorize } from "@/lib/auth/authorize";
import { AppError } from "@/lib/errors";
import { creditReference } from "../credit-reference";
import type { CancelTransferInput, OrderTransferInput, RecordTransferInput } from "../input";
import type { OrderedCredit } from "../started-payment";
import { orderCredit, orderedCredit } from "../topup-order";
import { topupPaid } from "../topups";

export type OrderedTransfer = OrderedCredit & { topupId: string; reference: string };

/** So many orders of a workspace wait for their money at once. */
const MOST_OPEN = 10;

/**
 * Orders credit that is paid by bank transfer: how much is to be sent, its tax included, and what the transfer must say.
 * The credit is given when an admin records that the money came. The same click is one order.
 * @throws AppError `conflict` (`request_changed`, `too_many_orders`)
 */
export async function orderTransfer(scope: TenantScope, input: OrderTransferInput): Promise<OrderedTransfer> {
  authorize(scope, "billing.pay");
  const { tenantId } = scope;
  return asSystem("topup-transfer", async (tx) => {
    const { topup, isNew } = await orderCredit(tx, scope, input);
    const order = { topupId: topup.id, reference: creditReference(topup.id), ...orderedCredit(topup) };
    if (!isNew) return order;
    await tx.insert(payments).values({
      tenantId,
      topupId: topup.id,
      method: "bank_transfer",
      amountCents: topup.totalCents,
      requestKey: `topup:${input.requestKey}`,
    });
    const { rows } = await tx.execute<{ open: number }>(sql`select count(*)::int as open from ${payments}
      where tenant_id = ${tenantId}::uuid and topup_id is not null and method = 'bank_transfer' and status = 'pending'`);
    if ((rows[0]?.open ?? 0) > MOST_OPEN)
      throw new AppError("conflict", "Too many orders wait for their money: pay or withdraw one first.", {
        reason: "too_many_orders",
      });
    await audit(tx, scope, {
      action: "topup.order",
      targetType: "topup",
      targetId: topup.id,
      after: { amount: topup.amount, totalCents: String(topup.totalCents), reference: order.reference },
    });
    return order;
  });
}

type Order = {
  paymentId: string;
  tenantId: string;
  topupStatus: string;
  paymentStatus: string;
  method: string;
  reference: string | null;
};

/** An order by transfer, held: what becomes of it is decided by one at a time. */
async function lockOrder(tx: Tx, topupId: string, tenantId?: string): Promise<Order> {
  const [row] = await tx
    .select({
      paymentId: payments.id,
      tenantId: payments.tenantId,
      topupStatus: topups.status,
      paymentStatus: payments.status,
      method: payments.method,
      reference: payments.reference,
    })
    .from(topups)
    .innerJoin(payments, and(eq(payments.tenantId, topups.tenantId), eq(payments.topupId, topups.id)))
    .where(
      and(
        eq(topups.id, topupId),
        ne(payments.method, "card"),
        tenantId ? eq(topups.tenantId, tenantId) : undefined,
      ),
    )
    .for("update");
  if (!row) throw new AppError("not_found", "This order does not exist.");
  return row;
}

async function withdraw(tx: Tx, by: PlatformScope | TenantScope | AuditActor, order: Order, topupId: string) {
  const { tenantId, paymentId, topupStatus } = order;
  if (topupStatus === "canceled") return;
  if (topupStatus !== "pending")
    throw new AppError("conflict", "The money of this order has come.", { reason: "paid" });
  await tx
    .update(payments)
    .set({ status: "canceled", updatedAt: sql`now()` })
    .where(and(eq(payments.tenantId, tenantId), eq(payments.id, paymentId)));
  await tx
    .update(topups)
    .set({ status: "canceled", updatedAt: sql`now()` })
    .where(and(eq(topups.tenantId, tenantId), eq(topups.id, topupId)));
  await audit(tx, by, {
    action: "topup.withdraw",
    targetType: "topup",
    targetId: topupId,
    tenantId,
    before: { status: topupStatus },
    after: { status: "canceled" },
  });
}

/** Takes an order back that was not paid. @throws AppError `not_found`, `conflict` (`paid`) */
export async function cancelTransfer(scope: TenantScope, { topupId }: CancelTransferInput): Promise<void> {
  authorize(scope, "billing.pay");
  await asSystem("topup-transfer", async (tx) =>
    withdraw(tx, scope, await lockOrder(tx, topupId, scope.tenantId), topupId),
  );
}

/** The same, of any tenant. */
export async function cancelTransferOf(
  scope: PlatformScope,
  { topupId }: CancelTransferInput,
): Promise<void> {
  authorize(scope, "invoice.record_payment");
  await asSystem("topup-transfer", async (tx) => withdraw(tx, scope, await lockOrder(tx, topupId), topupId));
}

/**
 * Records that the money of an order has come, all of it: its credit is given, and its invoice is made. A second click
 * changes nothing.
 * @throws AppError `not_found`; `conflict` when the order was withdrawn, or its money is noted as another transfer
 */
export async function recordTransfer(
  scope: PlatformScope,
  { topupId, method, reference }: RecordTransferInput,
): Promise<{ topupId: string }> {
  authorize(scope, "invoice.record_payment");
  const { afterwards } = await asSystem("topup-transfer", async (tx) => {
    const { tenantId, paymentId, paymentStatus, ...noted } = await lockOrder(tx, topupId);
    if (paymentStatus === "succeeded") {
      if (noted.method === method && noted.reference === reference) return { afterwards: undefined };
      throw new AppError(
        "conflict",
        `The money of this order is noted already, as “${noted.reference}”. Give what came beside it as credit.`,
        { reason: "paid" },
      );
    }
    if (paymentStatus !== "pending")
      throw new AppError("conflict", "This order was withdrawn: give the money as credit instead.", {
        reason: "withdrawn",
      });
    await tx
      .update(payments)
      .set({
        status: "succeeded",
        method,
        reference,
        recordedBy: scope.actor.kind === "user" ? scope.actor.userId : null,
        settledAt: sql`now()`,
        updatedAt: sql`now()`,
      })
      .where(and(eq(payments.tenantId, tenantId), eq(payments.id, paymentId)));
    await audit(tx, scope, {
      action: "topup.record_payment",
      targetType: "topup",
      targetId: topupId,
      tenantId,
      before: { status: paymentStatus },
      after: { status: "succeeded", method, reference },
    });
    return topupPaid(tx, tenantId, topupId, scope, `${method}: ${reference}`);
  });
  await afterwards?.();
  return { topupId };
}
