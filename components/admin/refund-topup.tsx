"use client";

import { useState } from "react";
import { FormDialog } from "@/components/shared/form-dialog";
import { FormField } from "@/components/shared/form-field";
import { Input } from "@/components/ui/input";
import { Textarea } from "@/components/ui/textarea";
import { formatMicros, microsFromNumeric } from "@/lib/money";
import type { ServerAction } from "@/lib/result";

/** One for each time the form is opened: pressed twice it is one refund, opened again it is another. */
function RequestKey() {
  const [requestKey] = useState(() => crypto.randomUUID());
  return <input type="hidden" name="requestKey" value={requestKey} />;
}

/** Gives unspent credit back to the card that bought it. */
export function RefundTopup({
  topupId,
  tenantName,
  creditLeft,
  action,
}: {
  topupId: string;
  tenantName: string;
  creditLeft: string;
  action: ServerAction<unknown>;
}) {
  const left = microsFromNumeric(creditLeft);
  // A card takes whole cents.
  const most = (left / 10_000n).toString().padStart(3, "0");
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
      <RequestKey />
      <FormField name="amount" label="Amount in USD" required>
        <Input
          inputMode="decimal"
          autoComplete="off"
          defaultValue={`${most.slice(0, -2)}.${most.slice(-2)}`}
        />
      </FormField>
      <FormField name="reason" label="Reason" hint="It is kept with the refund." required>
        <Textarea rows={2} maxLength={500} />
      </FormField>
    </FormDialog>
  );
}
