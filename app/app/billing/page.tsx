import { ReceiptText } from "lucide-react";
import type { Metadata } from "next";
import Link from "next/link";
import { AdminsOnly } from "@/components/accounts/admins-only";
import { INVOICE_FILTERS } from "@/components/billing/invoice-filters";
import { InvoiceTable } from "@/components/billing/invoice-table";
import { EmptyState } from "@/components/shared/empty-state";
import { FilterSelect, Toolbar } from "@/components/shared/filter-select";
import { PageHeader } from "@/components/shared/page-header";
import { Button } from "@/components/ui/button";
import { denial } from "@/lib/auth/authorize";
import { requireTenant } from "@/lib/auth/scope";
import { listInvoicesInput } from "@/lib/billing/input";
import { listInvoices } from "@/lib/billing/queries";
import { readQuery, type SearchParams } from "@/lib/query";

export const metadata: Metadata = { title: "Billing" };

const filters = listInvoicesInput.omit({ tenantId: true });

export default async function BillingPage({ searchParams }: { searchParams: SearchParams }) {
  const scope = await requireTenant();
  if (denial(scope, "billing.read")) return <AdminsOnly title="Billing" />;
  const input = await readQuery(searchParams, filters);
  const page = await listInvoices(scope, input);
  const isFiltered = input.status !== undefined || input.cursor !== undefined;
  return (
    <>
      <PageHeader
        title="Billing"
        description="Your invoices. Every line opens the runs it was made of, and adds up to the cent."
        actions={
          <>
            <Button asChild variant="outline">
              <Link href="/app/usage">Usage this month</Link>
            </Button>
            <Button asChild variant="outline">
              <a href="/app/billing/methods">Cards</a>
            </Button>
            <Button asChild>
              <a href="/app/billing/top-up">Add credit</a>
            </Button>
          </>
        }
      />
      {page.items.length === 0 && !isFiltered ? (
        <EmptyState icon={ReceiptText} title="No invoices yet">
          At the end of each month (UTC) your usage becomes an invoice with a line for each resource and
          price. Until then you find it under usage.
        </EmptyState>
      ) : (
        <>
          <Toolbar>
            <FilterSelect param="status" label="Status" allLabel="Every status" options={INVOICE_FILTERS} />
          </Toolbar>
          {page.items.length === 0 ? (
            <p className="py-10 text-center text-muted-foreground text-sm">No invoice has this status.</p>
          ) : (
            <InvoiceTable page={page} hrefBase="/app/billing" now={new Date()} />
          )}
        </>
      )}
    </>
  );
}
