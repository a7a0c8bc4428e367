import type { Metadata } from "next";
import { DraftScreen } from "@/components/pricebook/draft-screen";
import { orNotFound } from "@/lib/auth/page";
import { requirePartner } from "@/lib/auth/scope";
import { partnerModelNames } from "@/lib/models/names";
import { getDraft } from "@/lib/pricebook/queries/drafts";
import {
  deletePriceDraftAction,
  raisePriceDraftAction,
  savePriceDraftAction,
  schedulePriceDraftAction,
} from "../actions";

export const metadata: Metadata = { title: "Price draft" };

export default async function PriceDraftPage({ params }: { params: Promise<{ draftId: string }> }) {
  const scope = await requirePartner();
  const now = new Date();
  const draft = await orNotFound(getDraft(scope, (await params).draftId, now));
  return (
    <DraftScreen
      models={await partnerModelNames(scope)}
      draft={draft}
      isBase={false}
      now={now}
      href="/partner/price-book/drafts"
      breadcrumb={[
        { label: "Price book", href: "/partner/price-book" },
        { label: "Drafts", href: "/partner/price-book/drafts" },
        { label: draft.name },
      ]}
      actions={
        scope.isSuspended
          ? null
          : {
              save: savePriceDraftAction,
              raise: raisePriceDraftAction,
              remove: deletePriceDraftAction,
              schedule: schedulePriceDraftAction,
            }
      }
    />
  );
}
