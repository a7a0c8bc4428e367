import { ActionButton } from "@/components/shared/action-button";
import { FormDialog } from "@/components/shared/form-dialog";
import { FormField } from "@/components/shared/form-field";
import { Input } from "@/components/ui/input";
import type { TenantDebt } from "@/lib/dunning/admin-queries";
import type { DunningName } from "@/lib/dunning/schedule";
import { centsToMicros, formatMicros } from "@/lib/money";
import type { ServerAction } from "@/lib/result";

const USUAL_DAYS = 14;

const COMES: Readonly<Record<DunningName, string>> = {
  overdue: "it is reminded",
  partner_told: "it is reminded again",
  starts_blocked: "its new runs no longer start",
  last_warning: "it is warned for the last time",
  suspended: "it is suspended for that",
  uncollectible: "its plan ends",
};

const day = (date: Date) =>
  date.toLocaleDateString("en-GB", { day: "numeric", month: "long", year: "numeric", timeZone: "UTC" });

function owes(name: string, { dueCents, invoices, invoiceNumber }: TenantDebt): string {
  const which = invoices === 1 ? `invoice ${invoiceNumber}` : `${invoices} invoices`;
  return `${name} owes ${formatMicros(centsToMicros(dueCents))} for ${which}.`;
}

function goesOn({ next }: TenantDebt): string {
  return next
    ? ` That is gone after as before: on ${day(next.at)} ${COMES[next.name]}.`
    : " That is still to be paid.";
}

/** Lets a suspended workspace work again, and says first what it owes and what becomes of that. */
export function ReactivateTenant({
  tenant: { id, name },
  debt,
  action,
}: {
  tenant: { id: string; name: string };
  debt: TenantDebt | null;
  action: ServerAction<{ tenantId: string }>;
}) {
  const successMessage = `${name} works again.`;
  if (!debt?.demandsSuspension)
    return (
      <ActionButton
        action={action}
        input={{ tenantId: id }}
        variant="outline"
        successMessage={successMessage}
        {...(debt
          ? {
              confirm: {
                title: `Reactivate ${name}?`,
                description: owes(name, debt) + goesOn(debt),
                confirmLabel: "Reactivate",
              },
            }
          : {})}
      >
        Reactivate
      </ActionButton>
    );
  return (
    <FormDialog
      label="Reactivate"
      title={`Reactivate ${name}?`}
      description={`${owes(name, debt)} It works for as long as you give it to pay; reminders and the end of its plan wait. What is not paid by then suspends it again.`}
      action={action}
      hidden={{ tenantId: id }}
      submitLabel="Reactivate"
      successMessage={successMessage}
    >
      <FormField name="graceDays" label="Days to pay" hint="From now; at most 60." required>
        <Input inputMode="numeric" autoComplete="off" defaultValue={USUAL_DAYS} className="max-w-28" />
      </FormField>
    </FormDialog>
  );
}
