import type { Metadata } from "next";
import { RunCostsSummary, RunCostsView } from "@/components/billing/run-costs-view";
import { PageHeader } from "@/components/shared/page-header";
import { orNotFound } from "@/lib/auth/page";
import { requirePartner } from "@/lib/auth/scope";
import { getCustomerRunCosts } from "@/lib/billing/run-costs";
import { partnerModelNames } from "@/lib/models/names";

export const metadata: Metadata = { title: "Costs of a run" };

const NAMES = { platform: "You pay", commission: "Your margin", tenant: "The customer pays" };

export default async function CustomerRunPage({ params }: { params: Promise<{ executionId: string }> }) {
  const scope = await requirePartner();
  const costs = await orNotFound(getCustomerRunCosts(scope, (await params).executionId));
  const tenantHref = `/partner/customers/${costs.tenantId}`;
  return (
    <>
      <PageHeader
        title="Costs of a run"
        breadcrumb={[
          { label: "Customers", href: "/partner/customers" },
          { label: costs.tenantName, href: tenantHref },
          { label: costs.executionId.slice(0, 13) },
        ]}
        description={<RunCostsSummary costs={costs} tenantHref={tenantHref} runHref="/partner/runs" />}
      />
      <RunCostsView costs={costs} names={NAMES} models={await partnerModelNames(scope)} />
    </>
  );
}
