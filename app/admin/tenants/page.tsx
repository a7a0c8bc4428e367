import type { Metadata } from "next";
import { TenantTable } from "@/components/admin/tenant-table";
import { FilterSelect, Toolbar } from "@/components/shared/filter-select";
import { NothingFits } from "@/components/shared/nothing-fits";
import { PageHeader } from "@/components/shared/page-header";
import { SearchInput } from "@/components/shared/search-input";
import { listTenantsInput } from "@/lib/admin/input";
import { listPartners } from "@/lib/admin/queries/partners";
import { listTenants } from "@/lib/admin/queries/tenants";
import { requirePlatform } from "@/lib/auth/scope";
import { readQuery, type SearchParams } from "@/lib/query";

export const metadata: Metadata = { title: "Tenants" };

const STATUSES = [
  { value: "active", label: "Active" },
  { value: "suspended", label: "Suspended" },
];

export default async function TenantsPage({ searchParams }: { searchParams: SearchParams }) {
  const scope = await requirePlatform();
  const input = await readQuery(searchParams, listTenantsInput);
  const page = await listTenants(scope, input);
  const partners = await listPartners(scope);
  return (
    <>
      <PageHeader
        title="Tenants"
        description="Every workspace, newest first, with what it used this month at its own prices."
      />
      <Toolbar>
        <SearchInput label="Search by name" />
        <FilterSelect param="status" label="Status" allLabel="Every status" options={STATUSES} />
        <FilterSelect
          param="partnerId"
          label="Partner"
          allLabel="Every partner"
          options={partners.map((partner) => ({ value: partner.id, label: partner.name }))}
        />
      </Toolbar>
      {page.items.length === 0 ? <NothingFits what="tenant" /> : <TenantTable page={page} />}
    </>
  );
}
