import type { Metadata } from "next";
import { cache } from "react";
import { PayoutDocument } from "@/components/payouts/payout-document";
import { PayoutBadge } from "@/components/payouts/payout-table";
import { StatementFiles } from "@/components/payouts/statement-files";
import { PageHeader } from "@/components/shared/page-header";
import { orNotFound } from "@/lib/auth/page";
import { requirePartner } from "@/lib/auth/scope";
import { getPayout } from "@/lib/payouts/queries";

type Params = Promise<{ payoutId: string }>;

const titleOf = ({ number }: { number: string | null }) => (number ? `Payout ${number}` : "Payout");

const payoutOf = cache(async (id: string) => orNotFound(getPayout(await requirePartner(), id)));

export async function generateMetadata({ params }: { params: Params }): Promise<Metadata> {
  return { title: titleOf(await payoutOf((await params).payoutId)) };
}

export default async function PartnerPayoutPage({ params }: { params: Params }) {
  const payout = await payoutOf((await params).payoutId);
  return (
    <>
      <PageHeader
        title={titleOf(payout)}
        badge={<PayoutBadge payout={payout} />}
        description="What your customers' money earned you, by customer and to the micro-dollar."
        breadcrumb={[{ label: "Payouts", href: "/partner/payouts" }, { label: payout.number ?? "Draft" }]}
        actions={<StatementFiles base={`/partner/payouts/${payout.id}`} />}
      />
      <PayoutDocument payout={payout} />
    </>
  );
}
