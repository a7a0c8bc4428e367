import { z } from "zod";
import { cursorInput } from "@/lib/paging";

export const monthInput = z.string().regex(/^\d{4}-(0[1-9]|1[0-2])$/, "Give a month such as 2026-11.");

export const INVOICE_STATUSES = ["pending", "paid"] as const;

export const closePeriodInput = z.strictObject({
  month: monthInput,
  /** One tenant, or everybody with usage. */
  tenantId: z.uuid("Choose a workspace.").optional(),
});

export const recordPaymentInput = z.strictObject({
  invoiceId: z.uuid(),
  method: z.enum(["bank_transfer", "cheque", "other"], "Choose how it was paid."),
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

export type ClosePeriodInput = z.infer<typeof closePeriodInput>;
export type RecordPaymentInput = z.infer<typeof recordPaymentInput>;
export type ListInvoicesInput = z.infer<typeof listInvoicesInput>;
