import { Coins } from "lucide-react";
import type { Metadata } from "next";
import { CloseMonth } from "@/components/admin/close-month";
import { INVOICE_FILTERS } from "@/components/billing/invoice-filters";
import { InvoiceTable } from "@/components/billing/invoice-table";
import { EmptyState } from "@/components/shared/empty-state";
import { FilterSelect, Toolbar } from "@/components/shared/filter-select";
import { NothingFits } from "@/components/shared/nothing-fits";
import { PageHeader } from "@/components/shared/page-header";
import { listTenantNames } from "@/lib/admin/queries/tenants";
import { requirePlatform } from "@/lib/auth/scope";
import { listInvoicesInput } from "@/lib/billing/input";
import { closableMonths } from "@/lib/billing/period";
import { listAllInvoices } from "@/lib/billing/queries";
import { readQuery, type SearchParams } from "@/lib/query";
import { closePeriodAction } from "./actions";

export const metadata: Metadata = { title: "Invoices" };

const CLOSABLE_MONTHS = 24;

export default async function InvoicesPage({ searchParams }: { searchParams: SearchParams }) {
  const scope = await requirePlatform();
  const now = new Date();
  const input = await readQuery(searchParams, listInvoicesInput);
  const page = await listAllInvoices(scope, input);
  const tenants = await listTenantNames(scope, input.tenantId);
  const months = closableMonths(now, CLOSABLE_MONTHS);
  const isFiltered = Object.keys(input).length > 0;
  return (
    <>
      <PageHeader
        title="Invoices"
        description="One for each tenant and period with usage. They are made by themselves an hour after its end, or here."
        actions={<CloseMonth months={months} tenants={tenants} close={closePeriodAction} />}
      />
      {page.items.length === 0 && !isFiltered ? (
        <EmptyState icon={Coins} title="No invoices yet">
          When a month is over, its usage becomes invoices with gap-free numbers, line by line the sum of the
          ledger.
        </EmptyState>
      ) : (
        <>
          <Toolbar>
            <FilterSelect param="status" label="Status" allLabel="Every status" options={INVOICE_FILTERS} />
            <FilterSelect
              param="tenantId"
              label="Tenant"
              allLabel="Every tenant"
              options={tenants.map((tenant) => ({ value: tenant.id, label: tenant.name }))}
            />
          </Toolbar>
          {page.items.length === 0 ? (
            <NothingFits what="invoice" />
          ) : (
            <InvoiceTable page={page} hrefBase="/admin/invoices" now={now} withCustomer />
          )}
        </>
      )}
    </>
  );
}
