import { PaymentFields } from "@/components/billing/payment-fields";
import { FormDialog } from "@/components/shared/form-dialog";
import { centsToMicros, formatMicros, microsFromNumeric } from "@/lib/money";
import type { ServerAction } from "@/lib/result";

/** Records that the money of an invoice has arrived. */
export function RecordPayment({
  invoice,
  record,
  size,
}: {
  /** Small where there is one in each row. */
  size?: "sm";
  invoice: {
    id: string;
    invoiceNumber: string;
    totalAmount: string;
    paidCents: bigint;
    creditedCents: bigint;
  };
  record: ServerAction<{ invoiceId: string }>;
}) {
  const due =
    microsFromNumeric(invoice.totalAmount) - centsToMicros(invoice.paidCents + invoice.creditedCents);
  return (
    <FormDialog
      label="Record payment"
      triggerLabel={size ? `Record payment of ${invoice.invoiceNumber}` : undefined}
      variant={size ? "outline" : "default"}
      size={size}
      title={`Record the payment of ${invoice.invoiceNumber}`}
      description={`The whole ${formatMicros(due)}. It cannot be taken back here.`}
      action={record}
      hidden={{ invoiceId: invoice.id }}
      submitLabel="Record payment"
      successMessage={`${invoice.invoiceNumber} is paid.`}
    >
      <PaymentFields />
    </FormDialog>
  );
}
