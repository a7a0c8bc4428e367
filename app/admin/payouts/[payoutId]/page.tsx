import type { Metadata } from "next";
import { cache } from "react";
import { PayoutActions } from "@/components/payouts/payout-actions";
import { PayoutDocument } from "@/components/payouts/payout-document";
import { PayoutBadge } from "@/components/payouts/payout-table";
import { StatementFiles } from "@/components/payouts/statement-files";
import { PageHeader } from "@/components/shared/page-header";
import { orNotFound } from "@/lib/auth/page";
import { requirePlatform } from "@/lib/auth/scope";
import { getAnyPayout } from "@/lib/payouts/queries";
import { approvePayoutAction, cancelPayoutAction, recordPayoutAction } from "../actions";

type Params = Promise<{ payoutId: string }>;

const titleOf = ({ number, partnerName }: { number: string | null; partnerName: string }) =>
  `${number ? `Payout ${number}` : "Payout"} to ${partnerName}`;

const payoutOf = cache(async (id: string) => orNotFound(getAnyPayout(await requirePlatform(), id)));

export async function generateMetadata({ params }: { params: Params }): Promise<Metadata> {
  return { title: titleOf(await payoutOf((await params).payoutId)) };
}

export default async function AdminPayoutPage({ params }: { params: Params }) {
  const payout = await payoutOf((await params).payoutId);
  return (
    <>
      <PageHeader
        title={titleOf(payout)}
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
