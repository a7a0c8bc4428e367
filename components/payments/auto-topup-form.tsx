"use client";

import { ActionForm } from "@/components/shared/action-form";
import { DateTime } from "@/components/shared/date-time";
import { FormField } from "@/components/shared/form-field";
import { SubmitButton } from "@/components/shared/submit-button";
import { Alert } from "@/components/ui/alert";
import { Checkbox } from "@/components/ui/checkbox";
import { Input } from "@/components/ui/input";
import { formatMicros, microsFromNumeric } from "@/lib/money";
import { isMonthFull } from "@/lib/payments/auto-topup-rules";
import type { AutoTopupView } from "@/lib/payments/queries";
import type { ServerAction } from "@/lib/result";

/** `50.000000` as people write it. */
const plain = (dollars: string) => (dollars.includes(".") ? dollars.replace(/\.?0+$/, "") : dollars);

/** When credit is bought without anybody: below what, how much, and at most how much in a month. */
export function AutoTopupForm({ save, auto }: { save: ServerAction<void>; auto: AutoTopupView | null }) {
  return (
    <ActionForm guarded action={save} successMessage="Saved." className="grid max-w-lg gap-4">
      {auto?.disabledReason ? (
        <Alert tone="warning" title="It was turned off after three failures.">
          {auto.disabledReason} Check the card, and turn it on again.
        </Alert>
      ) : null}
      {auto?.triedAgainAt ? (
        <Alert tone="warning" title="The card was declined: nothing was bought.">
          It is tried again from <DateTime value={auto.triedAgainAt} /> on. Choose another card, and save this
          to try it at once.
        </Alert>
      ) : null}
      {auto ? <BoughtThisMonth auto={auto} /> : null}
      <FormField name="isOn" label="Buy credit when little is left" inline>
        <Checkbox defaultChecked={auto?.isOn ?? false} />
      </FormField>
      <div className="grid items-end gap-4 sm:grid-cols-3">
        <FormField name="threshold" label="When below ($)" required>
          <Input inputMode="decimal" autoComplete="off" defaultValue={plain(auto?.threshold ?? "10")} />
        </FormField>
        <FormField name="amount" label="Buy ($)" required>
          <Input inputMode="decimal" autoComplete="off" defaultValue={plain(auto?.amount ?? "50")} />
        </FormField>
        <FormField name="monthlyMax" label="At most a month ($)" required>
          <Input inputMode="decimal" autoComplete="off" defaultValue={plain(auto?.monthlyMax ?? "200")} />
        </FormField>
      </div>
      <div>
        <SubmitButton variant="outline">Save</SubmitButton>
      </div>
    </ActionForm>
  );
}

function BoughtThisMonth({ auto }: { auto: AutoTopupView }) {
  const [amount, monthlyMax] = [microsFromNumeric(auto.amount), microsFromNumeric(auto.monthlyMax)];
  const bought = `Bought so this month: ${formatMicros(auto.boughtMicros)} of ${formatMicros(monthlyMax)}.`;
  if (auto.isOn && isMonthFull({ amount, monthlyMax }, auto.boughtMicros))
    return (
      <Alert tone="warning" title="Nothing more is bought by itself this month.">
        {bought} Another {formatMicros(amount)} would be more than the most. The next month begins on the 1st
        (UTC).
      </Alert>
    );
  return auto.boughtMicros > 0n ? <p className="text-muted-foreground text-sm">{bought}</p> : null;
}
