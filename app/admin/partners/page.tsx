import { Handshake } from "lucide-react";
import type { Metadata } from "next";
import { PartnerTable } from "@/components/admin/partner-table";
import { EmptyState } from "@/components/shared/empty-state";
import { FormDialog } from "@/components/shared/form-dialog";
import { PageHeader } from "@/components/shared/page-header";
import { EmailField, NameField } from "@/components/shared/text-fields";
import { listPartners } from "@/lib/admin/queries/partners";
import { requirePlatform } from "@/lib/auth/scope";
import { createPartnerAction, setPartnerStatusAction } from "./actions";

export const metadata: Metadata = { title: "Partners" };

export default async function PartnersPage() {
  const scope = await requirePlatform();
  const partners = await listPartners(scope);
  return (
    <>
      <PageHeader
        title="Partners"
        description="Who resells the platform to customers of their own. Figures are of this month, in UTC."
        actions={<AddPartner byAddress />}
      />
      {partners.length === 0 ? (
        <EmptyState icon={Handshake} title="No partners yet" action={<AddPartner />}>
          A partner sells at its own prices, never below yours, and keeps what is above them.
        </EmptyState>
      ) : (
        <PartnerTable partners={partners} setStatus={setPartnerStatusAction} />
      )}
    </>
  );
}

function AddPartner({ byAddress = false }: { byAddress?: boolean }) {
  return (
    <FormDialog
      byAddress={byAddress}
      label="Add partner"
      variant="default"
      title="Add a partner"
      description="Makes the partner with a workspace of its own and invites its first admin by mail."
      action={createPartnerAction}
      submitLabel="Add and invite"
      successMessage="The partner is there and the invitation is on its way."
    >
      <NameField />
      <EmailField name="adminEmail" label="E-mail of the first admin" />
    </FormDialog>
  );
}
