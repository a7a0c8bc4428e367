import { PaymentFields } from "@/components/billing/payment-fields";
import { FormDialog } from "@/components/shared/form-dialog";
import { formatMicros, type Micros } from "@/lib/money";
import type { ServerAction } from "@/lib/result";

/** Notes that the money of a credit note was sent, where no card takes it back. */
export function SettleRefund({
  refundId,
  amount,
  invoiceNumber,
  action,
}: {
  refundId: string;
  amount: Micros;
  invoiceNumber: string;
  action: ServerAction<unknown>;
}) {
  return (
    <FormDialog
      label="Note sent"
      triggerLabel={`Note the refund of ${invoiceNumber} as sent`}
      size="sm"
      title={`Refund of ${invoiceNumber}`}
      description={`${formatMicros(amount)}, as its credit note says. Send the money first: this only notes that it went out.`}
      action={action}
      hidden={{ refundId }}
      submitLabel="Note as sent"
      successMessage="The refund is noted as sent."
    >
      <PaymentFields />
    </FormDialog>
  );
}
