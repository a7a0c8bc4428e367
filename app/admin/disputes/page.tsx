import { ShieldQuestion } from "lucide-react";
import type { Metadata } from "next";
import { DisputeTable } from "@/components/admin/dispute-table";
import { CursorPager } from "@/components/shared/data-table";
import { EmptyState } from "@/components/shared/empty-state";
import { FilterSelect, Toolbar } from "@/components/shared/filter-select";
import { NothingFits } from "@/components/shared/nothing-fits";
import { PageHeader, SectionHeader } from "@/components/shared/page-header";
import { listTenantNames } from "@/lib/admin/queries/tenants";
import { requirePlatform } from "@/lib/auth/scope";
import { currentTime } from "@/lib/clock";
import { listDisputes } from "@/lib/payments/admin-dispute-queries";
import { listDisputesInput } from "@/lib/payments/admin-input";
import { readQuery, type SearchParams } from "@/lib/query";

export const metadata: Metadata = { title: "Disputes" };

const STATES = [
  { value: "open", label: "Open" },
  { value: "closed", label: "Closed" },
];

export default async function DisputesPage({ searchParams }: { searchParams: SearchParams }) {
  const scope = await requirePlatform();
  const input = await readQuery(searchParams, listDisputesInput);
  const { open, closed } = await listDisputes(scope, input);
  const tenants = await listTenantNames(scope, input.tenantId);
  const now = currentTime();
  const isFiltered = Object.keys(input).length > 0;
  const isEmpty = open.length === 0 && closed.items.length === 0;
  return (
    <>
      <PageHeader
        title="Disputes"
        description="Payments by card that the payer’s bank asks back. While one is open, the credit it bought is frozen. Evidence is sent on Stripe’s page; without it by the deadline, the dispute is lost."
      />
      {isEmpty && !isFiltered ? (
        <EmptyState icon={ShieldQuestion} title="No disputes yet">
          When a payer’s bank asks a payment back, it is here, with the day by which it must be answered.
        </EmptyState>
      ) : (
        <>
          <Toolbar>
            <FilterSelect param="state" label="State" allLabel="Open and closed" options={STATES} />
            <FilterSelect
              param="tenantId"
              label="Tenant"
              allLabel="Every tenant"
              options={tenants.map((tenant) => ({ value: tenant.id, label: tenant.name }))}
            />
          </Toolbar>
          {isEmpty ? (
            <NothingFits what="dispute" />
          ) : (
            <div className="grid grid-cols-[minmax(0,1fr)] gap-8">
              {open.length > 0 ? (
                <section>
                  <SectionHeader title="Open" description="What must be answered soonest comes first." />
                  <DisputeTable disputes={open} now={now} />
                </section>
              ) : null}
              {closed.items.length > 0 ? (
                <section>
                  <SectionHeader
                    title="Closed"
                    description="Won: the credit may be spent again. Lost: what was left of it is taken back, and what was spent is owed."
                  />
                  <DisputeTable disputes={closed.items} now={now} areOver />
                  <CursorPager nextCursor={closed.nextCursor} />
                </section>
              ) : null}
            </div>
          )}
        </>
      )}
    </>
  );
}
