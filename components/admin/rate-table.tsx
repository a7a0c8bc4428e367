import { unitLabel } from "@/components/billing/invoice-document";
import { PriceFields } from "@/components/billing/price-fields";
import { ActionButton } from "@/components/shared/action-button";
import { FormDialog } from "@/components/shared/form-dialog";
import { Money } from "@/components/shared/money";
import { RangeCells, RangeHeads, rangeState } from "@/components/shared/range-cells";
import { Table, TableBody, TableCell, TableHead, TableHeader, TableRow } from "@/components/ui/table";
import { describePer } from "@/lib/metering/display";
import { describeResource, type ModelNames } from "@/lib/metering/resources";
import type { SystemRateView } from "@/lib/rates/queries";
import type { ServerAction } from "@/lib/result";

type Action = ServerAction<{ id: string }>;

/** Base prices with when they hold. */
export function RateTable({
  rates,
  models,
  now,
  setRate,
  withdraw,
}: {
  rates: readonly SystemRateView[];
  /** What the models are called. */
  models: ModelNames;
  now: Date;
  setRate: Action;
  withdraw: ServerAction<void>;
}) {
  return (
    <Table folds>
      <TableHeader>
        <TableRow>
          <TableHead>Resource</TableHead>
          <TableHead numeric>Price</TableHead>
          <RangeHeads />
          <TableHead>
            <span className="sr-only">Actions</span>
          </TableHead>
        </TableRow>
      </TableHeader>
      <TableBody>
        {rates.map((rate) => {
          const range = { from: rate.effectiveFrom, to: rate.effectiveTo };
          const state = rangeState(range, now);
          const name = describeResource(rate.resourceType, rate.modelKey, models);
          return (
            <TableRow key={rate.id}>
              <TableCell className="min-w-44">
                <p className="wrap-anywhere font-medium">{name}</p>
                {rate.description ? (
                  <p className="text-muted-foreground text-xs">{rate.description}</p>
                ) : null}
              </TableCell>
              <TableCell label="Price" numeric>
                <Money numeric={rate.rate} exact />{" "}
                <span className="text-muted-foreground">{describePer(rate.unit)}</span>
              </TableCell>
              <RangeCells {...range} now={now} />
              <TableCell className="text-right">
                {state === "active" ? <ChangeRate rate={rate} name={name} setRate={setRate} /> : null}
                {state === "scheduled" ? <WithdrawRate rate={rate} name={name} withdraw={withdraw} /> : null}
              </TableCell>
            </TableRow>
          );
        })}
      </TableBody>
    </Table>
  );
}

type Priced = { rate: SystemRateView; name: string };

function ChangeRate({ rate, name, setRate }: Priced & { setRate: Action }) {
  return (
    <FormDialog
      label="Change"
      triggerLabel={`Change the price of ${name}`}
      size="sm"
      title={name}
      description="The present price is closed when the new one begins; nothing that was used is rated again. A rise above what a partner asks begins 30 days later at the earliest, and the partner is told."
      action={setRate}
      hidden={{ resourceType: rate.resourceType, modelKey: rate.modelKey ?? "" }}
      submitLabel="Set price"
      successMessage="The price is set."
    >
      <PriceFields unit={unitLabel(rate.unit)} />
    </FormDialog>
  );
}

function WithdrawRate({ rate, name, withdraw }: Priced & { withdraw: ServerAction<void> }) {
  return (
    <ActionButton
      action={withdraw}
      input={{ rateId: rate.id }}
      variant="outline"
      size="sm"
      aria-label={`Withdraw the scheduled price of ${name}`}
      successMessage="The scheduled price is withdrawn."
      confirm={{
        title: `Withdraw the scheduled price of ${name}?`,
        description: "The price before it holds on. Partners who were told of a rise are not told again.",
        confirmLabel: "Withdraw",
      }}
    >
      Withdraw
    </ActionButton>
  );
}
