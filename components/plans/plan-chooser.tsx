"use client";

import { ConfirmPlan } from "@/components/plans/confirm-plan";
import { Money } from "@/components/shared/money";
import { Badge } from "@/components/ui/badge";
import { Card, CardContent, CardDescription, CardHeader, CardTitle } from "@/components/ui/card";
import { Tabs, TabsContent, TabsList, TabsTrigger } from "@/components/ui/tabs";
import { centsToMicros } from "@/lib/money";
import { BILLING_CYCLES, type BillingCycle, CYCLE_LABELS, CYCLE_UNITS } from "@/lib/plans/cycles";
import type { ServerAction } from "@/lib/result";
import type { ChangedPlan } from "@/lib/subscriptions/commands/change";
import type { Preview } from "@/lib/subscriptions/queries";

export type Offer = {
  planId: string;
  name: string;
  description: string | null;
  /** Micros that a month includes. */
  allowance: string;
  maxRunning: number | null;
  /** Cents by cycle; null where it is not sold so. */
  prices: Readonly<Record<BillingCycle, string | null>>;
};

type Props = {
  offers: readonly Offer[];
  current: { planId: string | null; cycle: BillingCycle };
  /** The lower plan that is asked for already. */
  coming: { planId: string; cycle: BillingCycle } | null;
  preview: ServerAction<Preview>;
  change: ServerAction<ChangedPlan>;
  canChange: boolean;
};

/** The plans that can be chosen, by the month or by the year. */
export function PlanChooser({ offers, current, coming, preview, change, canChange }: Props) {
  return (
    <Tabs defaultValue={current.cycle}>
      <TabsList aria-label="How the fee is paid">
        {BILLING_CYCLES.map((cycle) => (
          <TabsTrigger key={cycle} value={cycle}>
            {CYCLE_LABELS[cycle]}
          </TabsTrigger>
        ))}
      </TabsList>
      {BILLING_CYCLES.map((cycle) => (
        <TabsContent key={cycle} value={cycle}>
          <ul className="grid grid-cols-[repeat(auto-fit,minmax(min(15rem,100%),1fr))] gap-4">
            {offers.map((offer) => (
              <li key={offer.planId} className="grid">
                <OfferCard
                  offer={offer}
                  cycle={cycle}
                  isCurrent={offer.planId === current.planId && cycle === current.cycle}
                  isComing={offer.planId === coming?.planId && cycle === coming.cycle}
                >
                  {canChange ? (
                    <ConfirmPlan
                      planId={offer.planId}
                      name={offer.name}
                      cycle={cycle}
                      preview={preview}
                      change={change}
                    />
                  ) : null}
                </OfferCard>
              </li>
            ))}
          </ul>
        </TabsContent>
      ))}
    </Tabs>
  );
}

function OfferCard({
  offer,
  cycle,
  isCurrent,
  isComing,
  children,
}: {
  offer: Offer;
  cycle: BillingCycle;
  isCurrent: boolean;
  isComing: boolean;
  children: React.ReactNode;
}) {
  const price = offer.prices[cycle];
  return (
    <Card className={isCurrent ? "border-brand/50" : ""}>
      <CardHeader>
        <CardTitle className="flex flex-wrap items-center gap-2">
          {offer.name} {isCurrent ? <Badge tone="brand">Your plan</Badge> : null}
          {isComing ? <Badge tone="info">Your next plan</Badge> : null}
        </CardTitle>
        <CardDescription className="min-h-[2lh]">{offer.description}</CardDescription>
      </CardHeader>
      <CardContent className="flex flex-1 flex-col gap-4">
        <p>
          {price === null ? (
            <span className="text-muted-foreground text-sm">Not sold by the {CYCLE_UNITS[cycle]}</span>
          ) : (
            <>
              <Money
                micros={centsToMicros(BigInt(price))}
                className="font-semibold text-2xl tracking-tight"
              />
              <span className="text-muted-foreground text-sm"> a {CYCLE_UNITS[cycle]}, before tax</span>
            </>
          )}
        </p>
        <ul className="grid gap-1 text-muted-foreground text-sm">
          <li>
            <Money micros={offer.allowance} className="text-foreground" /> of usage included each month
          </li>
          {offer.maxRunning === null ? null : (
            <li>
              <span className="tabular text-foreground">{offer.maxRunning.toLocaleString("en-US")}</span> runs
              at once
            </li>
          )}
        </ul>
        {isCurrent || isComing || price === null ? null : <div className="mt-auto">{children}</div>}
      </CardContent>
    </Card>
  );
}
