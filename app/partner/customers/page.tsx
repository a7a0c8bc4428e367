import { Building2 } from "lucide-react";
import type { Metadata } from "next";
import { CustomerTable } from "@/components/partner/customer-table";
import { EmptyState } from "@/components/shared/empty-state";
import { FilterSelect, Toolbar } from "@/components/shared/filter-select";
import { FormDialog } from "@/components/shared/form-dialog";
import { NothingFits } from "@/components/shared/nothing-fits";
import { PageHeader } from "@/components/shared/page-header";
import { SearchInput } from "@/components/shared/search-input";
import { EmailField, NameField } from "@/components/shared/text-fields";
import { requirePartner } from "@/lib/auth/scope";
import { listCustomersInput } from "@/lib/partners/input";
import { listCustomers } from "@/lib/partners/queries/customers";
import { readQuery, type SearchParams } from "@/lib/query";
import { createCustomerAction } from "./actions";

export const metadata: Metadata = { title: "Customers" };

const STATUSES = [
  { value: "active", label: "Active" },
  { value: "suspended", label: "Suspended" },
];

export default async function CustomersPage({ searchParams }: { searchParams: SearchParams }) {
  const scope = await requirePartner();
  const input = await readQuery(searchParams, listCustomersInput);
  const page = await listCustomers(scope, input);
  const isFiltered = Object.keys(input).length > 0;
  return (
    <>
      <PageHeader
        title="Customers"
        description="The workspaces you sell to, with this month's money in UTC."
        actions={scope.isSuspended ? null : <AddCustomer byAddress />}
      />
      {scope.isSuspended ? (
        <EmptyState icon={Building2} title="Nobody buys from you at the moment">
          While your partnership is suspended your customers buy from the platform. What you sold to them
          before is under Margins and Statements.
        </EmptyState>
      ) : page.items.length === 0 && !isFiltered ? (
        <EmptyState icon={Building2} title="No customers yet" action={<AddCustomer />}>
          A customer is a workspace of its own: you see its people, its usage and its invoices, never its
          agents, documents or runs.
        </EmptyState>
      ) : (
        <>
          <Toolbar>
            <SearchInput label="Search customers" />
            <FilterSelect param="status" label="Status" allLabel="Every status" options={STATUSES} />
          </Toolbar>
          {page.items.length === 0 ? <NothingFits what="customer" /> : <CustomerTable page={page} />}
        </>
      )}
    </>
  );
}

function AddCustomer({ byAddress = false }: { byAddress?: boolean }) {
  return (
    <FormDialog
      byAddress={byAddress}
      label="Add customer"
      variant="default"
      title="Add a customer"
      description="Makes their workspace and invites its first admin by mail."
      action={createCustomerAction}
      submitLabel="Add and invite"
      successMessage="The workspace is there and the invitation is on its way."
      successHref="/partner/customers/[id]"
    >
      <NameField hint="Of their company, as it appears on the invoice." />
      <EmailField name="adminEmail" label="E-mail of the first admin" />
    </FormDialog>
  );
}
