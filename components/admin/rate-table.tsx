import { unitLabel } from "@/components/billing/invoice-document";
import { PriceFields } from "@/components/billing/price-fields";
import { DateTime } from "@/components/shared/date-time";
import { FormDialog } from "@/components/shared/form-dialog";
import { Money } from "@/components/shared/money";
import { StatusBadge } from "@/components/shared/status-badge";
import { Table, TableBody, TableCell, TableHead, TableHeader, TableRow } from "@/components/ui/table";
import { describePer } from "@/lib/metering/display";
import { describeResource } from "@/lib/metering/resources";
import type { SystemRateView } from "@/lib/rates/queries";
import type { ServerAction } from "@/lib/result";

type Action = ServerAction<{ id: string }>;

function stateOf(rate: SystemRateView, now: Date): "scheduled" | "active" | "superseded" {
  if (rate.effectiveFrom > now) return "scheduled";
  return rate.effectiveTo === null || rate.effectiveTo > now ? "active" : "superseded";
}

const LABELS = { scheduled: "Scheduled", active: "In force", superseded: "Over" } as const;

/** Base prices with when they hold. */
export function RateTable({
  rates,
  now,
  setRate,
}: {
  rates: readonly SystemRateView[];
  now: Date;
  setRate: Action;
}) {
  return (
    <Table>
      <TableHeader>
        <TableRow>
          <TableHead>Resource</TableHead>
          <TableHead numeric>Price</TableHead>
          <TableHead>State</TableHead>
          <TableHead>From (UTC)</TableHead>
          <TableHead>Until (UTC)</TableHead>
          <TableHead>
            <span className="sr-only">Actions</span>
          </TableHead>
        </TableRow>
      </TableHeader>
      <TableBody>
        {rates.map((rate) => {
          const state = stateOf(rate, now);
          return (
            <TableRow key={rate.id}>
              <TableCell className="min-w-44">
                <p className="wrap-anywhere font-medium">
                  {describeResource(rate.resourceType, rate.modelKey)}
                </p>
                {rate.description ? (
                  <p className="text-muted-foreground text-xs">{rate.description}</p>
                ) : null}
              </TableCell>
              <TableCell numeric>
                <Money numeric={rate.rate} exact />{" "}
                <span className="text-muted-foreground">{describePer(rate.unit)}</span>
              </TableCell>
              <TableCell>
                <StatusBadge status={state} label={LABELS[state]} />
              </TableCell>
              <TableCell>
                <DateTime value={rate.effectiveFrom} utc />
              </TableCell>
              <TableCell>
                {rate.effectiveTo ? (
                  <DateTime value={rate.effectiveTo} utc />
                ) : (
                  <span className="whitespace-nowrap text-muted-foreground">open</span>
                )}
              </TableCell>
              <TableCell className="text-right">
                {state === "active" ? <ChangeRate rate={rate} setRate={setRate} /> : null}
              </TableCell>
            </TableRow>
          );
        })}
      </TableBody>
    </Table>
  );
}

function ChangeRate({ rate, setRate }: { rate: SystemRateView; setRate: Action }) {
  const name = describeResource(rate.resourceType, rate.modelKey);
  return (
    <FormDialog
      label="Change"
      triggerLabel={`Change the price of ${name}`}
      size="sm"
      title={name}
      description="The present price is closed when the new one begins; nothing that was used is rated again. Partners see an announced price in their price book."
      action={setRate}
      hidden={{ resourceType: rate.resourceType, modelKey: rate.modelKey ?? "" }}
      submitLabel="Set price"
      successMessage="The price is set."
    >
      <PriceFields unit={unitLabel(rate.unit)} />
    </FormDialog>
  );
}
