import { FormDialog } from "@/components/shared/form-dialog";
import { FormField } from "@/components/shared/form-field";
import { Input } from "@/components/ui/input";
import { Textarea } from "@/components/ui/textarea";
import type { LedgerEntryView } from "@/lib/billing/ledger-queries";
import { formatMicros } from "@/lib/money";
import type { ServerAction } from "@/lib/result";

function Reason() {
  return (
    <FormField name="reason" label="Reason" hint="It stays with the entry, and in the audit log." required>
      <Textarea rows={2} />
    </FormField>
  );
}

const ON_THE_NEXT =
  "What had paid for it is there again at once, the partner's commission goes with it, and it comes off the next invoice under its own date.";

/** Takes all of an entry back. */
export function ReverseEntry({ entry, action }: { entry: LedgerEntryView; action: ServerAction<unknown> }) {
  return (
    <FormDialog
      label="Reverse"
      title={`Reverse this entry of ${formatMicros(entry.leftMicros, { exact: true })}`}
      description={ON_THE_NEXT}
      action={action}
      hidden={{ entryId: entry.id }}
      submitLabel="Reverse it"
      destructive
      successMessage="The entry is reversed."
    >
      <Reason />
    </FormDialog>
  );
}

/** Takes part of an entry back. */
export function AdjustEntry({
  entry,
  requestKey,
  action,
}: {
  entry: LedgerEntryView;
  requestKey: string;
  action: ServerAction<unknown>;
}) {
  return (
    <FormDialog
      label="Adjust"
      title="Take part of this entry back"
      description={ON_THE_NEXT}
      action={action}
      hidden={{ entryId: entry.id, requestKey }}
      submitLabel="Take it back"
      successMessage="The entry is adjusted."
    >
      <FormField
        name="amount"
        label="Amount in USD"
        hint={`At most ${formatMicros(entry.leftMicros, { exact: true })}.`}
        required
      >
        <Input inputMode="decimal" autoComplete="off" placeholder="0.25" />
      </FormField>
      <Reason />
    </FormDialog>
  );
}
