import { Boxes } from "lucide-react";
import type { Metadata } from "next";
import { ModelFields } from "@/components/admin/model-fields";
import { ModelTable } from "@/components/admin/model-table";
import { EmptyState } from "@/components/shared/empty-state";
import { FormDialog } from "@/components/shared/form-dialog";
import { PageHeader } from "@/components/shared/page-header";
import { listAllModels } from "@/lib/admin/queries/platform";
import { requirePlatform } from "@/lib/auth/scope";
import { missingPrices } from "@/lib/rates/coverage";
import { listSystemRates } from "@/lib/rates/queries";
import { saveModelAction, setModelActiveAction } from "./actions";

export const metadata: Metadata = { title: "Models" };

export default async function ModelsPage() {
  const scope = await requirePlatform();
  const now = new Date();
  const models = await listAllModels(scope);
  const prices = await listSystemRates(scope);
  const listed = models.map((model) => ({ ...model, unpriced: missingPrices(model, prices, now) }));
  return (
    <>
      <PageHeader
        title="Models"
        description="What agents, workflows and documents can use. A model without a price is refused when it is to run."
        actions={<AddModel byAddress />}
      />
      {listed.length === 0 ? (
        <EmptyState icon={Boxes} title="No models yet" action={<AddModel />}>
          Add a model of OpenAI, of a service that speaks its protocol, or the built-in one.
        </EmptyState>
      ) : (
        <ModelTable models={listed} save={saveModelAction} setActive={setModelActiveAction} />
      )}
    </>
  );
}

function AddModel({ byAddress = false }: { byAddress?: boolean }) {
  return (
    <FormDialog
      byAddress={byAddress}
      label="Add model"
      variant="default"
      title="Add a model"
      description="It is offered at once. Give it prices too."
      action={saveModelAction}
      hidden={{ isNew: "true" }}
      submitLabel="Add model"
      successMessage="The model is added."
    >
      <ModelFields />
    </FormDialog>
  );
}
