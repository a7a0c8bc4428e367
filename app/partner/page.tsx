import { Building2 } from "lucide-react";
import type { Metadata } from "next";
import { InvoiceTable } from "@/components/billing/invoice-table";
import { everyPoint, MarginChart } from "@/components/billing/margin-chart";
import { ActivityList } from "@/components/shared/activity-list";
import { EmptyState } from "@/components/shared/empty-state";
import { Money } from "@/components/shared/money";
import { PageHeader, SectionHeader } from "@/components/shared/page-header";
import { StatGrid, StatTile } from "@/components/shared/stat-tile";
import { Button } from "@/components/ui/button";
import { Card, CardContent, CardHeader, CardTitle } from "@/components/ui/card";
import { Link } from "@/components/ui/link";
import { requirePartner } from "@/lib/auth/scope";
import { listCustomerInvoices } from "@/lib/billing/queries";
import { microsFromNumeric } from "@/lib/money";
import { getPartnerOverview, type PartnerOverview } from "@/lib/partners/queries/money";
import { listPartnerAudit } from "@/lib/partners/queries/team";
import { formatShare } from "@/lib/rates/share";
import { lastDays } from "@/lib/tenants/periods";

export const metadata: Metadata = { title: { absolute: "Overview · Partner · HireBuddha" } };

const SHOWN = 6;

export default async function PartnerPage() {
  const scope = await requirePartner();
  const now = new Date();
  const overview = await getPartnerOverview(scope);
  const unpaid = await listCustomerInvoices(scope, { status: "pending" });
  const activity = await listPartnerAudit(scope);
  const known = overview.byDay.map(({ day, ...money }) => ({ at: day, ...money }));
  return (
    <>
      <PageHeader
        title={overview.partnerName}
        description="This month so far, in UTC. Every figure is a sum of the ledger."
        actions={
          <Button asChild variant="outline">
            <Link href="/partner/customers">Customers</Link>
          </Button>
        }
      />
      {overview.customers === 0 && !scope.isSuspended ? (
        <EmptyState
          icon={Building2}
          title="No customers yet"
          action={
            <Button asChild>
              <Link href="/partner/customers">Add a customer</Link>
            </Button>
          }
        >
          You make a workspace for each customer and invite its first admin. What they use is billed at your
          prices; what is above the base price is yours.
        </EmptyState>
      ) : (
        <div className="grid grid-cols-[minmax(0,1fr)] gap-6">
          <Figures overview={overview} />
          <Card>
            <CardHeader>
              <CardTitle>The last 30 days</CardTitle>
            </CardHeader>
            <CardContent>
              <MarginChart
                title="Base cost and margin by day"
                points={everyPoint(lastDays(now, 30), known)}
              />
            </CardContent>
          </Card>
          {unpaid.items.length > 0 ? (
            <section>
              <SectionHeader title="Unpaid invoices" description="Of your customers, newest first." />
              <InvoiceTable
                page={{ items: unpaid.items.slice(0, SHOWN), nextCursor: null }}
                hrefBase="/partner/invoices"
                now={now}
                withCustomer
              />
            </section>
          ) : null}
          <Card>
            <CardHeader>
              <CardTitle>Recent activity</CardTitle>
            </CardHeader>
            <CardContent className="pt-2">
              {activity.items.length === 0 ? (
                <p className="text-muted-foreground text-sm">What your team does here is listed here.</p>
              ) : (
                <ActivityList
                  items={activity.items
                    .slice(0, SHOWN)
                    .map((row) => ({ ...row, about: row.tenantName, who: row.actorName }))}
                />
              )}
            </CardContent>
          </Card>
        </div>
      )}
    </>
  );
}

function Figures({ overview }: { overview: PartnerOverview }) {
  const { monthRevenue, monthCommission, unpaid } = overview;
  const share = formatShare(microsFromNumeric(monthCommission), microsFromNumeric(monthRevenue));
  return (
    <StatGrid>
      <StatTile
        label="Customers"
        value={overview.customers}
        note={
          overview.customers === 0
            ? "none at the moment"
            : overview.suspended > 0
              ? `${overview.suspended} suspended`
              : "all active"
        }
        href="/partner/customers"
      />
      <StatTile label="Revenue this month" value={<Money numeric={monthRevenue} />} note="at your prices" />
      <StatTile
        label="Base cost"
        value={<Money numeric={overview.monthCost} />}
        note="owed to the platform"
      />
      <StatTile label="Margin" value={<Money numeric={monthCommission} />} note={`${share} of revenue`} />
      <StatTile
        label="Unpaid"
        value={<Money numeric={unpaid.amount} />}
        note={unpaid.count === 1 ? "1 invoice" : `${unpaid.count} invoices`}
      />
    </StatGrid>
  );
}
