import { FormDialog } from "@/components/shared/form-dialog";
import { FormField } from "@/components/shared/form-field";
import { Input } from "@/components/ui/input";
import { NativeSelect } from "@/components/ui/native-select";
import { Textarea } from "@/components/ui/textarea";
import { PLAN_ENDS, REFUND_WAYS } from "@/lib/billing/input";
import type { ServerAction } from "@/lib/result";

type Corrected = { id: string; invoiceNumber: string };

function Reason({ hint }: { hint: string }) {
  return (
    <FormField name="reason" label="Reason" hint={hint} required>
      <Textarea rows={2} maxLength={500} />
    </FormField>
  );
}

/** Makes an unpaid invoice void, or replaces it. */
export function VoidInvoice({ invoice, action }: { invoice: Corrected; action: ServerAction<unknown> }) {
  return (
    <FormDialog
      label="Void"
      title={`Make ${invoice.invoiceNumber} void`}
      description="It keeps its number and its lines, and asks for nothing any more. This cannot be undone."
      action={action}
      hidden={{ invoiceId: invoice.id }}
      submitLabel="Make void"
      destructive
      successMessage={`${invoice.invoiceNumber} is void.`}
    >
      <FormField name="rebill" label="What becomes of what it asked for" required>
        <NativeSelect>
          <option value="true">Bill it again, with the details and the tax of today</option>
          <option value="false">Write it off, and with it the plan that it began or raised</option>
        </NativeSelect>
      </FormField>
      <Reason hint="It is shown on the invoice." />
    </FormDialog>
  );
}

/** Takes part of an invoice back. `isPaid` decides whether money has to go somewhere. */
export function IssueCreditNote({
  invoice,
  isPaid,
  bearsPlan,
  action,
  label = "Credit note",
  size,
}: {
  invoice: Corrected;
  isPaid: boolean;
  /** Whether a plan was paid for with it, or a part of one. */
  bearsPlan: boolean;
  action: ServerAction<unknown>;
  label?: string;
  size?: "sm";
}) {
  return (
    <FormDialog
      label={label}
      triggerLabel={`${label}: ${invoice.invoiceNumber}`}
      size={size}
      title={`Credit note for ${invoice.invoiceNumber}`}
      description={
        isPaid
          ? "Takes part of a paid invoice back, with its tax and the partner's commission."
          : "Less is due on this invoice. To take back all of it, make it void instead."
      }
      action={action}
      hidden={{ invoiceId: invoice.id, ...(isPaid ? {} : { refund: "credit" }) }}
      submitLabel="Issue the credit note"
      successMessage="The credit note is issued."
    >
      <FormField name="description" label="For" required>
        <Input autoComplete="off" maxLength={200} />
      </FormField>
      <FormField name="amount" label="Amount before tax, in USD" required>
        <Input inputMode="decimal" autoComplete="off" placeholder="12.50" />
      </FormField>
      {isPaid ? (
        <FormField name="refund" label="The money goes" required>
          <NativeSelect>
            {Object.entries(REFUND_WAYS).map(([way, label]) => (
              <option key={way} value={way}>
                {label}
              </option>
            ))}
          </NativeSelect>
        </FormField>
      ) : null}
      {isPaid && bearsPlan ? (
        <FormField
          name="plan"
          label="The plan that it paid for"
          hint="When all of the invoice is taken back. One that was raised with it is what it was before."
          required
        >
          <NativeSelect>
            {Object.entries(PLAN_ENDS).map(([end, label]) => (
              <option key={end} value={end}>
                {label}
              </option>
            ))}
          </NativeSelect>
        </FormField>
      ) : null}
      <Reason hint="It is shown on the credit note." />
    </FormDialog>
  );
}
