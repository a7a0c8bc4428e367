import { ActionButton } from "@/components/shared/action-button";
import { FormDialog } from "@/components/shared/form-dialog";
import { NameField, ReasonField } from "@/components/shared/text-fields";
import type { ServerAction } from "@/lib/result";

type Action = ServerAction<{ id: string }>;

/** Rename, suspend, reactivate. */
export function CustomerActions({
  customer,
  rename,
  suspend,
  reactivate,
}: {
  customer: { id: string; name: string; status: string };
  rename: Action;
  suspend: Action;
  reactivate: Action;
}) {
  const hidden = { tenantId: customer.id };
  return (
    <>
      <FormDialog
        label="Rename"
        title={`Rename ${customer.name}`}
        description="Invoices already made keep the old name."
        action={rename}
        hidden={hidden}
        submitLabel="Rename"
        successMessage="The customer is renamed."
      >
        <NameField defaultValue={customer.name} />
      </FormDialog>
      {customer.status === "suspended" ? (
        <ActionButton
          action={reactivate}
          input={hidden}
          variant="outline"
          successMessage={`${customer.name} works again.`}
        >
          Reactivate
        </ActionButton>
      ) : (
        <FormDialog
          label="Suspend"
          title={`Suspend ${customer.name}?`}
          description="Nothing new runs and nothing can be changed there. Its people can still read and export everything."
          action={suspend}
          hidden={hidden}
          submitLabel="Suspend"
          destructive
          successMessage={`${customer.name} is suspended.`}
        >
          <ReasonField hint="The people of the workspace read it, and it is kept." />
        </FormDialog>
      )}
    </>
  );
}
