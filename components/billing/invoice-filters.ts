/** What a list of invoices can be narrowed to. */
export const INVOICE_FILTERS = [
  { value: "pending", label: "Unpaid" },
  { value: "overdue", label: "Overdue" },
  { value: "paid", label: "Paid" },
  { value: "partially_refunded", label: "Partly refunded" },
  { value: "refunded", label: "Refunded" },
  { value: "void", label: "Void" },
  { value: "uncollectible", label: "Uncollectible" },
];
