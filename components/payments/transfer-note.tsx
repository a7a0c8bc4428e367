import { Alert } from "@/components/ui/alert";
import { isTooLittleForCard } from "@/lib/billing/least";

/** How an invoice is paid without a card, and why where that is the only way for so little. */
export function TransferNote({
  invoiceNumber,
  dueCents,
  isOther = false,
}: {
  invoiceNumber: string;
  dueCents: bigint;
  /** Whether a card is the other way. */
  isOther?: boolean;
}) {
  return (
    <Alert title={isOther ? "Or pay by bank transfer" : "Pay by bank transfer"}>
      {isTooLittleForCard(dueCents) ? "No card is charged less than $0.50. " : null}
      Give {invoiceNumber} as the reference. The invoice is marked as paid once the money has arrived.
    </Alert>
  );
}
