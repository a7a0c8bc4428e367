import { FormDialog } from "@/components/shared/form-dialog";
import { FormField } from "@/components/shared/form-field";
import { Input } from "@/components/ui/input";
import { NativeSelect } from "@/components/ui/native-select";
import { PAYMENT_METHODS } from "@/lib/billing/input";
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
      <FormField name="method" label="How it was paid" required>
        <NativeSelect>
          {Object.entries(PAYMENT_METHODS).map(([method, label]) => (
            <option key={method} value={method}>
              {label}
            </option>
          ))}
        </NativeSelect>
      </FormField>
      <FormField name="reference" label="Reference" hint="As on the bank statement." required>
        <Input autoComplete="off" maxLength={200} />
      </FormField>
    </FormDialog>
  );
}
