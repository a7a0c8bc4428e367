import type { Metadata } from "next";
import { JobStallAlert } from "@/components/admin/job-figures";
import { MailTroubleAlert } from "@/components/admin/mail-trouble-alert";
import { OpenDisputesAlert } from "@/components/admin/open-disputes-alert";
import { everyPoint, MarginChart } from "@/components/billing/margin-chart";
import { ActivityList } from "@/components/shared/activity-list";
import { Money } from "@/components/shared/money";
import { PageHeader, SectionHeader } from "@/components/shared/page-header";
import { StatGrid, StatTile } from "@/components/shared/stat-tile";
import { Button } from "@/components/ui/button";
import { Card, CardAction, CardContent, CardHeader, CardTitle } from "@/components/ui/card";
import { Link } from "@/components/ui/link";
import { listAllAudit } from "@/lib/admin/queries/audit";
import { jobStallMs } from "@/lib/admin/queries/jobs";
import { getOverview, type PlatformOverview } from "@/lib/admin/queries/platform";
import { actorWords } from "@/lib/audit/words";
import { requirePlatform } from "@/lib/auth/scope";
import { currentTime } from "@/lib/clock";
import { mailTrouble } from "@/lib/email/trouble";
import { centsToMicros, microsFromNumeric, microsToNumeric } from "@/lib/money";
import { openDisputes } from "@/lib/payments/admin-dispute-queries";
import { type PaymentFigures, paymentFigures } from "@/lib/payments/admin-queries";
import { lastDays } from "@/lib/tenants/periods";

export const metadata: Metadata = { title: { absolute: "Overview · Admin · HireBuddha" } };

const SHOWN = 8;
const SERIES = [
  { key: "cost", label: "Platform" },
  { key: "commission", label: "Partners" },
] as const;

function pointsOf(byDay: PlatformOverview["byDay"], now: Date) {
  const known = byDay.map(({ day, revenue, commission }) => ({
    at: day,
    cost: microsToNumeric(microsFromNumeric(revenue) - microsFromNumeric(commission)),
    commission,
  }));
  return everyPoint(lastDays(now, 30), known);
}

export default async function AdminPage() {
  const scope = await requirePlatform();
  const overview = await getOverview(scope);
  const payments = await paymentFigures(scope);
  const disputes = await openDisputes(scope);
  const stalledMs = await jobStallMs(scope);
  const mail = await mailTrouble(scope);
  const activity = await listAllAudit(scope, {});
  return (
    <>
      <PageHeader title="Platform" description="Everything in UTC. Money is summed from the ledger." />
      <div className="grid grid-cols-[minmax(0,1fr)] gap-6">
        <OpenDisputesAlert disputes={disputes} now={currentTime()} />
        <JobStallAlert stalledMs={stalledMs} />
        <MailTroubleAlert trouble={mail} href="/admin/mail" />
        <Figures overview={overview} payments={payments} />
        <Card>
          <CardHeader>
            <CardTitle>Revenue of the last 30 days</CardTitle>
          </CardHeader>
          <CardContent>
            <MarginChart
              title="Revenue by day: the platform's part and the partners'"
              points={pointsOf(overview.byDay, new Date())}
              labels={SERIES}
            />
          </CardContent>
        </Card>
        <Card>
          <CardHeader>
            <CardTitle>Recent activity</CardTitle>
            <CardAction>
              <Button asChild variant="link" size="sm">
                <Link href="/admin/audit">Audit log</Link>
              </Button>
            </CardAction>
          </CardHeader>
          <CardContent className="pt-2">
            <ActivityList
              items={activity.items.slice(0, SHOWN).map((row) => ({
                ...row,
                about: row.tenantName,
                who: actorWords(row),
                isDenied: row.result === "denied",
              }))}
            />
          </CardContent>
        </Card>
      </div>
    </>
  );
}

const counted = (count: number, one: string, many: string) =>
  count === 0 ? `no ${many}` : count === 1 ? `1 ${one}` : `${count.toLocaleString("en-US")} ${many}`;

function Figures({ overview, payments }: { overview: PlatformOverview; payments: PaymentFigures }) {
  const { receivable, overdue, failed } = payments;
  const cents = (sum: { cents: bigint }) => <Money micros={centsToMicros(sum.cents)} />;
  return (
    <div className="grid gap-6">
      <section>
        <SectionHeader title="Money this month" />
        <StatGrid>
          <StatTile label="Revenue" value={<Money numeric={overview.monthRevenue} />} href="/admin/ledger" />
          <StatTile
            label="Platform"
            value={<Money numeric={overview.monthPlatformCost} />}
            note="at base prices"
          />
          <StatTile
            label="Partners"
            value={<Money numeric={overview.monthCommission} />}
            note="their commission"
          />
        </StatGrid>
      </section>
      <section>
        <SectionHeader title="Owed to you" />
        <StatGrid>
          <StatTile
            label="Receivables"
            value={cents(receivable)}
            note={counted(receivable.count, "unpaid invoice", "unpaid invoices")}
            href="/admin/payments"
          />
          <StatTile
            label="Overdue"
            value={cents(overdue)}
            note={counted(overdue.count, "invoice", "invoices")}
            href="/admin/invoices?status=overdue"
          />
          <StatTile
            label="Failed payments"
            value={cents(failed)}
            note={`${counted(failed.count, "try", "tries")} in 30 days`}
            href="/admin/payments?status=failed"
          />
        </StatGrid>
      </section>
      <section>
        <SectionHeader title="Use" />
        <StatGrid>
          <StatTile
            label="Tenants"
            value={overview.tenants}
            note={overview.suspended > 0 ? `${overview.suspended} suspended` : "all active"}
            href="/admin/tenants"
          />
          <StatTile label="People" value={overview.people} href="/admin/users" />
          <StatTile
            label="Runs today"
            value={overview.runsToday}
            note={overview.failedToday > 0 ? `${overview.failedToday} failed` : "none failed"}
          />
          <StatTile label="Runs under way" value={overview.live} href="/admin/jobs" />
        </StatGrid>
      </section>
    </div>
  );
}
