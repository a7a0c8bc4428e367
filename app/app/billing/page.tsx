import { ReceiptText } from "lucide-react";
import type { Metadata } from "next";
import { AdminsOnly } from "@/components/accounts/admins-only";
import { CapMeter, capName } from "@/components/billing/cap-meter";
import { INVOICE_FILTERS } from "@/components/billing/invoice-filters";
import { InvoiceTable } from "@/components/billing/invoice-table";
import { MoneyAlerts } from "@/components/billing/money-alerts";
import { NextInvoiceCard } from "@/components/billing/next-invoice-card";
import { SellerNote } from "@/components/billing/seller-note";
import { SpendParts } from "@/components/billing/spend-parts";
import { TransactionTable } from "@/components/billing/transaction-table";
import { WalletCard } from "@/components/billing/wallet-card";
import { BarsByDay } from "@/components/shared/chart/charts";
import { DateTime } from "@/components/shared/date-time";
import { EmptyState } from "@/components/shared/empty-state";
import { FilterSelect, Toolbar } from "@/components/shared/filter-select";
import { Money } from "@/components/shared/money";
import { NothingFits } from "@/components/shared/nothing-fits";
import { PageHeader, SectionHeader } from "@/components/shared/page-header";
import { StatGrid, StatTile } from "@/components/shared/stat-tile";
import { Button } from "@/components/ui/button";
import { Card, CardAction, CardContent, CardDescription, CardHeader, CardTitle } from "@/components/ui/card";
import { Link } from "@/components/ui/link";
import type { TenantScope } from "@/db/scope";
import { denial } from "@/lib/auth/authorize";
import { requireTenant } from "@/lib/auth/scope";
import { listInvoicesInput } from "@/lib/billing/input";
import { type NextInvoice, nextInvoice } from "@/lib/billing/next-invoice";
import { listInvoices } from "@/lib/billing/queries";
import { currentTime } from "@/lib/clock";
import { readQuery, type SearchParams } from "@/lib/query";
import { getSeller } from "@/lib/tenants/seller-queries";
import { moneyAttention } from "@/lib/wallet/attention";
import { type CapView, listCaps } from "@/lib/wallet/caps/queries";
import { getWallet, type WalletView } from "@/lib/wallet/queries";
import { type MonthSpend, monthSpend, spendForecast } from "@/lib/wallet/spend-queries";
import { listTransactions } from "@/lib/wallet/transactions";
import { setLowBalanceAction } from "./actions";

export const metadata: Metadata = { title: "Billing" };

const filters = listInvoicesInput.omit({ tenantId: true });
const SHOWN_TRANSACTIONS = 5;

export default async function BillingPage({ searchParams }: { searchParams: SearchParams }) {
  const scope = await requireTenant();
  if (denial(scope, "billing.read")) return <AdminsOnly title="Billing" />;
  const wallet = await getWallet(scope);
  const spend = await monthSpend(scope);
  const caps = await listCaps(scope);
  const seller = await getSeller(scope);
  const next = await nextInvoice(scope);
  return (
    <>
      <PageHeader
        title="Billing"
        description={`What you can spend, what this month comes to, and your invoices from ${seller.name}. Everything is summed from your usage, in your prices; days are UTC.`}
        actions={
          <>
            <Button asChild variant="outline">
              <Link href="/app/billing/plan">Plan</Link>
            </Button>
            <Button asChild variant="outline">
              <Link href="/app/billing/details">Invoice details</Link>
            </Button>
            <Button asChild variant="outline">
              <a href="/app/billing/methods">Cards</a>
            </Button>
            <Button asChild variant="outline">
              <Link href="/app/billing/caps">Caps</Link>
            </Button>
            <Button asChild>
              <a href="/app/billing/top-up">Add credit</a>
            </Button>
          </>
        }
      />
      <div className="grid grid-cols-[minmax(0,1fr)] gap-8">
        <div className="grid gap-3 empty:hidden">
          <SellerNote seller={seller} now={currentTime()} />
          <MoneyAlerts attention={await moneyAttention(scope)} />
        </div>
        <Figures scope={scope} wallet={wallet} next={next} />
        <div className="grid grid-cols-[minmax(0,1fr)] items-start gap-6 lg:grid-cols-[minmax(0,3fr)_minmax(0,2fr)]">
          <div className="grid grid-cols-[minmax(0,1fr)] gap-6">
            <SpendCard spend={spend} />
            <Parts spend={spend} />
          </div>
          <div className="grid grid-cols-[minmax(0,1fr)] gap-6">
            <WalletCard
              wallet={wallet}
              setLowBalance={denial(scope, "billing.update") ? null : setLowBalanceAction}
            />
            <NextInvoiceCard next={next} />
          </div>
        </div>
        <Caps caps={caps} />
        <Credit scope={scope} />
        <Invoices scope={scope} searchParams={searchParams} />
      </div>
    </>
  );
}

