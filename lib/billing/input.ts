import { z } from "zod";
import { amountInput } from "@/lib/amount";
import { RESOURCE_TYPES } from "@/lib/metering/resources";
import { microsToCents } from "@/lib/money";
import { cursorInput } from "@/lib/paging";
import { SETTLED_AS } from "./credit-note";
import { parseMonth } from "./period";
import { SHOWN_STATUSES } from "./state";
import { VOID_OUTCOMES } from "./void-choices";

export const monthInput = z
  .string()
  .refine((text) => parseMonth(text) !== null, "Give a month such as 2026-11.");

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

const reason = z
  .string()
  .trim()
  .min(3, "Say why, for whoever reads the books.")
  .max(500, "Use at most 500 characters.");

export const voidInvoiceInput = z.strictObject({
  invoiceId: z.uuid(),
  reason,
  outcome: z.enum(VOID_OUTCOMES, "Choose what becomes of what it asked for."),
});

/** More than nothing, in whole cents. Cents. */
const amountInCents = amountInput({ example: "12.50", inCents: true }).transform(microsToCents);

/** Where the money of a credit note goes: nobody when it was not paid yet. */
export const REFUND_WAYS = { credit: SETTLED_AS.credit, money: SETTLED_AS.money } as const;

/** What becomes of the plan that an invoice paid for, when all of that is taken back. */
export const PLAN_ENDS = {
  end: "Ends now, with what is left of what it includes",
  keep: "Goes on until the time that was paid for is over",
} as const;
/** One for each time the form is opened: pressed twice, it is issued once. */
const requestKey = z.uuid("Load the page again.");
const plan = z.enum(["end", "keep"], "Choose what becomes of the plan.").default("end");

export const issueCreditNoteInput = z.strictObject({
  invoiceId: z.uuid(),
  reason,
  refund: z.enum(["credit", "money"], "Choose where the money goes."),
  plan,
  requestKey,
  lines: z
    .array(
      z.strictObject({
        lineId: z.uuid().optional(),
        description: z.string().trim().min(1, "Say what is taken back.").max(200),
        /** Before tax. */
        amount: amountInCents,
      }),
    )
    .min(1)
    .max(100),
});

/** One amount of an invoice, as a person gives it. */
export const creditNoteFormInput = z.strictObject({
  invoiceId: z.uuid(),
  description: z.string().trim().min(1, "Say what is taken back.").max(200),
  amount: amountInCents,
  refund: z.enum(["credit", "money"], "Choose where the money goes."),
  plan,
  reason,
  requestKey,
});

export const listInvoicesInput = z.strictObject({
  status: z.enum(SHOWN_STATUSES).optional(),
  tenantId: z.uuid().optional(),
  cursor: cursorInput,
});

export const listCreditNotesInput = z.strictObject({ invoiceId: z.uuid().optional(), cursor: cursorInput });

export const reverseEntryInput = z.strictObject({ entryId: z.uuid(), reason });

export const adjustEntryInput = z.strictObject({
  entryId: z.uuid(),
  /** What the workspace gets back, to the micro-dollar. */
  amount: amountInput({ example: "0.25" }),
  reason,
  /** One a form: pressed twice, it is done once. */
  requestKey: z.uuid(),
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
export type ListCreditNotesInput = z.infer<typeof listCreditNotesInput>;
export type VoidInvoiceInput = z.infer<typeof voidInvoiceInput>;
/** `plan` left out: it ends. */
export type IssueCreditNoteInput = Omit<z.output<typeof issueCreditNoteInput>, "plan"> & {
  plan?: "end" | "keep";
};
export type ReverseEntryInput = z.infer<typeof reverseEntryInput>;
export type AdjustEntryInput = z.output<typeof adjustEntryInput>;
