import { z } from "zod";
import { RESOURCE_TYPES } from "@/lib/metering/resources";
import { cursorInput } from "@/lib/paging";

export const monthInput = z.string().regex(/^\d{4}-(0[1-9]|1[0-2])$/, "Give a month such as 2026-11.");

export const INVOICE_STATUSES = ["pending", "paid"] as const;

export const closePeriodInput = z.strictObject({
  month: monthInput,
  /** One tenant, or everybody with usage. */
  tenantId: z
    .union([z.literal(""), z.uuid("Choose a workspace.")])
    .transform((id) => id || undefined)
    .optional(),
});

/** How an invoice can be paid outside of the card flow, and what people call it. */
export const PAYMENT_METHODS = {
  bank_transfer: "Bank transfer",
  cheque: "Cheque",
  other: "Otherwise",
} as const;
const methods = Object.keys(PAYMENT_METHODS) as (keyof typeof PAYMENT_METHODS)[];

/** `bank_transfer: 4711` as it is kept, for people: `Bank transfer: 4711`. */
export function paymentText(note: string): string {
  const method = methods.find((known) => note.startsWith(`${known}: `));
  return method ? `${PAYMENT_METHODS[method]}${note.slice(method.length)}` : note;
}

export const recordPaymentInput = z.strictObject({
  invoiceId: z.uuid(),
  method: z.enum(methods, "Choose how it was paid."),
  reference: z
    .string()
    .trim()
    .min(1, "Give the reference of the payment.")
    .max(200, "Use at most 200 characters."),
});

export const listInvoicesInput = z.strictObject({
  status: z.enum(INVOICE_STATUSES).optional(),
  tenantId: z.uuid().optional(),
  cursor: cursorInput,
});

/** The filters of the operator's ledger page. */
export const listLedgerInput = z.strictObject({
  tenantId: z.uuid().optional(),
  executionId: z.uuid("Give the id of a run.").optional(),
  resourceType: z.enum(RESOURCE_TYPES).optional(),
  cursor: cursorInput,
});

export type ClosePeriodInput = { month: string; tenantId?: string | undefined };
export type RecordPaymentInput = z.infer<typeof recordPaymentInput>;
export type ListInvoicesInput = z.infer<typeof listInvoicesInput>;
