import { z } from "zod";
import { amountInput } from "@/lib/amount";
import { recordPaymentInput } from "@/lib/billing/input";
import { requestKey } from "./input";

/** More than nothing, in whole cents. Micros. */
const amount = amountInput({ example: "12.50", inCents: true });

/** A refund of credit that was bought by card and not spent: so much credit, its tax on top. */
export const refundTopupInput = z.strictObject({
  topupId: z.uuid(),
  amount,
  reason: z
    .string()
    .trim()
    .min(5, "Say why, in at least 5 characters: it is kept.")
    .max(500, "Use at most 500 characters."),
  requestKey,
});
export type RefundTopupInput = z.output<typeof refundTopupInput>;

/** Money that was sent back for credit that was not bought by card: all that was sent, its tax in it, and how. */
export const recordRefundInput = refundTopupInput.extend(
  recordPaymentInput.pick({ method: true, reference: true }).shape,
);
export type RecordRefundInput = z.output<typeof recordRefundInput>;

/** That the money of a refund was sent, which Stripe does not send: how. */
export const settleRefundInput = recordPaymentInput
  .pick({ method: true, reference: true })
  .extend({ refundId: z.uuid() });
export type SettleRefundInput = z.output<typeof settleRefundInput>;
