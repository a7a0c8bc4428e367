import { Eye } from "lucide-react";
import { ReactivateTenant } from "@/components/admin/reactivate-tenant";
import { FormDialog } from "@/components/shared/form-dialog";
import { ReasonField } from "@/components/shared/text-fields";
import type { TenantDebt } from "@/lib/dunning/admin-queries";
import type { ServerAction } from "@/lib/result";

type Action = ServerAction<{ tenantId: string }>;

/** Look into a workspace, stop it, or let it work again. */
export function TenantActions({
  tenant,
  debt,
  viewAs,
  suspend,
  reactivate,
}: {
  tenant: { id: string; name: string; status: string };
  debt: TenantDebt | null;
  viewAs: Action;
  suspend: Action;
  reactivate: Action;
}) {
  const hidden = { tenantId: tenant.id };
  return (
    <>
      <FormDialog
        label={
          <>
            <Eye aria-hidden="true" />
            View as
          </>
        }
        title={`Look into ${tenant.name}`}
        description="You see what its admins see, read-only, for one hour. Its audit log says that you were there."
        action={viewAs}
        hidden={hidden}
        submitLabel="Look into it"
        successHref="/app"
      >
        <ReasonField hint="Such as the number of the support case. It is kept." />
      </FormDialog>
      {tenant.status === "suspended" ? (
        <ReactivateTenant tenant={tenant} debt={debt} action={reactivate} />
      ) : (
        <FormDialog
          label="Suspend"
          title={`Suspend ${tenant.name}?`}
          description="Nothing new runs and nothing can be changed there. Its people can still read and export everything."
          action={suspend}
          hidden={hidden}
          submitLabel="Suspend"
          destructive
          successMessage={`${tenant.name} is suspended.`}
        >
          <ReasonField hint="The people of the workspace read it, and it is kept." />
        </FormDialog>
      )}
    </>
  );
}
