import { ActionButton } from "@/components/shared/action-button";
import { FormDialog } from "@/components/shared/form-dialog";
import { FormField } from "@/components/shared/form-field";
import { Input } from "@/components/ui/input";
import { NativeSelect } from "@/components/ui/native-select";
import { RESOURCES } from "@/lib/metering/resources";
import type { DraftView } from "@/lib/pricebook/queries/drafts";
import type { ServerAction } from "@/lib/result";

/** Raises every price of a kind by one percentage. */
export function RaisePrices({
  draft,
  raise,
}: {
  draft: DraftView;
  raise: ServerAction<{ changed: number }>;
}) {
  const kinds = Object.entries(RESOURCES).filter(([type]) =>
    draft.rows.some((row) => row.thing.resourceType === type),
  );
  return (
    <FormDialog
      label="Raise by percent"
      title="Raise by percent"
      description="From the price that is saved in the draft, or else from today's; rounded to six decimals. A minus lowers. When one price would fall below its base price, none is changed."
      action={raise}
      hidden={{ draftId: draft.id, updatedAt: draft.updatedAt.toISOString() }}
      submitLabel="Change prices"
      successMessage="The prices of the draft are changed."
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
    </FormDialog>
  );
}

export function DeleteDraft({
  draft,
  remove,
  href,
}: {
  draft: DraftView;
  remove: ServerAction<void>;
  href: string;
}) {
  return (
    <ActionButton
      action={remove}
      input={{ draftId: draft.id }}
      variant="outline"
      successHref={href}
      successMessage="The draft is deleted."
      confirm={{
        title: `Delete the draft ${draft.name}?`,
        description: "Its prices are thrown away. Prices in force stay as they are.",
        confirmLabel: "Delete",
        destructive: true,
      }}
    >
      Delete
    </ActionButton>
  );
}
