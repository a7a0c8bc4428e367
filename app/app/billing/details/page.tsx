import type { Metadata } from "next";
import { AdminsOnly } from "@/components/accounts/admins-only";
import { PageHeader } from "@/components/shared/page-header";
import { DetailsForm } from "@/components/tax/details-form";
import { denial } from "@/lib/auth/authorize";
import { requireTenant } from "@/lib/auth/scope";
import { COUNTRY_OPTIONS } from "@/lib/billing/countries";
import { getBillingDetails } from "@/lib/billing/details-queries";
import { getWorkspaceSettings } from "@/lib/tenants/settings";
import { saveBillingDetailsAction } from "./actions";

export const metadata: Metadata = { title: "Invoice details" };

export default async function BillingDetailsPage() {
  const scope = await requireTenant();
  if (denial(scope, "billing.update")) return <AdminsOnly title="Invoice details" />;
  const details = await getBillingDetails(scope);
  const { name } = await getWorkspaceSettings(scope);
  return (
    <>
      <PageHeader
        title="Invoice details"
        breadcrumb={[{ label: "Billing", href: "/app/billing" }, { label: "Invoice details" }]}
        description="What your invoices say about you, and where they go. Invoices that are made already stay as they are."
      />
      <DetailsForm
        action={saveBillingDetailsAction}
        details={details}
        countries={COUNTRY_OPTIONS}
        workspaceName={name}
      />
    </>
  );
}
