import type { Metadata } from "next";
import { PayoutActions } from "@/components/payouts/payout-actions";
import { PayoutDocument } from "@/components/payouts/payout-document";
import { PayoutBadge } from "@/components/payouts/payout-table";
import { StatementFiles } from "@/components/payouts/statement-files";
import { PageHeader } from "@/components/shared/page-header";
import { orNotFound } from "@/lib/auth/page";
import { requirePlatform } from "@/lib/auth/scope";
import { getAnyPayout } from "@/lib/payouts/queries";
import { approvePayoutAction, cancelPayoutAction, recordPayoutAction } from "../actions";

export const metadata: Metadata = { title: "Payout" };

export default async function AdminPayoutPage({ params }: { params: Promise<{ payoutId: string }> }) {
  const scope = await requirePlatform();
  const payout = await orNotFound(getAnyPayout(scope, (await params).payoutId));
  return (
    <>
      <PageHeader
        title={`${payout.number ? `Payout ${payout.number}` : "Payout"} to ${payout.partnerName}`}
        badge={<PayoutBadge payout={payout} />}
        breadcrumb={[{ label: "Payouts", href: "/admin/payouts" }, { label: payout.number ?? "Draft" }]}
        actions={
          <>
            <StatementFiles base={`/admin/payouts/${payout.id}`} />
            <PayoutActions
              payout={payout}
              actions={{
                approve: approvePayoutAction,
                cancel: cancelPayoutAction,
                record: recordPayoutAction,
              }}
            />
          </>
        }
      />
      <PayoutDocument payout={payout} />
    </>
  );
}
