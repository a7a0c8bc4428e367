import { z } from "zod";
import { cursorInput } from "@/lib/paging";

export const SHOWN_PAYMENT_STATUSES = [
  "failed",
  "requires_action",
  "processing",
  "pending",
  "succeeded",
  "canceled",
] as const;

export const SHOWN_METHODS = {
  card: "Card",
  bank_transfer: "Bank transfer",
  cheque: "Cheque",
  other: "Otherwise",
  stripe_invoice: "Stripe invoice",
} as const;

/** The filters of the operator's list of payments. */
export const listPaymentsInput = z.strictObject({
  status: z.enum(SHOWN_PAYMENT_STATUSES).optional(),
  method: z.enum(Object.keys(SHOWN_METHODS) as (keyof typeof SHOWN_METHODS)[]).optional(),
  tenantId: z.uuid().optional(),
  cursor: cursorInput,
});
export type ListPaymentsInput = z.output<typeof listPaymentsInput>;

/** The filters of the operator's list of disputes. */
export const listDisputesInput = z.strictObject({
  state: z.enum(["open", "closed"]).optional(),
  tenantId: z.uuid().optional(),
  cursor: cursorInput,
});
export type ListDisputesInput = z.output<typeof listDisputesInput>;

export const retryEventInput = z.strictObject({
  eventId: z.string().regex(/^evt_\w{1,250}$/, "This event does not exist."),
});
export type RetryEventInput = z.output<typeof retryEventInput>;
