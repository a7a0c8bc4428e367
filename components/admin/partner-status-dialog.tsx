import { FormDialog } from "@/components/shared/form-dialog";
import { ReasonField } from "@/components/shared/text-fields";
import type { PartnerRow } from "@/lib/admin/queries/partners";
import type { ServerAction } from "@/lib/result";

type SetStatus = ServerAction<{ partnerId: string }>;

/** Suspends a partner or lets it work again, after saying what that does. */
export function PartnerStatusDialog({
  partner,
  setStatus,
}: {
  partner: Pick<PartnerRow, "id" | "name" | "status" | "customers" | "away">;
  setStatus: SetStatus;
}) {
  const isSuspended = partner.status === "suspended";
  const verb = isSuspended ? "Reactivate" : "Suspend";
  return (
    <FormDialog
      label={verb}
      triggerLabel={`${verb} ${partner.name}`}
      size="sm"
      title={`${verb} ${partner.name}?`}
      description={
        isSuspended
          ? `Its people can work in the partner console again. ${customersOf(partner.away)} from it again, at its prices, from this moment on; payouts that were held go on.`
          : `Its people can read and export from now on, not change anything. ${customersOf(partner.customers)} from the platform until it is reactivated, at the base prices, and go on working. What was used before is billed in the partner's name. What it earned stays owed and is held.`
      }
      action={setStatus}
      hidden={{ partnerId: partner.id, status: isSuspended ? "active" : "suspended" }}
      submitLabel={verb}
      destructive={!isSuspended}
      successMessage={isSuspended ? `${partner.name} is active again.` : `${partner.name} is suspended.`}
    >
      <ReasonField hint="The partner reads it, and it is kept." />
    </FormDialog>
  );
}

const customersOf = (count: number) =>
  count === 0
    ? "It has no customers who would buy"
    : count === 1
      ? "Its one customer buys"
      : `Its ${count.toLocaleString("en-US")} customers buy`;
