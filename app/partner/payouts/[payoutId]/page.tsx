import type { Metadata } from "next";
import { PayoutDocument } from "@/components/payouts/payout-document";
import { PayoutBadge } from "@/components/payouts/payout-table";
import { StatementFiles } from "@/components/payouts/statement-files";
import { PageHeader } from "@/components/shared/page-header";
import { orNotFound } from "@/lib/auth/page";
import { requirePartner } from "@/lib/auth/scope";
import { getPayout } from "@/lib/payouts/queries";

export const metadata: Metadata = { title: "Payout" };

export default async function PartnerPayoutPage({ params }: { params: Promise<{ payoutId: string }> }) {
  const scope = await requirePartner();
  const payout = await orNotFound(getPayout(scope, (await params).payoutId));
  return (
    <>
      <PageHeader
        title={payout.number ? `Payout ${payout.number}` : "Payout"}
        badge={<PayoutBadge payout={payout} />}
        description="What your customers' money earned you, by customer and to the micro-dollar."
        breadcrumb={[{ label: "Payouts", href: "/partner/payouts" }, { label: payout.number ?? "Draft" }]}
        actions={<StatementFiles base={`/partner/payouts/${payout.id}`} />}
      />
      <PayoutDocument payout={payout} />
    </>
  );
}
