import type { Metadata } from "next";
import { SimulationScreen } from "@/components/pricebook/simulation-screen";
import { orNotFound } from "@/lib/auth/page";
import { requirePlatform } from "@/lib/auth/scope";
import { modelNames } from "@/lib/models/names";
import { simulateDraft } from "@/lib/pricebook/queries/simulation";
import { windowKeyOf } from "@/lib/pricebook/window";
import type { SearchParams } from "@/lib/query";

export const metadata: Metadata = { title: "Rate simulation" };

export default async function RateSimulationPage({
  params,
  searchParams,
}: {
  params: Promise<{ baseDraftId: string }>;
  searchParams: SearchParams;
}) {
  const scope = await requirePlatform();
  const now = new Date();
  const { baseDraftId: draftId } = await params;
  const window = windowKeyOf((await searchParams).window, now);
  const simulation = await orNotFound(simulateDraft(scope, { draftId, window }, now));
  return (
    <SimulationScreen
      models={await modelNames(scope)}
      simulation={simulation}
      isBase={true}
      now={now}
      href={`/admin/rates/drafts/${draftId}`}
      breadcrumb={[
        { label: "Rates", href: "/admin/rates" },
        { label: "Drafts", href: "/admin/rates/drafts" },
      ]}
      customerHref="/admin/tenants"
    />
  );
}
