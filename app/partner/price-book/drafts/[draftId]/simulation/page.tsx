import type { Metadata } from "next";
import { SimulationScreen } from "@/components/pricebook/simulation-screen";
import { orNotFound } from "@/lib/auth/page";
import { requirePartner } from "@/lib/auth/scope";
import { partnerModelNames } from "@/lib/models/names";
import { simulateDraft } from "@/lib/pricebook/queries/simulation";
import { windowKeyOf } from "@/lib/pricebook/window";
import type { SearchParams } from "@/lib/query";

export const metadata: Metadata = { title: "Price simulation" };

export default async function PriceSimulationPage({
  params,
  searchParams,
}: {
  params: Promise<{ draftId: string }>;
  searchParams: SearchParams;
}) {
  const scope = await requirePartner();
  const now = new Date();
  const { draftId } = await params;
  const window = windowKeyOf((await searchParams).window, now);
  const simulation = await orNotFound(simulateDraft(scope, { draftId, window }, now));
  return (
    <SimulationScreen
      models={await partnerModelNames(scope)}
      simulation={simulation}
      isBase={false}
      now={now}
      href={`/partner/price-book/drafts/${draftId}`}
      breadcrumb={[
        { label: "Price book", href: "/partner/price-book" },
        { label: "Drafts", href: "/partner/price-book/drafts" },
      ]}
      customerHref="/partner/customers"
      canSchedule={!scope.isSuspended}
    />
  );
}
