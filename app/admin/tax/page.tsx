import { Landmark } from "lucide-react";
import type { Metadata } from "next";
import { EmptyState } from "@/components/shared/empty-state";
import { FormDialog } from "@/components/shared/form-dialog";
import { PageHeader } from "@/components/shared/page-header";
import { RangeCells, RangeHeads } from "@/components/shared/range-cells";
import { TaxRateFields } from "@/components/tax/tax-rate-fields";
import { Table, TableBody, TableCell, TableHead, TableHeader, TableRow } from "@/components/ui/table";
import { requirePlatform } from "@/lib/auth/scope";
import { countryName } from "@/lib/billing/countries";
import { listTaxRates } from "@/lib/billing/details-queries";
import { setTaxRateAction } from "./actions";

export const metadata: Metadata = { title: "Tax" };

export default async function TaxPage() {
  const rates = await listTaxRates(await requirePlatform());
  const now = new Date();
  return (
    <>
      <PageHeader
        title="Tax"
        description="What is added to invoices by the country of the customer. A rate is never edited: a new one follows it."
        actions={<SetTax />}
      />
      {rates.length === 0 ? (
        <EmptyState icon={Landmark} title="No taxes yet" action={<SetTax />}>
          Until one is set, invoices bear no tax.
        </EmptyState>
      ) : (
        <Table>
          <TableHeader>
            <TableRow>
              <TableHead>Country</TableHead>
              <TableHead>Name</TableHead>
              <TableHead numeric>Percent</TableHead>
              <TableHead>With a tax id</TableHead>
              <RangeHeads />
            </TableRow>
          </TableHeader>
          <TableBody>
            {rates.map((rate) => (
              <TableRow key={rate.id}>
                <TableCell className="min-w-40 font-medium">{countryName(rate.country)}</TableCell>
                <TableCell>{rate.name}</TableCell>
                <TableCell numeric>{rate.percent.replace(/\.?0+$/, "") || "0"} %</TableCell>
                <TableCell className="whitespace-nowrap">
                  {rate.reverseCharge ? "Reverse charge" : "The same"}
                </TableCell>
                <RangeCells from={rate.effectiveFrom} to={rate.effectiveTo} now={now} />
              </TableRow>
            ))}
          </TableBody>
        </Table>
      )}
    </>
  );
}

function SetTax() {
  return (
    <FormDialog
      label="Set tax"
      variant="default"
      title="Set a tax"
      description="Now, or from a moment to come. The one it follows is closed then."
      action={setTaxRateAction}
      submitLabel="Set tax"
      successMessage="The tax is set."
    >
      <TaxRateFields />
    </FormDialog>
  );
}
