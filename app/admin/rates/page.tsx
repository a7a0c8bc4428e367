import { Percent } from "lucide-react";
import type { Metadata } from "next";
import { z } from "zod";
import { NewRateFields } from "@/components/admin/new-rate-fields";
import { RateTable } from "@/components/admin/rate-table";
import { EmptyState } from "@/components/shared/empty-state";
import { FormDialog } from "@/components/shared/form-dialog";
import { PageHeader } from "@/components/shared/page-header";
import { Button } from "@/components/ui/button";
import { Link } from "@/components/ui/link";
import { listAllModels, type ModelRow } from "@/lib/admin/queries/platform";
import { requirePlatform } from "@/lib/auth/scope";
import { modelNames } from "@/lib/models/names";
import { readQuery, type SearchParams } from "@/lib/query";
import { listSystemRates } from "@/lib/rates/queries";
import { setSystemRateAction, withdrawSystemRateAction } from "./actions";

export const metadata: Metadata = { title: "Rates" };

const filters = z.strictObject({ history: z.literal("1").optional() });

export default async function RatesPage({ searchParams }: { searchParams: SearchParams }) {
  const scope = await requirePlatform();
  const history = (await readQuery(searchParams, filters)).history === "1";
  const rates = await listSystemRates(scope, { history });
  const models = await listAllModels(scope);
  return (
    <>
      <PageHeader
        title="Rates"
        description="The base prices: what direct customers pay, and the floor under every partner's price. A price is never edited: a new one follows it."
        actions={
          <>
            <Button asChild variant="outline">
              <Link href="/admin/rates/drafts">Drafts</Link>
            </Button>
            <Button asChild variant="outline">
              <Link href={history ? "/admin/rates" : "/admin/rates?history=1"}>
                {history ? "Hide past prices" : "Show past prices"}
              </Link>
            </Button>
            <AddRate models={models} />
          </>
        }
      />
      {rates.length === 0 ? (
        <EmptyState icon={Percent} title="No prices yet" action={<AddRate models={models} />}>
          Work whose price is missing is refused before it starts, so nothing is ever free by accident.
        </EmptyState>
      ) : (
        <RateTable
          rates={rates}
          models={await modelNames(scope)}
          now={new Date()}
          setRate={setSystemRateAction}
          withdraw={withdrawSystemRateAction}
        />
      )}
    </>
  );
}

function AddRate({ models }: { models: readonly ModelRow[] }) {
  return (
    <FormDialog
      label="Set price"
      variant="default"
      title="Set a base price"
      description="Now, or from a moment to come. The price it follows is closed then."
      action={setSystemRateAction}
      submitLabel="Set price"
      successMessage="The price is set."
    >
      <NewRateFields models={models} />
    </FormDialog>
  );
}
