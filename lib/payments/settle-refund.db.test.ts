import { and, eq } from "drizzle-orm";
import { beforeAll, beforeEach, expect, it } from "vitest";
import { asSystem } from "@/db/access";
import { payments, refunds } from "@/db/schema/payments";
import { auditLog } from "@/db/schema/system";
import type { PlatformScope } from "@/db/scope";
import { issueCreditNote } from "@/lib/billing/commands/credit-note";
import { recordPayment } from "@/lib/billing/commands/record-payment";
import { newId } from "@/lib/ids";
import { makePayer } from "@/lib/stripe/testing";
import { withTestDatabase } from "@/lib/testing/database";
import { makePlatform, type TestTenant } from "@/lib/testing/scopes";
import { listPayments } from "./admin-queries";
import { bill } from "./bill-testing";
import { settleRefund } from "./commands/settle-refund";
import { settleRefundInput } from "./refund-input";

withTestDatabase();

let admin: PlatformScope;
let tenant: TestTenant;
let invoiceId: string;
beforeAll(async () => {
  admin = await makePlatform();
});
beforeEach(async () => {
  tenant = await makePayer();
  invoiceId = await bill(tenant);
  await recordPayment(admin, { invoiceId, method: "bank_transfer", reference: "SEPA 1" });
});

/** A credit note whose money is to be sent back. */
async function promised(amount: bigint): Promise<string> {
  const { refundId } = await issueCreditNote(admin, {
    invoiceId,
    reason: "It was too much.",
    refund: "money",
    requestKey: newId(),
    lines: [{ description: "Goodwill", amount }],
  });
  return refundId ?? "";
}

const sent = (refundId: string, reference = "SEPA 4711") =>
  settleRefund(admin, settleRefundInput.parse({ refundId, method: "bank_transfer", reference }));

const refundOf = (id: string) =>
  asSystem("test", async (tx) => (await tx.select().from(refunds).where(eq(refunds.id, id)))[0]);

const row = async () => (await listPayments(admin, { tenantId: tenant.tenantId })).items[0];

it("of an invoice that was paid by transfer waits until its money is noted as sent, the first one first", async () => {
  const [first, second] = [await promised(400n), await promised(250n)];
  expect(await row()).toMatchObject({ refundedCents: 650n, toSendId: first, toSendCents: 400n });
  await sent(first);
  expect(await refundOf(first)).toMatchObject({ status: "succeeded", reference: "Bank transfer: SEPA 4711" });
  expect(await row()).toMatchObject({ refundedCents: 650n, toSendId: second, toSendCents: 250n });
  await sent(second);
  expect(await row()).toMatchObject({ refundedCents: 650n, toSendId: null, toSendCents: 0n });
});

it("is noted once, however often and at once it is pressed, and stays as it was noted", async () => {
  const refundId = await promised(400n);
  await Promise.all([sent(refundId), sent(refundId)]);
  await expect(sent(refundId, "Another")).rejects.toMatchObject({ reason: "settled_already" });
  expect(await refundOf(refundId)).toMatchObject({ reference: "Bank transfer: SEPA 4711" });
  const noted = await asSystem("test", (tx) =>
    tx
      .select({ after: auditLog.after, tenantId: auditLog.tenantId })
      .from(auditLog)
      .where(and(eq(auditLog.action, "refund.settle"), eq(auditLog.targetId, refundId))),
  );
  expect(noted).toEqual([
    {
      tenantId: tenant.tenantId,
      after: { status: "succeeded", amountCents: "400", reference: "Bank transfer: SEPA 4711" },
    },
  ]);
});

it("is refused where Stripe sends it, where it has failed, and where there is none", async () => {
  const refundId = await promised(400n);
  const set = (values: Partial<typeof payments.$inferInsert>) =>
    asSystem("test", (tx) => tx.update(payments).set(values).where(eq(payments.invoiceId, invoiceId)));
  await set({ method: "card" });
  expect(await row()).toMatchObject({ toSendId: null });
  await expect(sent(refundId)).rejects.toMatchObject({ reason: "sent_by_stripe" });
  await set({ method: "bank_transfer" });
  await asSystem("test", (tx) =>
    tx.update(refunds).set({ status: "failed" }).where(eq(refunds.id, refundId)),
  );
  await expect(sent(refundId)).rejects.toMatchObject({ reason: "refund_failed" });
  await expect(sent(newId())).rejects.toMatchObject({ code: "not_found" });
  const parsed = settleRefundInput.safeParse({ refundId, method: "bank_transfer", reference: " " });
  expect(parsed.error?.issues[0]?.path).toEqual(["reference"]);
});
