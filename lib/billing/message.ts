import { centsToMicros, formatMicros, microsFromNumeric } from "@/lib/money";
import type { SettledAs } from "./credit-note";

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

type Message = { subject: string; body: string; action: { label: string; url: string } };

const day = (date: Date) =>
  new Intl.DateTimeFormat("en-GB", {
    day: "numeric",
    month: "long",
    year: "numeric",
    timeZone: "UTC",
  }).format(date);

/** What the customer is told when an invoice, or a statement of usage that is paid already, is there. */
export function invoiceMessage(invoice: Told, url: string): Message {
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
    body: `${customerName}: ${formatMicros(centsToMicros(invoice.dueCents))} is due by ${day(invoice.dueDate)}.\n\nPlease give ${invoiceNumber} as the reference of your payment.`,
    action,
  };
}

type ToldNote = {
  number: string;
  invoiceNumber: string;
  sellerName: string;
  customerName: string;
  reason: string;
  totalCents: bigint;
  settledAs: SettledAs;
};

const SETTLED: Readonly<Record<SettledAs, string>> = {
  due: "That much less is due on it.",
  credit: "It is credit in your workspace now.",
  money: "The money goes back the way it was paid.",
};

/** What the customer is told when part of an invoice is taken back. */
export function creditNoteMessage(note: ToldNote, url: string): Message {
  const amount = formatMicros(centsToMicros(note.totalCents));
  return {
    subject: `Credit note ${note.number} from ${note.sellerName}`,
    body: `${note.customerName}: ${amount} of invoice ${note.invoiceNumber} is taken back. ${SETTLED[note.settledAs]}\n\n${note.reason}`,
    action: { label: "View and download", url },
  };
}
