import type { Metadata } from "next";
import { DraftList, NewDraft } from "@/components/pricebook/draft-list";
import { PageHeader } from "@/components/shared/page-header";
import { requirePlatform } from "@/lib/auth/scope";
import { listDraftsInput } from "@/lib/pricebook/input";
import { listDrafts } from "@/lib/pricebook/queries/drafts";
import { readQuery, type SearchParams } from "@/lib/query";
import { createBaseDraftAction } from "./actions";

export const metadata: Metadata = { title: "Rate drafts" };

const HREF = "/admin/rates/drafts";

export default async function RateDraftsPage({ searchParams }: { searchParams: SearchParams }) {
  const scope = await requirePlatform();
  const page = await listDrafts(scope, await readQuery(searchParams, listDraftsInput));
  return (
    <>
      <PageHeader
        title="Rate drafts"
        description="Base prices that are thought about: see what customers would have paid, what partners would have earned and whose prices they rise above, then schedule them together."
        breadcrumb={[{ label: "Rates", href: "/admin/rates" }, { label: "Drafts" }]}
        actions={page.items.length > 0 ? <NewDraft create={createBaseDraftAction} href={HREF} /> : null}
      />
      <DraftList page={page} href={HREF} now={new Date()} create={createBaseDraftAction} />
    </>
  );
}
