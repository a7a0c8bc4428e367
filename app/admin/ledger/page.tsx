import { Layers } from "lucide-react";
import type { Metadata } from "next";
import { LedgerTable } from "@/components/admin/ledger-table";
import { EmptyState } from "@/components/shared/empty-state";
import { FilterSelect, Toolbar } from "@/components/shared/filter-select";
import { NothingFits } from "@/components/shared/nothing-fits";
import { PageHeader } from "@/components/shared/page-header";
import { SearchInput } from "@/components/shared/search-input";
import { Button } from "@/components/ui/button";
import { listTenantNames } from "@/lib/admin/queries/tenants";
import { requirePlatform } from "@/lib/auth/scope";
import { listLedgerInput } from "@/lib/billing/input";
import { listLedger } from "@/lib/billing/ledger-queries";
import { RESOURCE_TYPES, RESOURCES } from "@/lib/metering/resources";
import { modelNames } from "@/lib/models/names";
import { readQuery, type SearchParams } from "@/lib/query";

export const metadata: Metadata = { title: "Ledger" };

export default async function LedgerPage({ searchParams }: { searchParams: SearchParams }) {
  const scope = await requirePlatform();
  const given = await searchParams;
  const filter = await readQuery(searchParams, listLedgerInput);
  const page = await listLedger(scope, filter);
  const tenants = await listTenantNames(scope, filter.tenantId);
  const isNoRun = Boolean(given.executionId) && !filter.executionId;
  return (
    <>
      <PageHeader
        title="Ledger"
        description="Every metered thing with both prices, newest first. It only grows: no row is ever changed or deleted."
        actions={
          <Button asChild variant="outline">
            <a href={`/admin/ledger/export?${new URLSearchParams(filter)}`} download>
              Export this page
            </a>
          </Button>
        }
      />
      <Toolbar>
        <FilterSelect
          param="tenantId"
          label="Tenant"
          allLabel="Every tenant"
          options={tenants.map((tenant) => ({ value: tenant.id, label: tenant.name }))}
        />
        <FilterSelect
          param="resourceType"
          label="Resource"
          allLabel="Every resource"
          options={RESOURCE_TYPES.map((type) => ({ value: type, label: RESOURCES[type].label }))}
        />
        <SearchInput param="executionId" label="Id of a run" />
      </Toolbar>
      {isNoRun ? (
        <p role="alert" className="mb-4 text-danger text-sm">
          This is not the id of a run: all runs are shown.
        </p>
      ) : null}
      {page.items.length > 0 ? (
        <LedgerTable page={page} models={await modelNames(scope)} />
      ) : Object.values(filter).some(Boolean) ? (
        <NothingFits what="entry" />
      ) : (
        <EmptyState icon={Layers} title="No entries yet">
          Each model call, embedding and workflow node writes its row here in the moment it happens.
        </EmptyState>
      )}
    </>
  );
}
