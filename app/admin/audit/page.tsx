import type { Metadata } from "next";
import { AuditTable } from "@/components/admin/audit-table";
import { DayFilter } from "@/components/shared/day-filter";
import { FilterSelect, Toolbar } from "@/components/shared/filter-select";
import { NothingFits } from "@/components/shared/nothing-fits";
import { PageHeader } from "@/components/shared/page-header";
import { SearchInput } from "@/components/shared/search-input";
import { Button } from "@/components/ui/button";
import { listAuditInput } from "@/lib/admin/input";
import { listAllAudit } from "@/lib/admin/queries/audit";
import { listTenantNames } from "@/lib/admin/queries/tenants";
import { requirePlatform } from "@/lib/auth/scope";
import { readQuery, type SearchParams } from "@/lib/query";

export const metadata: Metadata = { title: "Audit" };

const RESULTS = [
  { value: "done", label: "Done" },
  { value: "denied", label: "Refused" },
];

export default async function AdminAuditPage({ searchParams }: { searchParams: SearchParams }) {
  const scope = await requirePlatform();
  const input = await readQuery(searchParams, listAuditInput);
  const page = await listAllAudit(scope, input);
  const tenants = await listTenantNames(scope, input.tenantId);
  const { cursor: _cursor, ...filter } = input;
  return (
    <>
      <PageHeader
        title="Audit"
        description="Who changed what anywhere on the platform, and what was refused. Rows are never changed or deleted."
        actions={
          <Button asChild variant="outline">
            <a href={`/admin/audit/export?${new URLSearchParams(filter)}`} download>
              Export CSV
            </a>
          </Button>
        }
      />
      <Toolbar>
        <SearchInput param="action" label="Action begins with" />
        <FilterSelect param="result" label="Result" allLabel="Done and refused" options={RESULTS} />
        <FilterSelect
          param="tenantId"
          label="Tenant"
          allLabel="Every tenant"
          options={tenants.map((tenant) => ({ value: tenant.id, label: tenant.name }))}
        />
        <DayFilter param="from" label="From" />
        <DayFilter param="to" label="to" />
      </Toolbar>
      {page.items.length === 0 ? (
        <NothingFits what="entry">Actions are written as noun and verb, such as rate.set.</NothingFits>
      ) : (
        <AuditTable page={page} />
      )}
    </>
  );
}
