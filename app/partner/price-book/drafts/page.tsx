import type { Metadata } from "next";
import { DraftList, NewDraft } from "@/components/pricebook/draft-list";
import { PageHeader } from "@/components/shared/page-header";
import { requirePartner } from "@/lib/auth/scope";
import { listDraftsInput } from "@/lib/pricebook/input";
import { listDrafts } from "@/lib/pricebook/queries/drafts";
import { readQuery, type SearchParams } from "@/lib/query";
import { createPriceDraftAction } from "./actions";

export const metadata: Metadata = { title: "Price drafts" };

const HREF = "/partner/price-book/drafts";

export default async function PriceDraftsPage({ searchParams }: { searchParams: SearchParams }) {
  const scope = await requirePartner();
  const page = await listDrafts(scope, await readQuery(searchParams, listDraftsInput));
  const create = scope.isSuspended ? null : createPriceDraftAction;
  return (
    <>
      <PageHeader
        title="Price drafts"
        description="Prices you think about: see what your customers would have paid and what you would have earned, then schedule them together."
        breadcrumb={[{ label: "Price book", href: "/partner/price-book" }, { label: "Drafts" }]}
        actions={page.items.length > 0 && create ? <NewDraft create={create} href={HREF} /> : null}
      />
      <DraftList page={page} href={HREF} now={new Date()} create={create} />
    </>
  );
}
