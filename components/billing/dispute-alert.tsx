import { DateTime } from "@/components/shared/date-time";
import { Money } from "@/components/shared/money";
import { Alert } from "@/components/ui/alert";
import { centsToMicros } from "@/lib/money";
import type { InvoiceDispute } from "@/lib/payments/dispute-queries";

const OUTCOMES = {
  open: {
    title: "The payment of this invoice is disputed.",
    text: "until the bank has decided, it is neither kept nor given back.",
  },
  lost: {
    title: "The payment of this invoice was taken back.",
    text: "the bank has decided for its customer.",
  },
} as const;

/** Says that a bank has asked a payment back; nothing once that was refused. */
export function DisputeAlert({ dispute: { cents, openedAt, outcome } }: { dispute: InvoiceDispute }) {
  if (outcome === "won") return null;
  const { title, text } = OUTCOMES[outcome];
  return (
    <Alert tone="warning" title={title} className="mb-6">
      The payer’s bank asked <Money micros={centsToMicros(cents)} /> back on{" "}
      <DateTime value={openedAt} format="date" />: {text}
    </Alert>
  );
}
