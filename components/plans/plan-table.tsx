import { PlanFields } from "@/components/plans/plan-fields";
import { PlanPriceFields } from "@/components/plans/plan-price-fields";
import { DateTime } from "@/components/shared/date-time";
import { FormDialog } from "@/components/shared/form-dialog";
import { Money } from "@/components/shared/money";
import { Badge } from "@/components/ui/badge";
import { Table, TableBody, TableCell, TableHead, TableHeader, TableRow } from "@/components/ui/table";
import { centsToMicros } from "@/lib/money";
import type { BillingCycle } from "@/lib/plans/cycles";
import { nextPrice, priceAt } from "@/lib/plans/prices";
import type { PlanRow } from "@/lib/plans/queries";
import type { ServerAction } from "@/lib/result";

type Actions = {
  update: ServerAction<{ planId: string }>;
  setPrice: ServerAction<{ id: string }>;
};

/** What workspaces can subscribe to, with the prices that hold now and those that are announced. */
export function PlanTable({ plans, now, ...actions }: Actions & { plans: readonly PlanRow[]; now: Date }) {
  return (
    <Table folds>
      <TableHeader>
        <TableRow>
          <TableHead>Plan</TableHead>
          <TableHead numeric>A month</TableHead>
          <TableHead numeric>A year</TableHead>
          <TableHead numeric>Included a month</TableHead>
          <TableHead>Trial</TableHead>
          <TableHead numeric>Workspaces</TableHead>
          <TableHead>
            <span className="sr-only">Actions</span>
          </TableHead>
        </TableRow>
      </TableHeader>
      <TableBody>
        {plans.map((plan) => (
          <TableRow key={plan.id}>
            <TableCell className="min-w-56">
              <div className="flex flex-wrap items-center gap-x-2 gap-y-1">
                <span className="wrap-anywhere font-medium">{plan.name}</span>
                {plan.isActive ? null : <Badge>Not sold</Badge>}
                {plan.isActive && !plan.isPublic ? <Badge tone="outline">Not public</Badge> : null}
              </div>
              <p className="wrap-anywhere text-muted-foreground text-xs">
                <code className="font-mono">{plan.key}</code>
                {plan.description ? ` · ${plan.description}` : null}
              </p>
            </TableCell>
            <TableCell label="A month" numeric>
              <Price plan={plan} cycle="monthly" now={now} />
            </TableCell>
            <TableCell label="A year" numeric>
              <Price plan={plan} cycle="annual" now={now} />
            </TableCell>
            <TableCell label="Included a month" numeric>
              <Money micros={plan.allowanceMicros} />
            </TableCell>
            <TableCell label="Trial" className="whitespace-nowrap">
              {plan.trialDays > 0 ? (
                <>
                  {plan.trialDays} days, <Money micros={plan.trialMicros} />
                </>
              ) : (
                <span className="text-muted-foreground">none</span>
              )}
            </TableCell>
            <TableCell label="Workspaces" numeric>
              {plan.workspaces.toLocaleString("en-US")}
            </TableCell>
            <TableCell className="text-right">
              <PlanActions plan={plan} {...actions} />
            </TableCell>
          </TableRow>
        ))}
      </TableBody>
    </Table>
  );
}

function Price({ plan, cycle, now }: { plan: PlanRow; cycle: BillingCycle; now: Date }) {
  const price = priceAt(plan.prices, cycle, now);
  const next = nextPrice(plan.prices, cycle, now);
  return (
    <>
      {price ? (
        <Money micros={centsToMicros(price.amountCents)} />
      ) : (
        <span className="text-muted-foreground">not sold</span>
      )}
      {next ? (
        <p className="whitespace-nowrap text-muted-foreground text-xs">
          <Money micros={centsToMicros(next.amountCents)} /> from{" "}
          <DateTime value={next.from} format="date" utc />
        </p>
      ) : null}
    </>
  );
}

function PlanActions({ plan, update, setPrice }: Actions & { plan: PlanRow }) {
  return (
    <div className="flex justify-end gap-2">
      <FormDialog
        label="Set price"
        triggerLabel={`Set price of ${plan.name}`}
        size="sm"
        title={`Price of ${plan.name}`}
        description="The present price is closed when the new one begins: it is never edited."
        action={setPrice}
        hidden={{ planId: plan.id }}
        submitLabel="Set price"
        successMessage="The price is set."
      >
        <PlanPriceFields />
      </FormDialog>
      <FormDialog
        label="Change"
        triggerLabel={`Change ${plan.name}`}
        size="sm"
        title={plan.name}
        description="What it includes holds from each workspace's next month on."
        action={update}
        hidden={{ planId: plan.id, updatedAt: plan.updatedAt.toISOString() }}
        submitLabel="Save plan"
        successMessage="The plan is saved."
      >
        <PlanFields plan={plan} />
      </FormDialog>
    </div>
  );
}
