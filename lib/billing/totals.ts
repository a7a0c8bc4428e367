type Totals = {
  status: string;
  kind: string;
  subtotalCents: bigint;
  taxCents: bigint;
  taxNote: string | null;
  paidCents: bigint;
  creditedCents: bigint;
  totalAmount: string;
};

const CENTS = /^(-?\d+)\.(\d\d)/;

/** The total in cents; `total_amount` is whole cents always. */
function totalCents({ totalAmount }: Pick<Totals, "totalAmount">): bigint {
  const [, whole = "0", cents = "00"] = CENTS.exec(totalAmount) ?? [];
  return BigInt(`${whole}${cents}`);
}

/** What has become of the total since: what was paid of an unpaid one, what was credited, and what is due then. */
export function sinceTotal(
  invoice: Pick<Totals, "status" | "paidCents" | "creditedCents" | "totalAmount">,
): { label: string; cents: bigint }[] {
  const total = totalCents(invoice);
  const isPartly = invoice.status !== "paid" && invoice.paidCents > 0n;
  const isOpen = invoice.status === "pending" || invoice.status === "overdue";
  const due = total - invoice.paidCents - invoice.creditedCents;
  return [
    ...(isPartly ? [{ label: "Paid", cents: -invoice.paidCents }] : []),
    ...(invoice.creditedCents > 0n ? [{ label: "Credit notes", cents: -invoice.creditedCents }] : []),
    ...(isOpen && due !== total ? [{ label: "Due", cents: due }] : []),
  ];
}

/**
 * What stands below the lines of a document: only what says something. Of an invoice its tax always does, also when there
 * is none to pay: that the customer accounts for it has to be on it.
 */
export function totalsOf(invoice: Totals): { label: string; cents: bigint }[] {
  const total = totalCents(invoice);
  const hasTax = invoice.taxCents !== 0n || (invoice.taxNote !== null && invoice.kind !== "statement");
  return [
    ...(hasTax
      ? [
          { label: "Subtotal", cents: invoice.subtotalCents },
          { label: invoice.taxNote ?? "Tax", cents: invoice.taxCents },
        ]
      : []),
    { label: "Total", cents: total },
    ...sinceTotal(invoice),
  ];
}

/** The same of a credit note: its tax as the invoice says it, also when the customer accounts for it. */
export function totalsOfNote(note: {
  subtotalCents: bigint;
  taxCents: bigint;
  totalCents: bigint;
  taxNote: string | null;
}): { label: string; cents: bigint }[] {
  const hasTax = note.taxCents !== 0n || note.taxNote !== null;
  return [
    ...(hasTax
      ? [
          { label: "Subtotal", cents: note.subtotalCents },
          { label: note.taxNote ?? "Tax", cents: note.taxCents },
        ]
      : []),
    { label: "Total credited", cents: note.totalCents },
  ];
}
