import type { Metadata } from "next";
import { NewRateFields } from "@/components/admin/new-rate-fields";
import { DraftScreen } from "@/components/pricebook/draft-screen";
import { FormDialog } from "@/components/shared/form-dialog";
import { listAllModels } from "@/lib/admin/queries/platform";
import { orNotFound } from "@/lib/auth/page";
import { requirePlatform } from "@/lib/auth/scope";
import { modelNames } from "@/lib/models/names";
import { getDraft } from "@/lib/pricebook/queries/drafts";
import {
  addBaseDraftRateAction,
  deleteBaseDraftAction,
  raiseBaseDraftAction,
  saveBaseDraftAction,
  scheduleBaseDraftAction,
} from "../actions";

export const metadata: Metadata = { title: "Rate draft" };

export default async function RateDraftPage({ params }: { params: Promise<{ baseDraftId: string }> }) {
  const scope = await requirePlatform();
  const now = new Date();
  const draft = await orNotFound(getDraft(scope, (await params).baseDraftId, now));
  const models = await listAllModels(scope);
  return (
    <DraftScreen
      models={await modelNames(scope)}
      draft={draft}
      isBase
      now={now}
      href="/admin/rates/drafts"
      breadcrumb={[
        { label: "Rates", href: "/admin/rates" },
        { label: "Drafts", href: "/admin/rates/drafts" },
        { label: draft.name },
      ]}
      actions={{
        save: saveBaseDraftAction,
        raise: raiseBaseDraftAction,
        remove: deleteBaseDraftAction,
        schedule: scheduleBaseDraftAction,
      }}
      extra={
        <FormDialog
          label="Add price"
          title="Add a price"
          description="Of something that has no price of its own yet. It joins the draft."
          action={addBaseDraftRateAction}
          hidden={{ draftId: draft.id }}
          submitLabel="Add price"
          successMessage="The price is in the draft."
        >
          <NewRateFields models={models} isDraft />
        </FormDialog>
      }
    />
  );
}
