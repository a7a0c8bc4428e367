import { Banknote } from "lucide-react";
import type { Metadata } from "next";
import { AdjustCommission } from "@/components/payouts/adjust-commission";
import { PayoutTable } from "@/components/payouts/payout-table";
import { ActionButton } from "@/components/shared/action-button";
import { EmptyState } from "@/components/shared/empty-state";
import { FilterSelect, Toolbar } from "@/components/shared/filter-select";
import { Money } from "@/components/shared/money";
import { NothingFits } from "@/components/shared/nothing-fits";
import { PageHeader } from "@/components/shared/page-header";
import { StatGrid, StatTile } from "@/components/shared/stat-tile";
import { lookOf } from "@/components/shared/status";
import { requirePlatform } from "@/lib/auth/scope";
import { centsToMicros } from "@/lib/money";
import { listPayoutsInput } from "@/lib/payouts/input";
import { getPayoutTotals, listAllPayouts, listPartnerNames } from "@/lib/payouts/queries";
import { PAYOUT_STATUSES } from "@/lib/payouts/rules";
import { readQuery, type SearchParams } from "@/lib/query";
import { adjustCommissionAction, draftPayoutsAction } from "./actions";

export const metadata: Metadata = { title: "Payouts" };

export default async function PayoutsPage({ searchParams }: { searchParams: SearchParams }) {
  const scope = await requirePlatform();
  const input = await readQuery(searchParams, listPayoutsInput);
  const totals = await getPayoutTotals(scope);
  const page = await listAllPayouts(scope, input);
  const partners = await listPartnerNames(scope);
  const isFiltered = Object.keys(input).length > 0;
  const tile = (label: string, { count, cents }: { count: number; cents: bigint }, status: string) => (
    <StatTile
      label={label}
      value={<Money micros={centsToMicros(cents)} />}
      note={count === 1 ? "1 payout" : `${count} payouts`}
      href={`/admin/payouts?status=${status}`}
    />
  );
  return (
    <>
      <PageHeader
        title="Payouts"
        description="What partners are paid. Drafts are made at the start of each month, of commission that was earned at least 30 days before its start; each waits for your approval."
        actions={
          <>
            <AdjustCommission partners={partners} action={adjustCommissionAction} />
            <ActionButton
              action={draftPayoutsAction}
              input={{}}
              variant="outline"
              successMessage="Everything that can be paid for the last month has its draft."
            >
              Draft now
            </ActionButton>
          </>
        }
      />
      {page.items.length === 0 && !isFiltered ? (
        <EmptyState icon={Banknote} title="No payouts yet">
          Partners earn commission when their customers' money has covered usage. Once it is 30 days old and
          enough, it becomes a draft here.
        </EmptyState>
      ) : (
        <div className="grid grid-cols-[minmax(0,1fr)] gap-6">
          <StatGrid>
            {tile("To approve", totals.toApprove, "draft")}
            {tile("Held", totals.held, "approved")}
            {tile("Failed", totals.failed, "failed")}
          </StatGrid>
          <div>
            <Toolbar>
              <FilterSelect
                param="status"
                label="Status"
                allLabel="Every status"
                options={PAYOUT_STATUSES.map((status) => ({ value: status, label: lookOf(status).label }))}
              />
              <FilterSelect
                param="partnerId"
                label="Partner"
                allLabel="Every partner"
                options={partners.map(({ id, name }) => ({ value: id, label: name }))}
              />
            </Toolbar>
            {page.items.length === 0 ? (
              <NothingFits what="payout" />
            ) : (
              <PayoutTable page={page} hrefBase="/admin/payouts" withPartner />
            )}
          </div>
        </div>
      )}
    </>
  );
}
