import type { Metadata } from "next";
import { RunCostsSummary, RunCostsView } from "@/components/billing/run-costs-view";
import { PageHeader } from "@/components/shared/page-header";
import { orNotFound } from "@/lib/auth/page";
import { requirePlatform } from "@/lib/auth/scope";
import { getRunCosts } from "@/lib/billing/run-costs";
import { modelNames } from "@/lib/models/names";

export const metadata: Metadata = { title: "Costs of a run" };

const NAMES = { platform: "Platform cost", commission: "Commission", tenant: "Tenant pays" };

export default async function RunCostsPage({ params }: { params: Promise<{ executionId: string }> }) {
  const scope = await requirePlatform();
  const costs = await orNotFound(getRunCosts(scope, (await params).executionId));
  return (
    <>
      <PageHeader
        title="Costs of a run"
        breadcrumb={[
          { label: "Ledger", href: `/admin/ledger?executionId=${costs.executionId}` },
          { label: costs.executionId.slice(0, 13) },
        ]}
        description={
          <RunCostsSummary
            costs={costs}
            tenantHref={`/admin/tenants/${costs.tenantId}`}
            runHref="/admin/runs"
          />
        }
      />
      <RunCostsView costs={costs} names={NAMES} models={await modelNames(scope)} />
    </>
  );
}
