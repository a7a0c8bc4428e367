import { DateTime } from "@/components/shared/date-time";
import { Money } from "@/components/shared/money";
import { StatusBadge } from "@/components/shared/status-badge";
import { Table, TableBody, TableCell, TableHead, TableHeader, TableRow } from "@/components/ui/table";
import { centsToMicros } from "@/lib/money";
import { CYCLE_LABELS } from "@/lib/plans/cycles";
import { isInForce, type PlanPrice } from "@/lib/plans/prices";
import type { Plan } from "@/lib/plans/store";

const LABELS = { scheduled: "Scheduled", active: "In force", superseded: "Over" } as const;

function stateOf(price: PlanPrice, now: Date): keyof typeof LABELS {
  if (price.from > now) return "scheduled";
  return isInForce(price, now) ? "active" : "superseded";
}

/** Every price that plans have, had and will have, the newest of each first. */
export function PriceHistory({ plans, now }: { plans: readonly Plan[]; now: Date }) {
  return (
    <Table>
      <TableHeader>
        <TableRow>
          <TableHead>Plan</TableHead>
          <TableHead>Paid</TableHead>
          <TableHead numeric>Price</TableHead>
          <TableHead>State</TableHead>
          <TableHead>From (UTC)</TableHead>
          <TableHead>Until (UTC)</TableHead>
        </TableRow>
      </TableHeader>
      <TableBody>
        {plans.flatMap((plan) =>
          [...plan.prices].reverse().map((price) => (
            <TableRow key={price.id}>
              <TableCell className="wrap-anywhere min-w-28 font-medium">{plan.name}</TableCell>
              <TableCell>{CYCLE_LABELS[price.cycle]}</TableCell>
              <TableCell numeric>
                <Money micros={centsToMicros(price.amountCents)} />
              </TableCell>
              <TableCell>
                <StatusBadge status={stateOf(price, now)} label={LABELS[stateOf(price, now)]} />
              </TableCell>
              <TableCell>
                <DateTime value={price.from} utc />
              </TableCell>
              <TableCell>
                {price.to ? (
                  <DateTime value={price.to} utc />
                ) : (
                  <span className="whitespace-nowrap text-muted-foreground">open</span>
                )}
              </TableCell>
            </TableRow>
          )),
        )}
      </TableBody>
    </Table>
  );
}
