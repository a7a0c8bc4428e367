import { Layers2 } from "lucide-react";
import type { Metadata } from "next";
import { PlanFields } from "@/components/plans/plan-fields";
import { PlanTable } from "@/components/plans/plan-table";
import { PriceHistory } from "@/components/plans/price-history";
import { EmptyState } from "@/components/shared/empty-state";
import { FormDialog } from "@/components/shared/form-dialog";
import { PageHeader, SectionHeader } from "@/components/shared/page-header";
import { Button } from "@/components/ui/button";
import { Link } from "@/components/ui/link";
import { requirePlatform } from "@/lib/auth/scope";
import { listPlans } from "@/lib/plans/queries";
import { createPlanAction, setPlanPriceAction, updatePlanAction, withdrawPlanPriceAction } from "./actions";

export const metadata: Metadata = { title: "Plans" };

export default async function PlansPage() {
  const plans = await listPlans(await requirePlatform());
  const now = new Date();
  const hasPrices = plans.some((plan) => plan.prices.length > 0);
  return (
    <>
      <PageHeader
        title="Plans"
        description="What workspaces subscribe to: a fee, the usage it includes, and how much may run at once. A price is never edited: a new one follows it."
        actions={
          <>
            <Button asChild variant="outline">
              <Link href="/admin/limits">Limits</Link>
            </Button>
            <AddPlan byAddress />
          </>
        }
      />
      {plans.length === 0 ? (
        <EmptyState icon={Layers2} title="No plans yet" action={<AddPlan />}>
          Without one, workspaces try the product for 14 days and then pay for their usage as they go.
        </EmptyState>
      ) : (
        <PlanTable plans={plans} now={now} update={updatePlanAction} setPrice={setPlanPriceAction} />
      )}
      {hasPrices ? (
        <section className="mt-10">
          <SectionHeader
            title="Prices"
            description="Each with the time in which it holds. What was invoiced keeps the price of its day."
          />
          <PriceHistory plans={plans} now={now} withdraw={withdrawPlanPriceAction} />
        </section>
      ) : null}
    </>
  );
}

function AddPlan({ byAddress = false }: { byAddress?: boolean }) {
  return (
    <FormDialog
      byAddress={byAddress}
      label="Add plan"
      variant="default"
      title="Add a plan"
      description="It is sold once it has a price."
      action={createPlanAction}
      submitLabel="Add plan"
      successMessage="The plan is added. Give it a price."
    >
      <PlanFields />
    </FormDialog>
  );
}
