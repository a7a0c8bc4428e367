import { TrendingUp } from "lucide-react";
import type { Metadata } from "next";
import { everyPoint, MarginChart } from "@/components/billing/margin-chart";
import { MonthForm, monthLabel } from "@/components/billing/month-fields";
import { MarginTable } from "@/components/partner/margin-table";
import { EmptyState } from "@/components/shared/empty-state";
import { Money } from "@/components/shared/money";
import { PageHeader } from "@/components/shared/page-header";
import { StatGrid, StatTile } from "@/components/shared/stat-tile";
import { Button } from "@/components/ui/button";
import { Card, CardContent } from "@/components/ui/card";
import { requirePartner } from "@/lib/auth/scope";
import { lastMonths, type Period } from "@/lib/billing/period";
import { microsToNumeric } from "@/lib/money";
import { marginInput, rowCursorInput } from "@/lib/partners/input";
import { defaultMonths, monthNames, monthsBetween, totalsOf } from "@/lib/partners/margins";
import { listMargins, type MarginRow } from "@/lib/partners/queries/money";
import type { SearchParams } from "@/lib/query";
import { formatShare } from "@/lib/rates/share";

export const metadata: Metadata = { title: "Margins" };

const CHOICES = 36;

function pointsOf(rows: readonly MarginRow[], range: Period) {
  const months = monthNames(range);
  const known = months.map((month) => {
    const totals = totalsOf(rows.filter((row) => row.month === month));
    return {
      at: monthLabel(month),
      cost: microsToNumeric(totals.platformCost),
      commission: microsToNumeric(totals.commission),
    };
  });
  return everyPoint(months.map(monthLabel), known);
}

export default async function MarginsPage({ searchParams }: { searchParams: SearchParams }) {
  const scope = await requirePartner();
  const now = new Date();
  const given = await searchParams;
  const asked = marginInput.safeParse({ from: given.from, to: given.to });
  const months = asked.success ? asked.data : defaultMonths(now);
  const range = monthsBetween(months.from, months.to);
  if (!range) throw new RangeError("checked months are months");
  const rows = await listMargins(scope, range);
  const totals = totalsOf(rows);
  const cursor = rowCursorInput.safeParse(given.cursor).data;
  const error = asked.success || given.from === undefined ? null : (asked.error.issues[0]?.message ?? null);
  return (
    <>
      <PageHeader
        title="Margins"
        description="What customers paid, what of it is owed to the platform, and what is yours, by month (UTC). Shown to the cent; the file has every decimal."
        actions={
          <Button asChild variant="outline">
            <a href={`/partner/margins/export?from=${months.from}&to=${months.to}`} download>
              Export CSV
            </a>
          </Button>
        }
      />
      <MonthForm
        action="/partner/margins"
        months={lastMonths(now, CHOICES)}
        choices={[
          { name: "from", label: "From", value: months.from },
          { name: "to", label: "To", value: months.to },
        ]}
        error={error}
      />
      {rows.length === 0 ? (
        <EmptyState icon={TrendingUp} title="Nothing was used in these months">
          As soon as a customer runs something, its revenue and your margin appear here.
        </EmptyState>
      ) : (
        <div className="grid grid-cols-[minmax(0,1fr)] gap-6">
          <StatGrid>
            <StatTile label="Revenue" value={<Money micros={totals.revenue} />} />
            <StatTile label="Base cost" value={<Money micros={totals.platformCost} />} />
            <StatTile
              label="Margin"
              value={<Money micros={totals.commission} />}
              note={`${formatShare(totals.commission, totals.revenue)} of revenue`}
            />
          </StatGrid>
          <Card>
            <CardContent>
              <MarginChart
                title="Base cost and margin by month"
                points={pointsOf(rows, range)}
                atLabel="Month"
              />
            </CardContent>
          </Card>
          <MarginTable rows={rows} {...(cursor ? { cursor } : {})} />
        </div>
      )}
    </>
  );
}
