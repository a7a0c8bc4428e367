import { FormDialog } from "@/components/shared/form-dialog";
import { FormField } from "@/components/shared/form-field";
import { RequestKey } from "@/components/shared/request-key";
import { Input } from "@/components/ui/input";
import { Label } from "@/components/ui/label";
import { NativeSelect } from "@/components/ui/native-select";
import { RadioGroup, RadioGroupItem } from "@/components/ui/radio-group";
import { Textarea } from "@/components/ui/textarea";
import { PLAN_ENDS, REFUND_WAYS } from "@/lib/billing/input";
import type { VoidChoice } from "@/lib/billing/void-choices";
import type { ServerAction } from "@/lib/result";

type Corrected = { id: string; invoiceNumber: string };

function Reason({ hint }: { hint: string }) {
  return (
    <FormField name="reason" label="Reason" hint={hint} required>
      <Textarea rows={2} />
    </FormField>
  );
}

/** Makes an unpaid invoice void, or replaces it. */
export function VoidInvoice({
  invoice,
  choices,
  action,
}: {
  invoice: Corrected & { creditNotes: readonly unknown[] };
  /** What may become of what it asks for. */
  choices: readonly VoidChoice[];
  action: ServerAction<unknown>;
}) {
  const hasPlan = choices.some(({ outcome }) => outcome === "gift");
  return (
    <FormDialog
      label="Void"
      title={`Make ${invoice.invoiceNumber} void`}
      description={`It keeps its number and its lines, and asks for nothing any more. ${invoice.creditNotes.length > 0 ? "Its credit notes go with it: where all of it is billed again, new ones take as much off the new invoice. " : ""}This cannot be undone.`}
      action={action}
      hidden={{ invoiceId: invoice.id }}
      submitLabel="Make void"
      destructive
      successMessage={`${invoice.invoiceNumber} is void.`}
    >
      <FormField
        name="outcome"
        label="What becomes of what it asked for"
        hint={
          hasPlan
            ? "A plan that went on since is left alone. To give back only its fee, issue a credit note."
            : undefined
        }
        required
      >
        <RadioGroup defaultValue="again">
          {choices.map(({ outcome, label, hint }) => (
            <div key={outcome} className="flex items-start gap-2.5">
              <RadioGroupItem id={`void-${outcome}`} value={outcome} className="mt-px" />
              <Label htmlFor={`void-${outcome}`} className="block font-normal leading-5">
                {label}
                <span className="block text-[0.8125rem] text-muted-foreground">{hint}</span>
              </Label>
            </div>
          ))}
        </RadioGroup>
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
      <RequestKey />
      <FormField name="description" label="For" required>
        <Input autoComplete="off" />
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
