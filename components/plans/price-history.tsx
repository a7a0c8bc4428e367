import { ActionButton } from "@/components/shared/action-button";
import { Money } from "@/components/shared/money";
import { RangeCells, RangeHeads } from "@/components/shared/range-cells";
import { Table, TableBody, TableCell, TableHead, TableHeader, TableRow } from "@/components/ui/table";
import { centsToMicros } from "@/lib/money";
import { CYCLE_LABELS } from "@/lib/plans/cycles";
import type { Plan } from "@/lib/plans/store";
import type { ServerAction } from "@/lib/result";

/** Every price that plans have, had and will have, the newest of each first. */
export function PriceHistory({
  plans,
  now,
  withdraw,
}: {
  plans: readonly Plan[];
  now: Date;
  withdraw: ServerAction<{ planId: string }>;
}) {
  return (
    <Table folds>
      <TableHeader>
        <TableRow>
          <TableHead>Plan</TableHead>
          <TableHead>Paid</TableHead>
          <TableHead numeric>Price</TableHead>
          <RangeHeads />
          <TableHead>
            <span className="sr-only">Actions</span>
          </TableHead>
        </TableRow>
      </TableHeader>
      <TableBody>
        {plans.flatMap((plan) =>
          [...plan.prices].reverse().map((price) => (
            <TableRow key={price.id}>
              <TableCell className="wrap-anywhere min-w-28 font-medium">{plan.name}</TableCell>
              <TableCell label="Paid">{CYCLE_LABELS[price.cycle]}</TableCell>
              <TableCell label="Price" numeric>
                <Money micros={centsToMicros(price.amountCents)} />
              </TableCell>
              <RangeCells from={price.from} to={price.to} now={now} />
              <TableCell className="text-right">
                {price.from > now ? (
                  <ActionButton
                    action={withdraw}
                    input={{ priceId: price.id }}
                    variant="ghost"
                    size="sm"
                    aria-label={`Withdraw the scheduled ${CYCLE_LABELS[price.cycle].toLowerCase()} price of ${plan.name}`}
                    successMessage="The scheduled price is withdrawn."
                  >
                    Withdraw
                  </ActionButton>
                ) : null}
              </TableCell>
            </TableRow>
          )),
        )}
      </TableBody>
    </Table>
  );
}
