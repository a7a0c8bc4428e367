"use client";

import { FormDialog } from "@/components/shared/form-dialog";
import { FormField } from "@/components/shared/form-field";
import { Alert } from "@/components/ui/alert";
import { Input } from "@/components/ui/input";
import { NativeSelect } from "@/components/ui/native-select";
import { RESOURCES } from "@/lib/metering/resources";
import type { ServerAction } from "@/lib/result";
import { useSavedPrices } from "./prices-form";

/** Raises every price of a kind by one percentage. With prices typed and not saved it says so, and does nothing. */
export function RaisePrices({
  draftId,
  updatedAt,
  types,
  raise,
}: {
  draftId: string;
  updatedAt: string;
  /** What the draft has prices of. */
  types: readonly string[];
  raise: ServerAction<{ changed: number }>;
}) {
  const { isBehind, hold } = useSavedPrices();
  const kinds = Object.entries(RESOURCES).filter(([type]) => types.includes(type));
  return (
    <FormDialog
      label="Raise by percent"
      title="Raise by percent"
      description="From the price that is saved in the draft, or else from today's; rounded to six decimals. A minus lowers. When one price would fall below its base price, none is changed."
      action={raise}
      hidden={{ draftId, updatedAt }}
      submitLabel="Change prices"
      successMessage="The prices of the draft are changed."
      onSubmitCapture={hold}
    >
      <FormField name="kind" label="Prices" required>
        <NativeSelect defaultValue="all">
          <option value="all">All prices</option>
          {kinds.map(([type, { label }]) => (
            <option key={type} value={type}>
              {label}
            </option>
          ))}
        </NativeSelect>
      </FormField>
      <FormField name="percent" label="Percent" required>
        <Input inputMode="decimal" autoComplete="off" placeholder="4.5" className="max-w-32" />
      </FormField>
      {isBehind ? (
        <Alert tone="warning" title="Save your prices first.">
          What you typed in the draft would be lost.
        </Alert>
      ) : null}
    </FormDialog>
  );
}
