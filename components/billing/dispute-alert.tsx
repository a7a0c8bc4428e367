import { DateTime } from "@/components/shared/date-time";
import { Money } from "@/components/shared/money";
import { Alert } from "@/components/ui/alert";
import { centsToMicros } from "@/lib/money";
import type { InvoiceDispute } from "@/lib/payments/dispute-queries";

const OUTCOMES = {
  open: {
    title: "The payment of this invoice is disputed.",
    text: "until the bank has decided, it is neither kept nor given back.",
    ofCredit: "until the bank has decided, the credit is frozen.",
  },
  lost: {
    title: "The payment of this invoice was taken back.",
    text: "the bank has decided for its customer.",
    ofCredit:
      "the bank has decided for its customer. What was left of the credit is gone, and what was spent of it is owed.",
  },
} as const;

/** Says that a bank has asked a payment back; nothing once that was refused. `isCredit` when it had bought credit. */
export function DisputeAlert({
  dispute: { cents, openedAt, outcome },
  isCredit,
}: {
  dispute: InvoiceDispute;
  isCredit: boolean;
}) {
  if (outcome === "won") return null;
  const { title, text, ofCredit } = OUTCOMES[outcome];
  return (
    <Alert tone="warning" title={title} className="mb-6">
      The payer’s bank asked <Money micros={centsToMicros(cents)} /> back on{" "}
      <DateTime value={openedAt} format="date" />: {isCredit ? ofCredit : text}
    </Alert>
  );
}
