import { centsToMicros, formatMicros, microsFromNumeric } from "@/lib/money";

type Told = {
  invoiceNumber: string;
  sellerName: string;
  customerName: string;
  kind: string;
  totalAmount: string;
  dueCents: bigint;
  dueDate: Date;
  /** card | transfer */
  collection: string;
};

const day = (date: Date) =>
  new Intl.DateTimeFormat("en-GB", {
    day: "numeric",
    month: "long",
    year: "numeric",
    timeZone: "UTC",
  }).format(date);

/** What the customer is told when an invoice, or a statement of usage that is paid already, is there. */
export function invoiceMessage(
  invoice: Told,
  url: string,
): { subject: string; body: string; action: { label: string; url: string } } {
  const { invoiceNumber, sellerName, customerName } = invoice;
  const action = { label: "View and download", url };
  if (invoice.kind === "statement")
    return {
      subject: `Statement ${invoiceNumber} from ${sellerName}`,
      body: `${customerName}: everything you used in this period was paid with your plan and your credit. There is nothing to pay.`,
      action,
    };
  if (invoice.dueCents <= 0n)
    return {
      subject: `Invoice ${invoiceNumber} from ${sellerName}`,
      body: `${customerName}: ${formatMicros(microsFromNumeric(invoice.totalAmount))}, paid. There is nothing more to do.`,
      action,
    };
  if (invoice.collection === "card")
    return {
      subject: `Invoice ${invoiceNumber} from ${sellerName}`,
      body: `${customerName}: ${formatMicros(centsToMicros(invoice.dueCents))} will be charged to your saved card within the hour. There is nothing to do.`,
      action,
    };
  return {
    subject: `Invoice ${invoiceNumber} from ${sellerName}`,
    body: `${customerName}: ${formatMicros(centsToMicros(invoice.dueCents))} are due by ${day(invoice.dueDate)}.\n\nPlease give ${invoiceNumber} as the reference of your payment.`,
    action,
  };
}
