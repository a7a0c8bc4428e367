"use client";

import { useState } from "react";
import { FormDialog } from "@/components/shared/form-dialog";
import { FormField } from "@/components/shared/form-field";
import { Input } from "@/components/ui/input";
import { NativeSelect } from "@/components/ui/native-select";
import { Textarea } from "@/components/ui/textarea";
import type { ServerAction } from "@/lib/result";

/** One each time the dialog opens: a second press of its button adjusts nothing more. */
function RequestKey() {
  const [key] = useState(() => crypto.randomUUID());
  return <input type="hidden" name="requestKey" value={key} />;
}

/** Gives a partner commission beside what was earned, or takes some. */
export function AdjustCommission({
  partners,
  action,
}: {
  partners: readonly { id: string; name: string }[];
  action: ServerAction<unknown>;
}) {
  return (
    <FormDialog
      label="Adjust commission"
      title="Adjust a partner's commission"
      description="Given or taken beside what was earned, and in the next payout. It cannot be taken back here: adjust again."
      action={action}
      submitLabel="Adjust"
      successMessage="The commission is adjusted."
    >
      <RequestKey />
      <FormField name="partnerId" label="Partner" required>
        <NativeSelect>
          {partners.map(({ id, name }) => (
            <option key={id} value={id}>
              {name}
            </option>
          ))}
        </NativeSelect>
      </FormField>
      <FormField name="amount" label="Amount in USD" hint="With a minus to take." required>
        <Input autoComplete="off" placeholder="12.50" />
      </FormField>
      <FormField name="reason" label="Reason" hint="The partner reads it." required>
        <Textarea rows={2} />
      </FormField>
    </FormDialog>
  );
}
