import { Coins } from "lucide-react";
import type { Metadata } from "next";
import { AdminsOnly } from "@/components/accounts/admins-only";
import { TransactionTable } from "@/components/billing/transaction-table";
import { CursorPager } from "@/components/shared/data-table";
import { TimeZoneNote } from "@/components/shared/date-time";
import { EmptyState } from "@/components/shared/empty-state";
import { PageHeader } from "@/components/shared/page-header";
import { Button } from "@/components/ui/button";
import { denial } from "@/lib/auth/authorize";
import { requireTenant } from "@/lib/auth/scope";
import { readQuery, type SearchParams } from "@/lib/query";
import { transactionsInput } from "@/lib/wallet/input";
import { listTransactions } from "@/lib/wallet/transactions";

export const metadata: Metadata = { title: "Credit" };

export default async function CreditPage({ searchParams }: { searchParams: SearchParams }) {
  const scope = await requireTenant();
  if (denial(scope, "billing.read")) return <AdminsOnly title="Credit" />;
  const page = await listTransactions(scope, await readQuery(searchParams, transactionsInput));
  return (
    <>
      <PageHeader
        title="Credit"
        breadcrumb={[{ label: "Billing", href: "/app/billing" }, { label: "Credit" }]}
        description="Everything that ever changed your balance or the allowance of your plan, newest first. Nothing of it is ever changed."
        actions={
          <Button asChild variant="outline">
            <a href="/app/billing/credit/export" download>
              Export CSV
            </a>
          </Button>
        }
      />
      {page.items.length === 0 ? (
        <EmptyState icon={Coins} title="Nothing has changed your credit yet">
          Usage, credit that you buy or are given, and what expires appear here the moment they happen.
        </EmptyState>
      ) : (
        <>
          <TransactionTable rows={page.items} links={{ run: "/app/runs", invoice: "/app/billing" }} />
          <CursorPager nextCursor={page.nextCursor} note={<TimeZoneNote />} />
        </>
      )}
    </>
  );
}
