"use client";

import { PaymentFields } from "@/components/billing/payment-fields";
import { FormDialog } from "@/components/shared/form-dialog";
import { FormField } from "@/components/shared/form-field";
import { RequestKey } from "@/components/shared/request-key";
import { Input } from "@/components/ui/input";
import { Textarea } from "@/components/ui/textarea";
import { centsToMicros, formatMicros, microsFromNumeric } from "@/lib/money";
import type { ServerAction } from "@/lib/result";

type Bought = {
  topupId: string;
  tenantName: string;
  creditLeft: string;
  action: ServerAction<unknown>;
};

/** `5000` as `50.00`. */
function inDollars(cents: bigint): string {
  const digits = cents.toString().padStart(3, "0");
  return `${digits.slice(0, -2)}.${digits.slice(-2)}`;
}

function RefundFields({ label, mostCents }: { label: string; mostCents: bigint }) {
  return (
    <>
      <RequestKey />
      <FormField name="amount" label={label} required>
        <Input inputMode="decimal" autoComplete="off" defaultValue={inDollars(mostCents)} />
      </FormField>
    </>
  );
}

function Reason() {
  return (
    <FormField name="reason" label="Reason" hint="It is on the credit note." required>
      <Textarea rows={2} />
    </FormField>
  );
}

/** Gives unspent credit back to the card that bought it. */
export function RefundTopup({ topupId, tenantName, creditLeft, action }: Bought) {
  const left = microsFromNumeric(creditLeft);
  return (
    <FormDialog
      label="Refund"
      triggerLabel={`Refund credit of ${tenantName}`}
      size="sm"
      title={`Refund credit of ${tenantName}`}
      description={`${formatMicros(left)} of it is left: what was spent is not given back. The tax on it goes back with it.`}
      action={action}
      hidden={{ topupId }}
      submitLabel="Refund to the card"
      destructive
      successMessage="The refund is on its way."
    >
      <RefundFields label="Amount in USD" mostCents={left / centsToMicros(1n)} />
      <Reason />
    </FormDialog>
  );
}

/** Notes that unspent credit was paid back as it was bought: not by card. */
export function RecordRefund({
  topupId,
  tenantName,
  creditLeft,
  mostCents,
  action,
}: Bought & { mostCents: bigint }) {
  const left = formatMicros(microsFromNumeric(creditLeft));
  const most = formatMicros(centsToMicros(mostCents));
  return (
    <FormDialog
      label="Refund"
      triggerLabel={`Record refund of credit of ${tenantName}`}
      size="sm"
      title={`Record a refund of credit of ${tenantName}`}
      description={`${left} of it is left. At most ${most} can be paid back, its tax included, in whole cents. Note what you have sent: the credit is taken back at once, with a credit note.`}
      action={action}
      hidden={{ topupId }}
      submitLabel="Record refund"
      destructive
      successMessage="The refund is recorded."
    >
      <RefundFields label="Paid back in USD, tax included" mostCents={mostCents} />
      <PaymentFields />
      <Reason />
    </FormDialog>
  );
}