async function Figures({
  scope,
  wallet,
  next,
}: {
  scope: TenantScope;
  wallet: WalletView;
  next: NextInvoice;
}) {
  const forecast = await spendForecast(scope);
  return (
    <StatGrid>
      <StatTile
        label="Available"
        value={<Money micros={wallet.available} />}
        note={wallet.mode === "prepaid" ? "paid before it is used" : "with your credit limit"}
      />
      <StatTile
        label="Spent this month"
        value={<Money micros={forecast.monthMicros} className="relative z-10" />}
        note="since the 1st, UTC"
        href="/app/usage"
      />
      <StatTile
        label="Forecast for this month"
        value={<Money micros={forecast.totalMicros} />}
        note={
          <>
            <Money micros={forecast.perDayMicros} /> a day, as in the last{" "}
            {forecast.basisDays === 1 ? "day" : `${forecast.basisDays} days`}
          </>
        }
      />
      <StatTile
        label="Next invoice, so far"
        value={<Money micros={next.dueMicros} />}
        note={
          <>
            made on <DateTime value={next.period.end} format="date" utc />
            {next.coveredMicros > 0n ? (
              <>
                ; <Money micros={next.coveredMicros} /> paid by credit
              </>
            ) : null}
          </>
        }
      />
    </StatGrid>
  );
}

function SpendCard({ spend }: { spend: MonthSpend }) {
  return (
    <Card>
      <CardHeader>
        <CardTitle>Spend by day</CardTitle>
        <CardDescription>This month so far</CardDescription>
      </CardHeader>
      <CardContent>
        <BarsByDay
          title="Spend by day of this month"
          kind="money"
          series={[{ key: "spend", label: "Spend" }]}
          points={spend.byDay.map(({ day, micros }) => ({ at: day, values: { spend: micros.toString() } }))}
        />
      </CardContent>
    </Card>
  );
}

function Parts({ spend }: { spend: MonthSpend }) {
  const { totalMicros } = spend;
  if (totalMicros === 0n) return null;
  return (
    <Card>
      <CardHeader>
        <CardTitle>Where this month’s spend went</CardTitle>
        <CardAction>
          <Button asChild variant="link" size="sm">
            <Link href="/app/usage">Usage</Link>
          </Button>
        </CardAction>
      </CardHeader>
      <CardContent className="grid gap-x-6 gap-y-7 sm:grid-cols-2 2xl:grid-cols-3">
        <SpendParts title="Agents" parts={spend.byAgent} totalMicros={totalMicros} hrefBase="/app/agents" />
        <SpendParts
          title="Workflows"
          parts={spend.byWorkflow}
          totalMicros={totalMicros}
          hrefBase="/app/workflows"
        />
        <SpendParts title="Models" parts={spend.byModel} totalMicros={totalMicros} />
      </CardContent>
    </Card>
  );
}

function Caps({ caps }: { caps: readonly CapView[] }) {
  const active = caps.filter((cap) => cap.isActive);
  if (active.length === 0) return null;
  return (
    <section>
      <SectionHeader
        title="Spending caps"
        actions={
          <Button asChild variant="link" size="sm">
            <Link href="/app/billing/caps">Change them</Link>
          </Button>
        }
      />
      <ul className="grid gap-4 rounded-xl border bg-card p-5 sm:grid-cols-2 lg:grid-cols-3">
        {active.map((cap) => (
          <li key={cap.id} className="grid content-start gap-1">
            <span className="wrap-anywhere font-medium text-sm">{capName(cap)}</span>
            <CapMeter cap={cap} />
          </li>
        ))}
      </ul>
    </section>
  );
}

async function Credit({ scope }: { scope: TenantScope }) {
  const { items } = await listTransactions(scope, {}, SHOWN_TRANSACTIONS);
  if (items.length === 0) return null;
  return (
    <section>
      <SectionHeader
        title="Credit"
        description="What changed your balance and allowance lately."
        actions={
          <Button asChild variant="link" size="sm">
            <Link href="/app/billing/credit">All of it</Link>
          </Button>
        }
      />
      <TransactionTable rows={items} links={{ run: "/app/runs", invoice: "/app/billing" }} />
    </section>
  );
}

async function Invoices({ scope, searchParams }: { scope: TenantScope; searchParams: SearchParams }) {
  const input = await readQuery(searchParams, filters);
  const page = await listInvoices(scope, input);
  const isFiltered = input.status !== undefined || input.cursor !== undefined;
  return (
    <section id="invoices">
      <SectionHeader
        title="Invoices"
        description="Every line opens the runs it was made of, and adds up to the cent."
      />
      {page.items.length === 0 && !isFiltered ? (
        <EmptyState icon={ReceiptText} title="No invoices yet">
          At the end of each period (UTC) your usage becomes an invoice with a line for each resource and
          price. Until then you find it under usage.
        </EmptyState>
      ) : (
        <>
          <Toolbar>
            <FilterSelect param="status" label="Status" allLabel="Every status" options={INVOICE_FILTERS} />
          </Toolbar>
          {page.items.length === 0 ? (
            <NothingFits what="invoice" />
          ) : (
            <InvoiceTable page={page} hrefBase="/app/billing" now={new Date()} />
          )}
        </>
      )}
    </section>
  );
}
