import { FileText } from "lucide-react";
import type { Metadata } from "next";
import { MonthForm, monthLabel } from "@/components/billing/month-fields";
import { StatementTable } from "@/components/partner/statement-table";
import { EmptyState } from "@/components/shared/empty-state";
import { Money } from "@/components/shared/money";
import { PageHeader } from "@/components/shared/page-header";
import { StatGrid, StatTile } from "@/components/shared/stat-tile";
import { Button } from "@/components/ui/button";
import { Link } from "@/components/ui/link";
import { requirePartner } from "@/lib/auth/scope";
import { lastMonths, monthOf, parseMonth } from "@/lib/billing/period";
import { partnerModelNames } from "@/lib/models/names";
import { rowCursorInput, statementInput } from "@/lib/partners/input";
import { totalsOf } from "@/lib/partners/margins";
import { getStatement } from "@/lib/partners/queries/money";
import { readQuery, type SearchParams } from "@/lib/query";

export const metadata: Metadata = { title: "Statements" };

const CHOICES = 36;
const queryInput = statementInput.partial().extend({ cursor: rowCursorInput });

export default async function StatementsPage({ searchParams }: { searchParams: SearchParams }) {
  const scope = await requirePartner();
  const now = new Date();
  const months = lastMonths(now, CHOICES);
  const query = await readQuery(searchParams, queryInput);
  const month = query.month ?? months[0] ?? "";
  const rows = await getStatement(scope, parseMonth(month) ?? monthOf(now));
  const totals = totalsOf(rows);
  const isOpen = month === months[0];
  return (
    <>
      <PageHeader
        title={`Statement of ${monthLabel(month)}`}
        description={
          isOpen
            ? "The month is still running: these are its figures so far, in UTC."
            : "What your commission of this month is made of, in UTC."
        }
        actions={
          <>
            <Button asChild variant="ghost">
              <Link href="/partner/payouts">How it is paid</Link>
            </Button>
            <Button asChild variant="outline">
              <a href={`/partner/statements/export?month=${month}`} download>
                Export CSV
              </a>
            </Button>
          </>
        }
      />
      <MonthForm
        action="/partner/statements"
        months={months}
        choices={[{ name: "month", label: "Month", value: month }]}
      />
      {rows.length === 0 ? (
        <EmptyState icon={FileText} title="Nothing was used in this month">
          A statement lists what each customer used, at which prices, and what of it is yours.
        </EmptyState>
      ) : (
        <div className="grid grid-cols-[minmax(0,1fr)] gap-6">
          <StatGrid>
            <StatTile label="Customers pay" value={<Money micros={totals.revenue} exact />} />
            <StatTile label="Owed to the platform" value={<Money micros={totals.platformCost} exact />} />
            <StatTile label="Your margin" value={<Money micros={totals.commission} exact />} />
          </StatGrid>
          <StatementTable
            rows={rows}
            models={await partnerModelNames(scope)}
            {...(query.cursor ? { cursor: query.cursor } : {})}
          />
        </div>
      )}
    </>
  );
}
