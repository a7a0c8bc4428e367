import type { Metadata } from "next";
import { BrandingForm } from "@/components/partner/branding-form";
import { PageHeader } from "@/components/shared/page-header";
import { requirePartner } from "@/lib/auth/scope";
import { getBranding } from "@/lib/branding/queries";
import { saveBrandingAction } from "./actions";

export const metadata: Metadata = { title: "Branding" };

export default async function BrandingPage() {
  const scope = await requirePartner();
  const branding = await getBranding(scope);
  return (
    <>
      <PageHeader
        title="Branding"
        description="In whose name your customers are billed: on invoices from now on, their PDF, their page and the mail that brings them. Invoices that exist stay as they are."
      />
      <BrandingForm branding={branding} save={scope.isSuspended ? null : saveBrandingAction} />
    </>
  );
}
