export const INVOICE_STATUSES = [
  "draft",
  "pending",
  "overdue",
  "paid",
  "partially_refunded",
  "refunded",
  "void",
  "uncollectible",
] as const;
export type InvoiceStatus = (typeof INVOICE_STATUSES)[number];

/** What lists can be narrowed to: an open invoice past its due date is found under both of its names. */
export const SHOWN_STATUSES = [
  "pending",
  "overdue",
  "paid",
  "partially_refunded",
  "refunded",
  "void",
  "uncollectible",
] as const satisfies readonly InvoiceStatus[];

/** Owed: `pending` is how an open invoice is stored. */
export const UNPAID_STATUSES = ["pending", "overdue"] as const satisfies readonly InvoiceStatus[];

/** Owed still: an invoice that was given up is not forgotten. */
export const OWED_STATUSES = [
  ...UNPAID_STATUSES,
  "uncollectible",
] as const satisfies readonly InvoiceStatus[];

/** Paid once, whatever came back since. */
export const SETTLED_STATUSES = [
  "paid",
  "partially_refunded",
  "refunded",
] as const satisfies readonly InvoiceStatus[];

export function isUnpaid(status: string): boolean {
  return UNPAID_STATUSES.some((unpaid) => unpaid === status);
}

/** Whether it is owed, also where it was given up. */
export function isOwed(status: string): boolean {
  return OWED_STATUSES.some((owed) => owed === status);
}

const FORWARD: Readonly<Record<InvoiceStatus, readonly InvoiceStatus[]>> = {
  draft: ["pending", "paid", "void"],
  pending: ["overdue", "paid", "void", "uncollectible"],
  overdue: ["paid", "void", "uncollectible"],
  uncollectible: ["paid", "void"],
  paid: ["partially_refunded", "refunded"],
  /** Back to paid only when the refund itself failed. */
  partially_refunded: ["paid", "refunded"],
  refunded: [],
  void: [],
};

/** Whether an invoice may go from one state to another: states that end never move back. */
export function mayBecome(from: InvoiceStatus, to: InvoiceStatus): boolean {
  return FORWARD[from].includes(to);
}

/** What people call the state of an invoice: an open one is unpaid, and past its due date overdue. */
export function invoiceState(invoice: { status: string; dueDate: Date }, now: Date): string {
  if (invoice.status !== "pending") return invoice.status;
  return invoice.dueDate < now ? "overdue" : "unpaid";
}

/** Whether a credit note may still take part of it back. Of bought credit the refund of its payment makes one. */
export function isCreditable(invoice: { status: string; kind: string }): boolean {
  return (
    invoice.kind !== "statement" &&
    invoice.kind !== "topup" &&
    (isOwed(invoice.status) || invoice.status === "paid" || invoice.status === "partially_refunded")
  );
}

/** `Invoice HB-2026-000123`, or `Statement ST-2026-000004` for usage that credit paid for. */
export function titleOf(invoice: { kind: string; invoiceNumber: string }): string {
  return `${invoice.kind === "statement" ? "Statement" : "Invoice"} ${invoice.invoiceNumber}`;
}
