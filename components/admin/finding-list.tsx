import { CursorPager } from "@/components/shared/data-table";
import { DateTime, TimeZoneNote } from "@/components/shared/date-time";
import { FormDialog } from "@/components/shared/form-dialog";
import { FormField } from "@/components/shared/form-field";
import { KeyValueList } from "@/components/shared/key-value-list";
import { Badge } from "@/components/ui/badge";
import { NativeSelect } from "@/components/ui/native-select";
import { Textarea } from "@/components/ui/textarea";
import type { Page } from "@/lib/paging";
import { DECISIONS } from "@/lib/reconcile/input";
import type { FindingView } from "@/lib/reconcile/queries";
import type { ServerAction } from "@/lib/result";

export type CheckWords = { id: string; title: string; meaning: string; remedy: string };

const STATES: Readonly<Record<string, string>> = {
  accepted: "Accepted",
  dismissed: "Dismissed",
  fixed: "Put right",
};

/** What does not agree, what that means, and what to do about it. */
export function FindingList({
  page,
  words,
  action,
}: {
  page: Page<FindingView>;
  words: readonly CheckWords[];
  action: ServerAction<unknown>;
}) {
  return (
    <>
      <ul className="grid gap-3">
        {page.items.map((finding) => (
          <Finding
            key={finding.id}
            finding={finding}
            check={words.find(({ id }) => id === finding.checkId)}
            action={action}
          />
        ))}
      </ul>
      <CursorPager nextCursor={page.nextCursor} note={<TimeZoneNote />} />
    </>
  );
}

function Finding({
  finding,
  check,
  action,
}: {
  finding: FindingView;
  check: CheckWords | undefined;
  action: ServerAction<unknown>;
}) {
  const facts = Object.entries(finding.detail).map(([label, value]) => ({
    label: `${label.charAt(0).toUpperCase()}${label.slice(1)}`,
    value: Array.isArray(value) ? <Examples values={value} /> : value,
  }));
  return (
    <li className="rounded-xl border bg-card p-4">
      <div className="flex flex-wrap items-start justify-between gap-3">
        <div className="min-w-0 flex-1 basis-64">
          <p className="text-muted-foreground text-xs">
            <span className="font-mono">{finding.checkId}</span> · {check?.title} · since{" "}
            <DateTime value={finding.createdAt} format="datetime" />
          </p>
          <h3 className="wrap-anywhere mt-1 font-medium text-sm">{finding.subject}</h3>
        </div>
        {finding.status === "open" ? (
          <Decide finding={finding} action={action} />
        ) : (
          <Badge tone={finding.status === "dismissed" ? "neutral" : "success"}>
            {STATES[finding.status] ?? finding.status}
          </Badge>
        )}
      </div>
      {check ? (
        <p className="mt-2 max-w-prose text-sm">
          {check.meaning} <span className="text-muted-foreground">{check.remedy}</span>
        </p>
      ) : null}
      {facts.length > 0 ? (
        <details className="mt-2 text-sm">
          <summary className="w-fit cursor-pointer rounded-sm text-muted-foreground text-xs hover:underline">
            Details
          </summary>
          <KeyValueList items={facts} />
        </details>
      ) : null}
      {finding.decidedAt ? (
        <p className="wrap-anywhere mt-2 text-muted-foreground text-xs">
          {finding.decisionNote} {finding.decidedBy ? `${finding.decidedBy}, ` : ""}
          <DateTime value={finding.decidedAt} format="datetime" />
        </p>
      ) : null}
    </li>
  );
}

function Examples({ values }: { values: readonly string[] }) {
  return (
    <ul className="grid gap-0.5 text-[0.8125rem]">
      {values.map((value) => (
        <li key={value}>{value}</li>
      ))}
    </ul>
  );
}

function Decide({ finding, action }: { finding: FindingView; action: ServerAction<unknown> }) {
  return (
    <FormDialog
      label="Decide"
      size="sm"
      triggerLabel={`Decide about: ${finding.subject}`}
      title="Decide about this finding"
      description={finding.subject}
      action={action}
      hidden={{ findingId: finding.id }}
      submitLabel="Decide"
      successMessage="It is decided, and stays so for as long as it looks the same."
    >
      <FormField name="decision" label="Your decision" required>
        <NativeSelect>
          {Object.entries(DECISIONS).map(([value, label]) => (
            <option key={value} value={value}>
              {label}
            </option>
          ))}
        </NativeSelect>
      </FormField>
      <FormField name="note" label="Why" hint="It stays with the finding, and in the audit log." required>
        <Textarea rows={3} />
      </FormField>
    </FormDialog>
  );
}
