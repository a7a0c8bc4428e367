import { TriangleAlert } from "lucide-react";
import { unitLabel } from "@/components/billing/invoice-document";
import { PriceFields } from "@/components/billing/price-fields";
import { ActionButton } from "@/components/shared/action-button";
import { DateTime } from "@/components/shared/date-time";
import { FormDialog } from "@/components/shared/form-dialog";
import { Money } from "@/components/shared/money";
import { Badge } from "@/components/ui/badge";
import { TableCell, TableRow } from "@/components/ui/table";
import { describeResource, type ModelNames } from "@/lib/metering/resources";
import { formatMicros, microsFromNumeric } from "@/lib/money";
import type { PriceBookRow } from "@/lib/rates/queries";
import { formatShare } from "@/lib/rates/share";
import type { ServerAction } from "@/lib/result";

/** Why a price needs a look: the base price is, or will be, above the partner's own. */
function floorWarning({ base, own, nextBase }: PriceBookRow): string | null {
  if (!own) return null;
  const mine = microsFromNumeric(own.rate);
  if (microsFromNumeric(base.rate) > mine)
    return "The base price is above yours: customers pay the base price.";
  if (nextBase && microsFromNumeric(nextBase.rate) > mine)
    return "The announced base price is above yours: from then on customers pay the base price.";
  return null;
}

export function needsLook(row: PriceBookRow): boolean {
  return floorWarning(row) !== null;
}

/** On narrow screens base price and margin stand under the name, so that the own price and its button are in sight. */
export const WIDE = "max-sm:hidden";

/** One price: the platform's, the partner's, and what customers pay. */
export function PriceRow({
  row,
  models,
  actions,
}: {
  row: PriceBookRow;
  /** What the models are called. */
  models: ModelNames;
  /** Null for who only reads. */
  actions: { setPrice: ServerAction<{ id: string }>; withdraw: ServerAction<void> } | null;
}) {
  const { base, own, nextBase } = row;
  const name = describeResource(base.resourceType, base.modelKey, models);
  const unit = unitLabel(base.unit);
  const paid = microsFromNumeric(row.customerRate);
  const floor = microsFromNumeric(base.rate);
  const margin = formatShare(paid > floor ? paid - floor : 0n, paid);
  const warning = floorWarning(row);
  return (
    <TableRow>
      <TableCell className="min-w-32 sm:min-w-48">
        <p className="wrap-anywhere font-medium">{name}</p>
        <p className="text-muted-foreground text-xs">per {unit}</p>
        <p className="mt-1 text-xs sm:hidden">
          Base <Money numeric={base.rate} exact />, margin {margin}
        </p>
        {warning ? (
          <p className="mt-1.5 flex max-w-72 items-start gap-1.5 text-warning text-xs">
            <TriangleAlert className="mt-px size-3.5 shrink-0" aria-hidden="true" />
            {warning}
          </p>
        ) : null}
      </TableCell>
      <TableCell numeric className={WIDE}>
        <Money numeric={base.rate} exact />
        {nextBase ? <Next rate={nextBase.rate} from={nextBase.effectiveFrom} /> : null}
      </TableCell>
      <TableCell numeric>
        {own ? <Money numeric={own.rate} exact /> : <span className="text-muted-foreground">none</span>}
        {row.allowed ? (
          <p className="ml-auto max-w-56 text-muted-foreground text-xs">
            allowed up to <Money numeric={row.allowed.maxRate} exact />: {row.allowed.reason}
          </p>
        ) : null}
        {own?.isGeneral && base.modelKey ? (
          <p className="text-muted-foreground text-xs">for every model</p>
        ) : null}
        {row.scheduled.map((price) => (
          <div key={price.id} className="mt-0.5">
            <Next rate={price.rate} from={price.effectiveFrom} />
            {actions ? (
              <ActionButton
                action={actions.withdraw}
                input={{ rateId: price.id }}
                variant="link"
                className="h-6 px-0 text-xs"
                aria-label={`Withdraw the scheduled price of ${name}`}
                successMessage="The scheduled price is withdrawn."
                confirm={{
                  title: `Withdraw the scheduled price of ${name}?`,
                  description: own
                    ? "The price before it holds on."
                    : "Customers pay the base price, as they do today.",
                  confirmLabel: "Withdraw",
                }}
              >
                Withdraw
              </ActionButton>
            ) : null}
          </div>
        ))}
      </TableCell>
      <TableCell numeric className={WIDE}>
        <Money numeric={row.customerRate} exact />
      </TableCell>
      <TableCell numeric className={WIDE}>
        <Badge tone={paid > floor ? "success" : "neutral"}>{margin}</Badge>
      </TableCell>
      <TableCell className="text-right max-sm:pl-0">
        {actions ? (
          <FormDialog
            label="Set price"
            triggerLabel={`Set price of ${name}`}
            size="sm"
            title={name}
            description={`The base price is ${formatMicros(floor, { exact: true })} per ${unit}. Yours cannot be below it; what is above it is your margin.`}
            action={actions.setPrice}
            hidden={{ systemRateId: base.id }}
            submitLabel="Set price"
            successMessage="The price is set."
          >
            <PriceFields unit={unit} />
          </FormDialog>
        ) : null}
      </TableCell>
    </TableRow>
  );
}

function Next({ rate, from }: { rate: string; from: Date }) {
  return (
    <p className="ml-auto text-muted-foreground text-xs max-sm:max-w-24 max-sm:whitespace-normal">
      <Money numeric={rate} exact /> from <DateTime value={from} utc className="tabular" />
    </p>
  );
}
