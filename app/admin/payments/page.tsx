import { CreditCard } from "lucide-react";
import type { Metadata } from "next";
import { AwaitedTransfers } from "@/components/admin/awaited-transfers";
import { PaymentTable } from "@/components/admin/payment-table";
import { ReceivableTable } from "@/components/admin/receivable-table";
import { StripeEventTable } from "@/components/admin/stripe-event-table";
import { CursorPager } from "@/components/shared/data-table";
import { EmptyState } from "@/components/shared/empty-state";
import { FilterSelect, Toolbar } from "@/components/shared/filter-select";
import { Money } from "@/components/shared/money";
import { NothingFits } from "@/components/shared/nothing-fits";
import { PageHeader, SectionHeader } from "@/components/shared/page-header";
import { StatGrid, StatTile } from "@/components/shared/stat-tile";
import { lookOf } from "@/components/shared/status";
import { Button } from "@/components/ui/button";
import { Link } from "@/components/ui/link";
import { listTenantNames } from "@/lib/admin/queries/tenants";
import { requirePlatform } from "@/lib/auth/scope";
import { centsToMicros } from "@/lib/money";
import { listPaymentsInput, SHOWN_METHODS, SHOWN_PAYMENT_STATUSES } from "@/lib/payments/admin-input";
import {
  listOpenEvents,
  listPayments,
  listReceivables,
  type PaymentFigures,
  paymentFigures,
} from "@/lib/payments/admin-queries";
import { listAwaitedTransfers } from "@/lib/payments/transfer-queries";
import { readQuery, type SearchParams } from "@/lib/query";
import { issueCreditNoteAction, recordPaymentAction } from "../invoices/actions";
import {
  cancelTransferOfAction,
  recordRefundAction,
  recordTransferAction,
  refundTopupAction,
  retryStripeEventAction,
  settleRefundAction,
} from "./actions";

export const metadata: Metadata = { title: "Payments" };

const STATUSES = SHOWN_PAYMENT_STATUSES.map((value) => ({ value, label: lookOf(value).label }));
const METHODS = Object.entries(SHOWN_METHODS).map(([value, label]) => ({ value, label }));
const ACTIONS = {
  refund: refundTopupAction,
  recordRefund: recordRefundAction,
  settleRefund: settleRefundAction,
  credit: issueCreditNoteAction,
};

export default async function PaymentsPage({ searchParams }: { searchParams: SearchParams }) {
  const scope = await requirePlatform();
  const input = await readQuery(searchParams, listPaymentsInput);
  const figures = await paymentFigures(scope);
  const events = await listOpenEvents(scope);
  const receivables = await listReceivables(scope);
  const orders = await listAwaitedTransfers(scope);
  const page = await listPayments(scope, input);
  const tenants = await listTenantNames(scope, input.tenantId);
  const isFiltered = Object.keys(input).length > 0;
  return (
    <>
      <PageHeader
        title="Payments"
        description="What is owed, what was paid and what failed, of all tenants. The last 30 days, in UTC."
      />
      <div className="grid grid-cols-[minmax(0,1fr)] gap-8">
        <Figures figures={figures} />
        {events.length > 0 ? (
          <section>
            <SectionHeader
              title="Events of Stripe"
              description="They were received and are not applied. Those that wait are tried again each minute."
            />
            <StripeEventTable events={events} retry={retryStripeEventAction} />
          </section>
        ) : null}
        {page.failed.length > 0 ? (
          <section>
            <SectionHeader
              title="Failed"
              description="The last try of what is still not paid. Cards are tried again by themselves."
            />
            <PaymentTable payments={page.failed} {...ACTIONS} />
          </section>
        ) : null}
        {orders.length > 0 && !isFiltered ? (
          <section>
            <SectionHeader
              title="Credit that waits for its money"
              description="Ordered by bank transfer. When the money has come, note it here: the credit is given, and invoiced."
            />
            <AwaitedTransfers orders={orders} record={recordTransferAction} cancel={cancelTransferOfAction} />
          </section>
        ) : null}
        {receivables.length > 0 && !isFiltered ? (
          <section>
            <SectionHeader
              title="Receivables"
              description="Unpaid invoices, the one that is due longest first. Note here what came by bank transfer."
            />
            <ReceivableTable receivables={receivables} record={recordPaymentAction} now={new Date()} />
            <Rest shown={receivables.length} of={figures.receivable.count + figures.uncollectible.count} />
          </section>
        ) : null}
        <section>
          <SectionHeader title="All payments" />
          <Toolbar>
            <FilterSelect param="status" label="Status" allLabel="Every status" options={STATUSES} />
            <FilterSelect param="method" label="How" allLabel="Every way" options={METHODS} />
            <FilterSelect
              param="tenantId"
              label="Tenant"
              allLabel="Every tenant"
              options={tenants.map((tenant) => ({ value: tenant.id, label: tenant.name }))}
            />
          </Toolbar>
          {page.items.length > 0 ? (
            <>
              <PaymentTable payments={page.items} {...ACTIONS} />
              <CursorPager nextCursor={page.nextCursor} />
            </>
          ) : isFiltered ? (
            <NothingFits what="payment" />
          ) : (
            <EmptyState icon={CreditCard} title="No payments yet">
              Each try to pay an invoice or credit by card is here, and each payment that an admin noted.
            </EmptyState>
          )}
        </section>
      </div>
    </>
  );
}

/** That a list is not all there is, and where the rest is. */
function Rest({ shown, of }: { shown: number; of: number }) {
  if (of <= shown) return null;
  return (
    <p className="mt-3 flex flex-wrap items-center justify-between gap-2 text-muted-foreground text-xs">
      The first {shown} of {of}.
      <Button asChild variant="outline" size="sm">
        <Link href="/admin/invoices?status=pending">All unpaid invoices</Link>
      </Button>
    </p>
  );
}

const counted = (count: number, one: string, many: string) => (count === 1 ? `1 ${one}` : `${count} ${many}`);

function Figures({ figures }: { figures: PaymentFigures }) {
  const { receivable, overdue, uncollectible, received, failed } = figures;
  const amount = ({ cents }: { cents: bigint }) => <Money micros={centsToMicros(cents)} />;
  return (
    <StatGrid>
      <StatTile
        label="Receivable"
        value={amount(receivable)}
        note={counted(receivable.count, "invoice", "invoices")}
        href="/admin/invoices?status=pending"
      />
      <StatTile
        label="Overdue"
        value={amount(overdue)}
        note={counted(overdue.count, "invoice", "invoices")}
        href="/admin/invoices?status=overdue"
      />
      <StatTile
        label="Received"
        value={amount(received)}
        note={`${counted(received.count, "payment", "payments")} in 30 days`}
        href="/admin/payments?status=succeeded"
      />
      <StatTile
        label="Failed"
        value={amount(failed)}
        note={`${counted(failed.count, "try", "tries")} in 30 days`}
        href="/admin/payments?status=failed"
      />
      <StatTile
        label="Given up"
        value={amount(uncollectible)}
        note={counted(uncollectible.count, "invoice", "invoices")}
        href="/admin/invoices?status=uncollectible"
      />
    </StatGrid>
  );
}
