/** What people call the state of an invoice: an unpaid one past its due date is overdue. */
export function invoiceState(invoice: { status: string; dueDate: Date }, now: Date): string {
  return invoice.status === "pending" && invoice.dueDate < now ? "overdue" : invoice.status;
}
